"""Gases of a fire: carbon dioxide, methane and nitrous oxide.

The CO2 of a forest fire is carbon that the stock change loses already (2.14, or the difference of
two inventories): an account adds CH4 and N2O to it, and never the CO2 once more.
"""

import numpy as np

from data_catalog.parameters import Parameters
from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text
from sinks.estimates import Numbers
from sinks.rows import needed

__all__ = ["FIRE", "FIRE_CO2E", "GASES", "NON_CO2", "co2_equivalent", "emission", "gases"]

GASES = ("co2", "ch4", "n2o")
NON_CO2 = ("ch4", "n2o")
SERVICE = "fire"


def emission(
    area_burnt: Pixels, fuel: Pixels, combustion_factor: Pixels, fire_emission_factor: Pixels
) -> Pixels:
    """Return the mass of one gas that a fire emits."""
    burnt = area_burnt * fuel * combustion_factor
    return burnt * fire_emission_factor


def co2_equivalent(gas: Pixels, global_warming_potential: Pixels) -> Pixels:
    """Return the carbon dioxide that warms as much as a mass of gas does in 100 years."""
    return gas * global_warming_potential


FIRE = Model(
    id="fire_emission",
    title=Text("林火排放的气体", "Gas emitted by a fire"),
    formula=r"L_{fire} = A \cdot M_B \cdot C_f \cdot G_{ef} \cdot 10^{-3}",
    source=Citation("ipcc_2006_v4", "ch. 2, eq. 2.27; 1 g/kg = 10^-3 t/t is in the factor's unit"),
    inputs={
        "area_burnt": Column(symbol="A", units="ha"),
        "fuel": Column(symbol="M_B", units="t_dm/ha"),
        "combustion_factor": Factor(symbol="C_f", units="1"),
        "fire_emission_factor": Factor(symbol="G_{ef}", units="t/t_dm"),
    },
    kernel=emission,
    output=Output(name="gas", units="t", total="t", low=0, high=1e9),
)
FIRE_CO2E = Model(
    id="fire_co2e",
    title=Text("林火气体的二氧化碳当量", "Carbon dioxide equivalent of a gas"),
    formula=r"E = L_{fire} \cdot GWP_{100}",
    source=Citation("ipcc_2006_v4", "ch. 2: emissions of gases are weighed by GWP"),
    inputs={
        "gas": Column(symbol="L_{fire}", units="t"),
        "global_warming_potential": Factor(symbol="GWP_{100}", units="t_CO2e/t"),
    },
    kernel=co2_equivalent,
    output=Output(name="emission", units="t_CO2e", total="t_CO2e", low=0, high=1e9),
)


def gases(
    parameters: Parameters,
    area_burnt: Numbers,
    fuel: Numbers,
    *,
    combustion: str,
    factors: str,
    warming: str,
    chosen: str = "ipcc-2006",
) -> dict[str, Numbers]:
    """Return what a fire emits: t of `co2`, `ch4`, `n2o`, and t_CO2e of the last two together.

    Parameters
    ----------
    area_burnt : array, ha
    fuel : array, t_dm/ha
        Dry matter that is there to burn; no other than living biomass where dead wood and litter
        are not known.
    combustion : str
        Key of `combustion_factor`: `temperate`, `boreal`, `tropical age 18 and above` ...
    factors : str
        Where the fire is, in the key of `fire_emission_factor`: `tropical`, `extratropical`.
    warming : str
        Set of `global_warming_potential`: `ar5` or `ar6`.
    chosen : str
        Set of the combustion and emission factors.

    Returns
    -------
    dict with `co2`, `ch4`, `n2o` (t of gas) and `non_co2` (t_CO2e), all positive.

    Raises
    ------
    ParameterMissing
        If one of the numbers has no row.
    """
    burnt = needed(parameters, SERVICE, "combustion_factor", chosen, combustion).in_units("1")
    found: dict[str, Numbers] = {}
    for gas in GASES:
        row = needed(parameters, SERVICE, "fire_emission_factor", chosen, f"{gas} {factors}")
        found[gas] = FIRE(
            area_burnt=area_burnt, fuel=fuel, combustion_factor=burnt,
            fire_emission_factor=row.in_units("t/t_dm"),
        )  # fmt: skip
    found["non_co2"] = np.zeros_like(found["co2"])
    for gas in NON_CO2:
        potential = needed(parameters, SERVICE, "global_warming_potential", warming, gas)
        found["non_co2"] += FIRE_CO2E(
            gas=found[gas], global_warming_potential=potential.in_units("t_CO2e/t")
        )
    return found
