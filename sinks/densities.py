"""Carbon density by class and pool: the table a forest's carbon stock is read from.

A table is one parameter set (`zhejiang-2016`, `ipcc2006-subtropical-humid` ...). Its keys are
HJ 1166 codes, level II before level I, or names of forest types that the norm does not separate
(`bamboo`, `chinese_fir`): an area is given under either, but not under both, or it counts twice.

Land that is no forest (any other code, and 99) has no forest carbon above ground, below ground,
in dead wood and in litter: zero by definition, lost at once on conversion (IPCC Tier 1). It is
not counted, unless the set itself has rows for its class. Its soil does have carbon, which this
table does not know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from data_catalog.classes import MISSING, NOT_FOREST, ecosystems
from data_catalog.errors import ParameterMissing, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks.pools import POOLS, density_parameter

__all__ = ["FOREST", "NO_CLASS", "UNITS", "Density", "DensityTable", "density_table"]

UNITS = "t_C/ha"
FOREST = "1"
"""The level-I class of HJ 1166 that a forest account must have densities for."""
NO_CLASS = f"{MISSING:02d}"
NO_FOREST = f"{NOT_FOREST:02d}"
Origin: TypeAlias = tuple[str, str, str, float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """The carbon density of one pool in one class.

    `value` and its standard error `se` are in t_C/ha, `se` NaN where the source gives none;
    `ecosystem` is the key of the row, which may be the level-I class of the one asked for.
    """

    pool: str
    ecosystem: str
    value: float
    se: float
    row: Row

    @property
    def origin(self) -> Origin:
        """What the number was read from: densities of one origin are one number, and err together.

        A table that prints one value for all forest is copied to several classes; the copies are
        not independent of each other.
        """
        return self.row.set, self.row.source, self.row.where, self.value, f"{self.se}"


@dataclass(frozen=True, kw_only=True)
class DensityTable:
    """The densities of one set, by pool and key."""

    chosen: str
    densities: Mapping[tuple[str, str], Density]

    @property
    def pools(self) -> tuple[str, ...]:
        """Return the pools the set has densities for; all others are not computed."""
        known = {pool for pool, _ in self.densities}
        return tuple(pool for pool in POOLS if pool in known)

    def find(self, pool: str, ecosystem: str) -> Density | None:
        """Return the density of a class, else of its level-I class, else None."""
        own = self.densities.get((pool, ecosystem))
        if own or ecosystem not in ecosystems():
            return own
        return self.densities.get((pool, ecosystem[:1]))

    def counts(self, ecosystem: str) -> bool:
        """Return whether a class belongs to the account: forest, or any class with a row.

        Raises
        ------
        UnknownNameError
            If it is neither a class nor a key of the set.
        """
        if any(self.find(pool, ecosystem) for pool in self.pools):
            return True
        if ecosystem not in ecosystems() and ecosystem not in {NO_CLASS, NO_FOREST}:
            raise UnknownNameError(
                where=f"carbon_density[{self.chosen}]",
                kind=Text("生态系统类型", "class"),
                name=ecosystem,
                hint=suggestion(str(ecosystem), {*ecosystems(), *self._keys()}),
            )
        return ecosystem[:1] == FOREST

    def of(self, pool: str, ecosystem: str) -> Density:
        """Return the density of a class that counts.

        Raises
        ------
        ParameterMissing
            If the set has none; naming the set and the class.
        """
        found = self.find(pool, ecosystem)
        if found is None:
            raise self._missing([pool], ecosystem)
        return found

    def source(self, density: Density) -> str:
        """Return the name of what a density errs by: that of the first row of its origin."""
        return self._sources[density.pool, density.origin]

    @cached_property
    def _sources(self) -> Mapping[tuple[str, Origin], str]:
        found: dict[tuple[str, Origin], str] = {}
        for (pool, _), density in sorted(self.densities.items()):
            found.setdefault((pool, density.origin), density.row.name())
        return found

    def require(self, codes: Iterable[str]) -> None:
        """Raise nothing if each class that counts has a density in each pool of the set.

        Raises
        ------
        ParameterMissing, Problems
            Naming the set, the parameters and the class; all classes at once.
        """
        lacking = {
            code: [pool for pool in self.pools if self.find(pool, code) is None]
            for code in sorted(set(codes))
            if self.counts(code)
        }
        raise_all(self._missing(pools, code) for code, pools in lacking.items() if pools)

    def _keys(self) -> set[str]:
        return {key for _, key in self.densities}

    def _missing(self, pools: Iterable[str], code: str) -> ParameterMissing:
        return ParameterMissing(
            service="carbon_stock",
            standard=self.chosen,
            parameter=", ".join(density_parameter(pool) for pool in pools),
            key=Text(f"（类型 {code}）", f" of class {code}"),
        )


def density_table(parameters: Parameters, chosen_set: str) -> DensityTable:
    """Return the density table of a set, a project's own rows in front.

    Parameters
    ----------
    parameters : Parameters
        With rows `carbon_density_<pool>`, in a unit of carbon per area.
    chosen_set : str
        Such as `zhejiang-2016`.

    Raises
    ------
    UnknownNameError
        If no pool has a row of that set.
    ProjectError
        If a row is in another unit.
    """
    found = {
        (pool, key): _density(pool, row)
        for pool in POOLS
        for key, row in parameters.of_set(density_parameter(pool), chosen_set).items()
    }
    if not found:
        names = {density_parameter(pool) for pool in POOLS}
        raise UnknownNameError(
            where="carbon_density",
            kind=Text("参数集", "parameter set"),
            name=chosen_set,
            hint=suggestion(chosen_set, {r.set for r in parameters if r.parameter in names}),
        )
    return DensityTable(chosen=chosen_set, densities=found)


def _density(pool: str, row: Row) -> Density:
    value = row.in_units(UNITS)
    factor, _ = conversion(row.units, UNITS)
    return Density(pool=pool, ecosystem=row.key, value=value, se=row.se * factor, row=row)
