"""Carbon density by species group, origin and age group: a step curve of age."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data_catalog.errors import GepError, ParameterMissing
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import Citation, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes import split
from sinks.routes.inventory import keys_of
from sinks.routes.route import AgeCurve, Choices, Mask, Part, Refuse, Route
from tiles.rows import Lookup

__all__ = ["AGE_GROUPS", "ROUTE", "step_curve"]

DENSITY, LIMIT = "age_group_carbon_density", "age_group_limit"
AGE_GROUPS = ("young", "middle", "near_mature", "mature", "over_mature")
"""In the order of age; the last has no limit."""


def above_ground(age_group_carbon_density: Pixels, root_shoot_ratio: Pixels) -> Pixels:
    """Return the carbon above ground of the age group's mean stand."""
    return split.above_ground(age_group_carbon_density, root_shoot_ratio)


def below_ground(age_group_carbon_density: Pixels, root_shoot_ratio: Pixels) -> Pixels:
    """Return the carbon in roots of the age group's mean stand."""
    return split.below_ground(age_group_carbon_density, root_shoot_ratio)


def _known(frame: pd.DataFrame) -> Mask:
    named = (frame["origin"] != "") & (frame["species_group"] != "")
    return np.asarray(named & ((frame["age_group"] != "") | frame["age"].notna()))


def _parts(frame: pd.DataFrame, choices: Choices, at: Lookup, refuse: Refuse) -> list[Part]:  # noqa: ARG001
    classes = []
    for row, origin, group, age, given in zip(
        frame["row"], frame["origin"], frame["species_group"], frame["age"], frame["age_group"],
        strict=True,
    ):  # fmt: skip
        found = given or _group_of(origin, group, age, at)
        if isinstance(found, GepError):
            refuse(row, found)
            found = AGE_GROUPS[0]
        classes.append(f"{origin}/{group}/{found}")
    made = frame.assign(age_class=np.array(classes, dtype=object))
    return [(pool, model, made, at) for pool, model in ROUTE.pools.items()]


def _group_of(origin: str, group: str, age: float, at: Lookup) -> str | ParameterMissing:
    """Return the age group of an age, by the limits of the species and origin."""
    for one in AGE_GROUPS[:-1]:
        key = f"{origin}/{group}/{one}"
        limit = at.row(LIMIT, at.set_of(LIMIT), key, "age_class")
        if limit is None:
            return ParameterMissing(
                service=at.service, parameter=LIMIT, standard=at.set_of(LIMIT),
                key=Text(f"（{key}，林龄 {age:g} 年）", f" ({key}, age {age:g} years)"),
            )  # fmt: skip
        if age <= limit.in_units("year"):
            return one
    return AGE_GROUPS[-1]


def step_curve(
    parameters: Parameters, origin: str, group: str, *, densities: str, limits: str
) -> tuple[AgeCurve, Mapping[str, Row]]:
    """Return the densities by age group as a curve of age, and its rows by age group.

    Parameters
    ----------
    origin, group : str
        planted or natural; a species group.
    densities, limits : str
        The sets of both.

    Raises
    ------
    ParameterMissing
        If one of the limits has no row. An age group without a density gives NaN.
    """
    at = Lookup(
        parameters=parameters, set_of={DENSITY: densities, LIMIT: limits}.__getitem__,
        service="age_group", standard=densities, keys=keys_of,
    )  # fmt: skip
    rows = {
        one: row for one in AGE_GROUPS
        if (row := at.row(DENSITY, densities, f"{origin}/{group}/{one}", "age_class"))
    }  # fmt: skip

    def curve(age: Pixels) -> tuple[Pixels, Mapping[str, Pixels]]:
        groups = [_group_of(origin, group, years, at) for years in age]
        for found in groups:
            if isinstance(found, GepError):
                raise found
        of_each = [rows.get(str(one)) for one in groups]
        value = [r.in_units("t_C/ha") if r else np.nan for r in of_each]
        effects = {
            row.name(): np.array([row.se if r is row else 0.0 for r in of_each])
            for row in rows.values()
        }
        return np.array(value, dtype=np.float64), effects

    return curve, rows


SOURCE = Citation("li_2016_zhejiang", "Tables 4 and 5")
INPUTS: dict[str, Input] = {
    DENSITY: Factor(symbol="c", units="t_C/ha", by="age_class"),
    "root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="species_group"),
}
ROUTE = Route(
    id="age_group",
    title=Text("龄组碳密度法", "Density by age group"),
    when=Text(
        "知道树种、起源和龄组（或林龄）而无蓄积量的宗地；给出全省同类林分的均值。"
        "龄组之间的差不是生长量。",
        "Parcels known by species, origin and age group (or age) without volume: the mean of such "
        "stands in the province. Differences between age groups are no growth.",
    ),
    kinds=frozenset({"arbor"}),
    main="zhejiang-2016",
    sets={"root_shoot_ratio": "groa-china", LIMIT: "guangxi-2017"},
    known=_known,
    parts=_parts,
    pools={
        "above_ground": Model(
            id="age_group_above_ground",
            title=Text("地上碳储量（龄组密度）", "Carbon above ground by age group"),
            formula=r"C = c / (1 + R)",
            source=SOURCE,
            inputs=INPUTS,
            kernel=above_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
        ),
        "below_ground": Model(
            id="age_group_below_ground",
            title=Text("地下碳储量（龄组密度）", "Carbon below ground by age group"),
            formula=r"C = c R / (1 + R)",
            source=SOURCE,
            inputs=INPUTS,
            kernel=below_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
        ),
    },
)
