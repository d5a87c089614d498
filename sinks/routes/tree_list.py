"""Tree lists: each tree of the plots by its species' equations, part by part, to t/ha.

An equation is W = a D^b H^c L^d rho^e exp(k D), kg of dry matter of one part of a tree; the
exponents that a set does not use are zero. A set has equations for a tree if it knows its species
(or a wider group, or `any`) and the tree has the measures they read. Where a set has no equation
for roots, they are shoots times a ratio.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data_catalog.errors import ParameterMissing
from data_catalog.forests import chain
from data_catalog.parameters import Parameters
from data_catalog.spec import Citation, Column, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Choices, Mask, Part, Refuse, Route
from tiles.rows import Lookup

COEFFICIENT, SMALL_DBH, CARBON = "tree_coefficient", "tree_small_dbh", "carbon_fraction"
MEASURES = {
    "tree_height_exponent": "height",
    "tree_crown_exponent": "crown_length",
    "tree_wood_density_exponent": "wood_density",
}
"""What a tree must have been measured for, where the exponent is not zero."""
ANY, ROOT, SMALL = "any", "root", "small"
ROOTS_FROM = "tree_list.roots"
"""The choice of a set for roots alone."""


def part_biomass(
    dbh: Pixels, height: Pixels, crown_length: Pixels, wood_density: Pixels,
    tree_coefficient: Pixels, tree_dbh_exponent: Pixels, tree_height_exponent: Pixels,
    tree_crown_exponent: Pixels, tree_wood_density_exponent: Pixels, tree_dbh_rate: Pixels,
) -> Pixels:  # fmt: skip
    """Return the dry mass of one part of a tree; a measure with exponent zero may be missing."""
    size = dbh**tree_dbh_exponent * height**tree_height_exponent * np.exp(tree_dbh_rate * dbh)
    shape = crown_length**tree_crown_exponent * wood_density**tree_wood_density_exponent
    return tree_coefficient * size * shape


def tree_part(
    trees_per_ha: Pixels, dbh: Pixels, height: Pixels, crown_length: Pixels, wood_density: Pixels,
    tree_coefficient: Pixels, tree_dbh_exponent: Pixels, tree_height_exponent: Pixels,
    tree_crown_exponent: Pixels, tree_wood_density_exponent: Pixels, tree_dbh_rate: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:  # fmt: skip
    """Return the carbon of one part of all trees that a row stands for."""
    mass = part_biomass(
        dbh, height, crown_length, wood_density, tree_coefficient, tree_dbh_exponent,
        tree_height_exponent, tree_crown_exponent, tree_wood_density_exponent, tree_dbh_rate,
    )  # fmt: skip
    return trees_per_ha * mass * carbon_fraction


def tree_roots(
    trees_per_ha: Pixels, dbh: Pixels, height: Pixels, crown_length: Pixels, wood_density: Pixels,
    tree_coefficient: Pixels, tree_dbh_exponent: Pixels, tree_height_exponent: Pixels,
    tree_crown_exponent: Pixels, tree_wood_density_exponent: Pixels, tree_dbh_rate: Pixels,
    carbon_fraction: Pixels, root_shoot_ratio: Pixels,
) -> Pixels:  # fmt: skip
    """Return the carbon in the roots that belong to one part above ground, by a ratio."""
    mass = part_biomass(
        dbh, height, crown_length, wood_density, tree_coefficient, tree_dbh_exponent,
        tree_height_exponent, tree_crown_exponent, tree_wood_density_exponent, tree_dbh_rate,
    )  # fmt: skip
    return trees_per_ha * mass * root_shoot_ratio * carbon_fraction


@dataclass(frozen=True, slots=True)
class Equations:
    """The equations of a set for a species: its group there, the parts, and what they read."""

    group: str
    parts: tuple[str, ...]
    measures: tuple[str, ...]


def _equations(parameters: Parameters, chosen: str, group: str) -> Equations | None:
    """Return a set's equations for a species group, or for a wider one, or for any tree."""
    keys = [key.split("/") for key in parameters.of_set(COEFFICIENT, chosen)]
    for one in (*chain(group), ANY):
        parts = tuple(dict.fromkeys(key[1] for key in keys if key[0] == one))
        if parts:
            found = (
                measure for part in parts for exponent, measure in MEASURES.items()
                if (row := parameters.find(exponent, chosen, f"{one}/{part}")) and row.value
            )  # fmt: skip
            return Equations(one, parts, tuple(dict.fromkeys(found)))
    return None


def _parts(frame: pd.DataFrame, choices: Choices, at: Lookup, refuse: Refuse) -> list[Part]:
    trees = frame[frame["dbh"].notna()]
    left = np.ones(len(trees), dtype=bool)
    groups = trees["species_group"].to_numpy()
    parts: list[Part] = []
    for chosen in choices.trees:
        for group in dict.fromkeys(groups[left]):
            found = _equations(at.parameters, chosen, group) if group else None
            if found is None or set(found.parts) == {ROOT}:
                continue
            measured = trees[list(found.measures)].notna().all(axis=1).to_numpy(dtype=bool)
            of_it = left & (groups == group) & measured
            if of_it.any():
                parts += _of_set(trees[of_it], chosen, found, choices, at)
                left &= ~of_it
    for row, group in zip(trees["row"][left], groups[left], strict=True):
        sets = ", ".join(choices.trees)
        where = Text(
            f"（树种组 {group or '未填'}；或缺少方程所需的树高、冠长）",
            f" (species group {group or 'not given'}; or the height or crown length that its "
            "equations read is not measured)",
        )
        refuse(row, ParameterMissing(
            service=at.service, parameter=COEFFICIENT, standard=sets, key=where
        ))  # fmt: skip
    return parts


