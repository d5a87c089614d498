"""From what a curve measures to carbon by pool, with the errors of what it is multiplied with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks.estimates import Estimates, together

__all__ = [
    "BiomassCarbon",
    "Conversion",
    "StemCarbon",
    "TreeCarbon",
    "VolumeCarbon",
    "conversion_of",
]

CARBON, RATIO, BIOMASS, VOLUME = "t_C/t_dm", "t_dm/t_dm", "t_dm/ha", "m3/ha"
ABOVE, BELOW = "above_ground", "below_ground"


class Conversion(Protocol):
    """Carbon by pool from the stock of stands."""

    @property
    def units(self) -> str:
        """Return the unit of the stock it takes."""

    def __call__(self, stock: Estimates) -> Estimates:
        """Return t_C/ha, with a key `pool`, from stocks per hectare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BiomassCarbon:
    """Above-ground biomass, t_dm/ha, times the carbon fraction; roots by their ratio to shoots."""

    carbon_fraction: Row
    root_shoot_ratio: Row
    units: str = BIOMASS

    def __call__(self, stock: Estimates) -> Estimates:
        """Return the carbon above and below ground."""
        above = _times(stock, self.carbon_fraction, CARBON)
        below = _times(above, self.root_shoot_ratio, RATIO)
        return together([_of(above, ABOVE), _of(below, BELOW)])


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeCarbon:
    """Growing stock, m3/ha, times wood density, expansion factor and carbon fraction; roots by R.

    The same factors as the fixed-factor route of a stock: V x SVD x BEF x CF x (1 + R).
    """

    stem_wood_density: Row
    biomass_expansion_factor: Row
    root_shoot_ratio: Row
    carbon_fraction: Row
    units: str = VOLUME

    def __call__(self, stock: Estimates) -> Estimates:
        """Return the carbon above and below ground."""
        stem = _times(stock, self.stem_wood_density, "t_dm/m3")
        tree = _times(stem, self.biomass_expansion_factor, RATIO)
        above = _times(tree, self.carbon_fraction, CARBON)
        below = _times(above, self.root_shoot_ratio, RATIO)
        return together([_of(above, ABOVE), _of(below, BELOW)])


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeCarbon:
    """Carbon of whole trees, t_C/ha, divided by the root-to-shoot ratio.

    The error of the ratio moves carbon between the pools and leaves their sum.
    """

    root_shoot_ratio: Row
    units: str = "t_C/ha"

    def __call__(self, stock: Estimates) -> Estimates:
        """Return the carbon above and below ground."""
        ratio, se = _number(self.root_shoot_ratio, RATIO)
        shift = {self.root_shoot_ratio.name(): se / (1 + ratio) ** 2}
        above = stock.times(1 / (1 + ratio), {s: -e for s, e in shift.items()})
        below = stock.times(ratio / (1 + ratio), shift)
        return together([_of(above, ABOVE), _of(below, BELOW)])


@dataclass(frozen=True, slots=True, kw_only=True)
class StemCarbon:
    r"""Carbon of stems from stock volume, m3/ha: B = \beta V^\alpha, times the carbon fraction.

    Stems alone: crowns and roots are not in it, so it is less than the carbon above ground.
    """

    coefficient: Row
    exponent: Row
    carbon_fraction: Row
    units: str = VOLUME

    def __call__(self, stock: Estimates) -> Estimates:
        """Return the carbon of stems, as far as the pool above ground goes."""
        beta, beta_se = _number(self.coefficient, self.coefficient.units)
        alpha, alpha_se = _number(self.exponent, "1")
        some = stock.value > 0
        volume = np.where(some, stock.value, 1)
        biomass = np.where(some, beta * volume**alpha, 0)
        slope = np.where(some, alpha * biomass / volume, 0)
        stem = stock.times(slope, {})  # what the volume errs by
        shared = dict(stem.shared) | {
            self.coefficient.name(): np.where(some, biomass / beta * beta_se, 0),
            self.exponent.name(): np.where(some, biomass * np.log(volume) * alpha_se, 0),
        }
        stem = replace(stem, value=biomass, shared=shared)
        return _of(_times(stem, self.carbon_fraction, CARBON), ABOVE)


def conversion_of(
    parameters: Parameters, sets: Sequence[str], groups: Sequence[str], units: str
) -> Conversion:
    """Return what turns a stock in these units into carbon, from the first set that has each row.

    Growing stock goes by fixed factors, or by `stem_biomass_*` where the sets have them.

    Parameters
    ----------
    groups : sequence of str
        Keys that a row is looked for under, in order; after them the row for all.

    Raises
    ------
    ParameterMissing
        If no set has a row that is needed.
    """

    def find(parameter: str) -> Row | None:
        keys = (*groups, "")
        found = (parameters.find(parameter, one, key) for one in sets for key in keys)
        return next((row for row in found if row is not None), None)

    def row(parameter: str) -> Row:
        found = find(parameter)
        if found is None:
            raise ParameterMissing(
                service="growth", standard=", ".join(sets), parameter=parameter,
                key=Text(f"（{groups[0]}）", f" of {groups[0]}"),
            )  # fmt: skip
        return found

    if units == BIOMASS:
        return BiomassCarbon(
            carbon_fraction=row("carbon_fraction"), root_shoot_ratio=row("root_shoot_ratio")
        )
    if units != VOLUME:
        return TreeCarbon(root_shoot_ratio=row("root_shoot_ratio"))
    if find("stem_biomass_coefficient"):
        return StemCarbon(
            coefficient=row("stem_biomass_coefficient"), exponent=row("stem_biomass_exponent"),
            carbon_fraction=row("carbon_fraction"),
        )  # fmt: skip
    return VolumeCarbon(
        stem_wood_density=row("stem_wood_density"), root_shoot_ratio=row("root_shoot_ratio"),
        biomass_expansion_factor=row("biomass_expansion_factor"),
        carbon_fraction=row("carbon_fraction"),
    )  # fmt: skip


def _times(stock: Estimates, row: Row, units: str) -> Estimates:
    value, se = _number(row, units)
    return stock.times(value, {row.name(): se})


def _number(row: Row, units: str) -> tuple[float, float]:
    """Return a row's value and standard error in units."""
    factor, _ = conversion(row.units, units)
    return row.in_units(units), row.se * factor


def _of(stock: Estimates, pool: str) -> Estimates:
    return replace(stock, keys=stock.keys.assign(pool=pool))
