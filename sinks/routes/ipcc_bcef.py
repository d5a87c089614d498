"""Stand volume with the IPCC's temperate BCEF: only where asked for by name.

At 80 m3/ha it gives half as much again, or twice, what Chinese factors give (decision 0010).
"""

import numpy as np
import pandas as pd

from data_catalog.errors import ParameterMissing
from data_catalog.forests import species_groups
from data_catalog.spec import Citation, Column, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Choices, Part, Refuse, Route
from tiles.rows import Lookup

VOLUMES, BIOMASSES = "bcef_class_limit", "root_shoot_class_limit"


def above_ground(volume: Pixels, bcef_stock: Pixels, carbon_fraction: Pixels) -> Pixels:
    """Return the carbon above ground; as the volume, never negative."""
    return volume * bcef_stock * carbon_fraction


def below_ground(
    volume: Pixels, bcef_stock: Pixels, root_shoot_ratio: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon in roots; as the volume, never negative."""
    return volume * bcef_stock * root_shoot_ratio * carbon_fraction


def _class(amount: float, limits: list[float]) -> int:
    """Return the class of an amount, from 1; one at a limit is in the class below it."""
    return 1 + int(np.searchsorted(limits, amount, side="left"))


def _limits(at: Lookup, parameter: str, under: str, units: str) -> list[float]:
    rows = at.parameters.of_set(parameter, at.set_of(parameter))
    return sorted(row.in_units(units) for key, row in rows.items() if key.startswith(under))


def _parts(frame: pd.DataFrame, choices: Choices, at: Lookup, refuse: Refuse) -> list[Part]:  # noqa: ARG001
    volumes = _limits(at, VOLUMES, "", "m3/ha")
    kinds = {group.roots for group in species_groups().values()}
    biomasses = {kind: _limits(at, BIOMASSES, f"{kind}/", "t_dm/ha") for kind in kinds}
    stocks, roots = [], []
    for row, group, volume in zip(
        frame["row"], frame["species_group"], frame["volume"], strict=True
    ):
        types = species_groups().get(group)
        stock = f"{types.bcef if types else ''}/{_class(volume, volumes)}"
        found = at.row("bcef_stock", at.set_of("bcef_stock"), stock, "bcef_class")
        if types is None or found is None:
            where = Text(f"（species_group = {group}）", f" (species_group = {group})")
            refuse(row, ParameterMissing(
                service=at.service, parameter="bcef_stock", standard=at.standard, key=where
            ))  # fmt: skip
            stocks.append(stock)
            roots.append("")
            continue
        biomass = volume * found.in_units("t_dm/m3")
        stocks.append(stock)
        roots.append(f"{types.roots}/{_class(biomass, biomasses[types.roots])}")
    made = frame.assign(
        bcef_class=np.array(stocks, dtype=object), root_class=np.array(roots, dtype=object)
    )
    return [(pool, model, made, at) for pool, model in ROUTE.pools.items()]


SOURCE = Citation("ipcc_2006_v4", "ch. 2, eq. 2.8; ch. 4, Tables 4.4 and 4.5, temperate")
SHOOTS: dict[str, Input] = {
    "volume": Column(symbol="V", units="m3/ha"),
    "bcef_stock": Factor(symbol="BCEF_S", units="t_dm/m3", by="bcef_class"),
}
ROOTS: dict[str, Input] = {
    "root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="root_class")
}
CARBON: dict[str, Input] = {
    "carbon_fraction": Factor(symbol="CF", units="t_C/t_dm", by="species_group")
}

ROUTE = Route(
    id="ipcc_bcef",
    title=Text("IPCC 温带 BCEF 法", "IPCC temperate BCEF"),
    when=Text(
        "只在项目点名时计算：用于低蓄积的中国林分明显偏高，仅供对照。",
        "Computed only where a project names it: far too high for Chinese stands of low volume, "
        "for comparison alone.",
    ),
    kinds=frozenset({"arbor"}),
    main="ipcc2006-temperate",
    sets={"carbon_fraction": "ipcc2006-temperate-oceanic"},
    parts=_parts,
    by_name=True,
    pools={
        "above_ground": Model(
            id="ipcc_bcef_above_ground",
            title=Text("地上碳储量（IPCC BCEF）", "Carbon above ground by the IPCC's BCEF"),
            formula=r"C = V \cdot BCEF_S \cdot CF",
            source=SOURCE,
            inputs=SHOOTS | CARBON,
            kernel=above_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=9000),
        ),
        "below_ground": Model(
            id="ipcc_bcef_below_ground",
            title=Text("地下碳储量（IPCC BCEF）", "Carbon below ground by the IPCC's BCEF"),
            formula=r"C = V \cdot BCEF_S \cdot R \cdot CF",
            source=SOURCE,
            inputs=SHOOTS | ROOTS | CARBON,
            kernel=below_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=9000),
        ),
    },
)