def _of_set(
    trees: pd.DataFrame, chosen: str, equations: Equations, choices: Choices, at: Lookup
) -> Iterator[Part]:
    """Yield the parts of trees of one species group by the equations of one set."""

    def lookup(set_: str) -> Lookup:
        own_fraction = any(row.set == set_ for row in at.parameters.of_set(CARBON, set_).values())

        def set_of(parameter: str) -> str:
            own = parameter == CARBON and own_fraction
            return set_ if parameter.startswith("tree_") or own else at.set_of(parameter)

        return replace(at, set_of=set_of, standard=set_)

    def keyed(rows: pd.DataFrame, part: str, pool: str, set_: str, group: str) -> pd.DataFrame:
        name = f"{group}/{part}"
        keys = np.full(len(rows), name, dtype=object)
        limit = at.parameters.find(SMALL_DBH, set_, group)
        if limit and at.parameters.find(COEFFICIENT, set_, f"{name}/{SMALL}"):
            keys[rows["dbh"].to_numpy() < limit.in_units("cm")] = f"{name}/{SMALL}"
        return rows.assign(equation=keys, fraction_of=f"{group}/{pool}")

    for part in equations.parts:
        pool = "below_ground" if part == ROOT else "above_ground"
        if pool == "above_ground" or ROOTS_FROM not in choices.sets:
            yield pool, PART, keyed(trees, part, pool, chosen, equations.group), lookup(chosen)
    roots = choices.sets.get(ROOTS_FROM)
    if roots:
        group = _equations(at.parameters, roots, trees["species_group"].iloc[0])
        name = group.group if group else trees["species_group"].iloc[0]
        yield "below_ground", PART, keyed(trees, ROOT, "below_ground", roots, name), lookup(roots)
    elif ROOT not in equations.parts:
        for part in equations.parts:
            rows = keyed(trees, part, "below_ground", chosen, equations.group)
            yield "below_ground", BY_RATIO, rows, lookup(chosen)


def _known(frame: pd.DataFrame) -> Mask:
    return np.ones(len(frame), dtype=bool)


MEASURED: dict[str, Input] = {
    "trees_per_ha": Column(symbol="n", units="stem/ha"),
    "dbh": Column(symbol="D", units="cm"),
    "height": Column(symbol="H", units="m"),
    "crown_length": Column(symbol="L", units="m"),
    "wood_density": Column(symbol=r"\rho", units="g_dm/cm3"),
}
FITTED: dict[str, Input] = {
    COEFFICIENT: Factor(symbol="a", units="t_dm", by="equation"),
    "tree_dbh_exponent": Factor(symbol="b", units="1", by="equation"),
    "tree_height_exponent": Factor(symbol="c", units="1", by="equation"),
    "tree_crown_exponent": Factor(symbol="d", units="1", by="equation"),
    "tree_wood_density_exponent": Factor(symbol="e", units="1", by="equation"),
    "tree_dbh_rate": Factor(symbol="k", units="1/cm", by="equation"),
}
FRACTION: dict[str, Input] = {CARBON: Factor(symbol="CF", units="t_C/t_dm", by="fraction_of")}
RATIO: dict[str, Input] = {
    "root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="species_group")
}
WHY = "fitted exponents of diameter, height and crown length"
MASS = r"n a D^b H^c L^d \rho^e e^{k D} \cdot CF"
SOURCE = Citation("jiulongshan_2020", "Table 2, and the sets named by the coefficients")
OUTPUT = Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000)
PART = Model(
    id="tree_part",
    title=Text("样木某部分的碳储量", "Carbon of a part of sample trees"),
    formula=f"C = {MASS}",
    source=SOURCE,
    inputs=MEASURED | FITTED | FRACTION,
    kernel=tree_part,
    output=OUTPUT,
    empirical=WHY,
)
BY_RATIO = Model(
    id="tree_roots",
    title=Text("样木根系的碳储量（根茎比）", "Carbon of sample trees' roots by a ratio"),
    formula=rf"C = {MASS} \cdot R",
    source=SOURCE,
    inputs=MEASURED | FITTED | FRACTION | RATIO,
    kernel=tree_roots,
    output=OUTPUT,
    empirical=WHY,
)
ROUTE = Route(
    id="tree_list",
    title=Text("样木法（单木方程）", "Tree list"),
    when=Text(
        "有样地每木检尺的宗地：逐株按树种方程计算，样地平均为每公顷；两块以上样地才有抽样误差。",
        "Parcels with plots whose trees were measured: each tree by the equations of its species, "
        "plots averaged per hectare; a sampling error from two plots on.",
    ),
    kinds=frozenset({"arbor", "bamboo", ""}),
    main="",
    sets={"root_shoot_ratio": "groa-china", CARBON: "ipcc2006-subtropical-humid"},
    table="trees",
    known=_known,
    parts=_parts,
    pools={"above_ground": PART, "below_ground": BY_RATIO},
)
