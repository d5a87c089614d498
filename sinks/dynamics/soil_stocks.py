"""Soil carbon stocks by class of land: from reference stocks and factors, or as measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from data_catalog.classes import ecosystems
from data_catalog.parameters import Parameters, Row
from sinks.densities import DensityTable
from sinks.dynamics.soil import SOIL_STOCK
from sinks.pools import SOIL, density_parameter
from sinks.rows import missing, needed, se_of

__all__ = ["SoilStock", "SoilStocks", "factor_soils", "measured_soils"]

SERVICE = "soil_change"
REFERENCE = "soil_carbon_reference"
NO_USES: Mapping[str, Mapping[str, str]] = MappingProxyType({})
FACTORS = ("soil_land_use_factor", "soil_management_factor", "soil_input_factor")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoilStock:
    """The soil carbon of a hectare, t_C/ha, with the effect of each source's standard error."""

    value: float
    effects: Mapping[str, float]
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class SoilStocks:
    """Soil carbon stocks of land at equilibrium, by class.

    Parameters
    ----------
    chosen : str
        The parameter set, `ipcc2006-warm-temperate-moist` or `zhejiang-2016`.
    depth : str
        Down to where the soil counts: `0-30 cm`. Stocks of different depths must not be mixed.
    of : function of a class code
        Raises ParameterMissing where the set does not know the class.
    """

    chosen: str
    depth: str
    of: Callable[[str], SoilStock]


def factor_soils(
    parameters: Parameters,
    chosen: str,
    soil_type: str,
    uses: Mapping[str, Mapping[str, str]] = NO_USES,
) -> SoilStocks:
    """Return stocks as the product of a reference stock and three factors of use.

    Parameters
    ----------
    chosen : str
        Set of a climate, `ipcc2006-warm-temperate-moist`.
    soil_type : str
        `hac`, `lac`, `sandy`, `spodic` or `volcanic`.
    uses : mapping of class to mapping of factor to key
        Where a class is not used as its own row says, or has none:
        {"51": {"soil_management_factor": "51 reduced tillage"}}.

    Raises
    ------
    ParameterMissing
        If the climate has no reference stock of the soil; for a class without a factor, when that
        class is asked for.
    """
    reference = needed(parameters, SERVICE, REFERENCE, chosen, soil_type)
    depth = needed(parameters, SERVICE, "soil_carbon_depth", "ipcc-2006").in_units("cm")

    def of(code: str) -> SoilStock:
        rows = {REFERENCE: reference} | {
            factor: _of_class(parameters, factor, chosen, uses.get(code, {}).get(factor, code))
            for factor in FACTORS
        }
        units = {name: given.units for name, given in SOIL_STOCK.factors().items()}
        numbers = {name: row.in_units(units[name]) for name, row in rows.items()}
        # the stock is linear in each of its numbers
        effects = {
            row.name(): float(SOIL_STOCK(**(numbers | {name: se_of(row, units[name])})))
            for name, row in rows.items()
        }
        value = float(SOIL_STOCK(**numbers))
        return SoilStock(value=value, effects=MappingProxyType(effects), rows=tuple(rows.values()))

    return SoilStocks(chosen=chosen, depth=f"0-{depth:g} cm", of=of)


def measured_soils(densities: DensityTable, depth: str) -> SoilStocks:
    """Return the soil densities of a density table, whose depth its source states.

    Densities that were copied to several classes from one number err together.
    """

    def of(code: str) -> SoilStock:
        found = densities.find(SOIL, code)
        if found is None:
            raise missing(SERVICE, density_parameter(SOIL), densities.chosen, code)
        effects = {densities.source(found): found.se}
        return SoilStock(value=found.value, effects=effects, rows=(found.row,))

    return SoilStocks(chosen=densities.chosen, depth=depth, of=of)


def _of_class(parameters: Parameters, factor: str, chosen: str, code: str) -> Row:
    row = parameters.find(factor, chosen, code)
    if row is None and code in ecosystems():
        row = parameters.of_ecosystem(factor, chosen, code)
    if row is None:
        raise missing(SERVICE, factor, chosen, code)
    return row
