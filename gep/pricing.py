"""Valuations with their numbers: what an amount is worth under a standard."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_catalog.classes import ecosystems
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import Pixels
from data_catalog.standards import Standard
from gep.service import Valuation
from tiles.binding import number
from tiles.blocks import CLASS_LIMIT

__all__ = ["Priced", "price", "price_year"]


@dataclass(frozen=True, slots=True)
class Priced:
    """A valuation with its numbers: one for all, or (CLASS_LIMIT,), NaN where a class has none."""

    valuation: Valuation
    numbers: Mapping[str, float | Pixels]
    rows: tuple[Row, ...]

    def value(self, physical: Pixels, classes: npt.NDArray[np.integer]) -> Pixels:
        """Return the value of amounts on these classes, CNY/year."""
        numbers = {
            name: n if isinstance(n, float) else n[classes] for name, n in self.numbers.items()
        }
        return self.valuation.kernel(physical=physical, **numbers)


def price(valuation: Valuation, parameters: Parameters, standard: Standard, service: str) -> Priced:
    """Return a valuation with its numbers looked up.

    Raises
    ------
    ParameterMissing
        If a price or share has no row; for a share by ecosystem, if no ecosystem in scope has one.
    """
    numbers: dict[str, float | Pixels] = {}
    rows: list[Row] = []
    choice = standard.services[service]
    names = valuation.parameters()
    for name, factor in valuation.factors().items():
        parameter = names[name]
        chosen = factor.choose or standard.set_of(service, parameter)
        by_class = {
            code: row
            for code in ecosystems()
            if factor.by and choice.covers(code)
            if (row := parameters.of_ecosystem(parameter, chosen, code)) is not None
        }
        if by_class:
            table = np.full(CLASS_LIMIT, np.nan)
            for code, row in by_class.items():
                table[int(code)] = row.in_units(factor.units)
            numbers[name] = table
            rows.extend({row.name(): row for row in by_class.values()}.values())
        else:
            row = number(parameter, factor, parameters, chosen, service, standard.id)
            numbers[name] = row.in_units(factor.units)
            rows.append(row)
    return Priced(valuation, numbers, tuple(rows))


def price_year(rows: Iterable[Row], years: Iterable[str] = ()) -> str:
    """Return the year or years whose prices a value is in, as text: `2010` or `2008/2012`.

    Parameters
    ----------
    rows : iterable of Row
        Of which those in money count.
    years : iterable of str
        Of prices that the rows of a table state.
    """
    found = {r.year for r in rows if "CNY" in r.units and r.year}
    return "/".join(sorted({*found, *years}))
