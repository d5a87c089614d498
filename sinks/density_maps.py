"""Maps of carbon density: what each cell's class has in each pool."""

import numpy as np

from data_catalog.classes import ecosystems
from data_catalog.spec import ECOSYSTEM, Citation, Factor, Model, Output, Pixels
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks.densities import UNITS, DensityTable
from sinks.pools import POOLS, density_parameter
from tiles.binding import Bound, ByClass
from tiles.blocks import CLASS_LIMIT

__all__ = ["density_models"]

SOURCE = Citation("ipcc_2006_v4", "ch. 2, eq. 2.8")


def carbon_density_map(carbon_density: Pixels) -> Pixels:
    """Return the carbon density of each cell, t_C/ha: that of its class."""
    return carbon_density


def density_models(
    table: DensityTable, classes: str, account: str, suffix: str = ""
) -> tuple[Bound, ...]:
    """Return a model per pool that draws a map, where the project asks for it.

    Their sums are not read: stocks come from areas, whose errors are known by class.
    """
    return tuple(_bound(table, pool, classes, account, suffix) for pool in table.pools)


def _bound(table: DensityTable, pool: str, classes: str, account: str, suffix: str) -> Bound:
    counted = [code for code in ecosystems() if table.counts(code)]
    found = {code: table.find(pool, code) for code in counted}
    values = np.ones(CLASS_LIMIT)  # out of scope the value is never counted
    for code, density in found.items():
        values[int(code)] = density.value if density else np.nan
    name, title = f"{density_parameter(pool)}{suffix}", POOLS[pool]
    factor = Factor(symbol="d_c", units=UNITS, by=ECOSYSTEM, table=density_parameter(pool))
    limits = np.nan_to_num(values)
    model = Model(
        id=name,
        title=Text(f"{title.zh}碳密度", f"Carbon density: {title.en}"),
        formula=r"d = d_c",
        source=SOURCE,
        inputs={"carbon_density": factor},
        kernel=carbon_density_map,
        output=Output(name=name, units=UNITS, total="t_C", low=min(0.0, limits.min()),
                      high=limits.max()),
    )  # fmt: skip
    return Bound(
        id=name, account=account, model=model, arguments=(ByClass(values),),
        scope=frozenset(map(int, counted)), classes=classes,
        to_total=conversion(f"({UNITS}) * m2", "t_C")[0],
        rows=tuple(d.row for d in found.values() if d),
    )  # fmt: skip
