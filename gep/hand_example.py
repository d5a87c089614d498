"""A service's equations worked on one pixel or one row, by the kernels that the account uses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from data_catalog.classes import ecosystems
from data_catalog.examples import ordinary_values
from data_catalog.parameters import Row, bundled
from data_catalog.spec import ECOSYSTEM, Column, Factor, Layer, Model
from data_catalog.standards import Choice, Standard
from data_catalog.standards import bundled as standards
from data_catalog.tables import UNIT, tables
from data_catalog.units import conversion
from data_catalog.variables import variables
from gep.service import Service, Valuation, Variant

__all__ = ["Given", "HandExample", "hand_example"]

PHYSICAL = "physical"
NO_ROW = 1.0
"""Stands for a number that no source gives, in an example alone."""

SetsOf = Callable[[str], tuple[str, ...]]
"""The sets in which to look for a parameter's rows."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """One input of an example, in the units its model declares.

    `row` is the parameter row it comes from; `supposed` a parameter without any.
    """

    name: str
    value: float
    units: str
    row: Row | None = None
    supposed: bool = False


@dataclass(frozen=True, kw_only=True)
class HandExample:
    """What a model gives for stated inputs.

    Parameters
    ----------
    key : str
        The ecosystem, or the word of a column, whose rows were taken; empty where it matters not.
    result : float
        In `units`, those of the model's output.
    total : float
        The same over one hectare for a model of pixels, else for the row; in `total_units`.
    of : str
        The variant whose total a valuation values; empty for others.
    of_nothing : bool
        That variant gives nothing in its example: one unit is valued instead.
    """

    given: dict[str, Given]
    key: str
    result: float
    units: str
    total: float
    total_units: str
    of: str = ""
    of_nothing: bool = False


def hand_example(service: Service, model: Variant | Valuation) -> HandExample:
    """Return the example of a variant or a valuation.

    Layers and columns get an ordinary value, else the middle of their declared range. Parameters
    get rows of the first bundled standard that chooses the model and has the most of them, else of
    any set. A valuation values what the example of a variant of its item gives.
    """
    if isinstance(model, Variant):
        return _worked(service, model, {})
    if PHYSICAL not in model.inputs:
        return _worked(service, model, {})
    of = next((v for v in service.variants if model.item in {"", v.item}), service.variants[0])
    found = hand_example(service, of)
    units = model.layers()[PHYSICAL].units
    factor, _ = conversion(found.total_units, units)
    physical = Given(name=PHYSICAL, value=(found.total or NO_ROW) * factor, units=units)
    worked = _worked(service, model, {PHYSICAL: physical})
    return replace(worked, of=of.id, of_nothing=found.total == 0)


def _worked(service: Service, model: Variant | Valuation, given: dict[str, Given]) -> HandExample:
    key, rows = _rows(service, model)
    for name, declared in model.factors().items():
        row = rows.get(name)
        if row is None:
            given[name] = _supposed(name, declared)
        else:
            given[name] = Given(
                name=name, value=row.in_units(declared.units), units=declared.units, row=row
            )
    for name, read in model.inputs.items():
        if name not in given and isinstance(read, Layer | Column):
            given[name] = _ordinary(name, read.units)
    result = float(model(**{name: np.array(given[name].value) for name in model.inputs}))
    by_pixel = isinstance(model, Variant) and not model.table
    whole = f"({model.output.units})*ha" if by_pixel else model.output.units
    total = result * conversion(whole, model.output.total)[0]
    return HandExample(
        given={name: given[name] for name in model.inputs}, key=key, result=result,
        units=model.output.units, total=total, total_units=model.output.total,
    )  # fmt: skip


def _ordinary(name: str, units: str) -> Given:
    """Return an ordinary value of a layer or a column, or the middle of what it may be."""
    known = ordinary_values().get(name)
    if known is not None:
        own = UNIT in known.units
        value = known.value if own else known.value * conversion(known.units, units)[0]
    elif name in variables():
        limits = variables()[name]
        value = (limits.low + limits.high) / 2 * conversion(limits.units, units)[0]
    else:
        column = next(t.columns[name] for t in tables().values() if name in t.columns)
        value = (column.low + column.high) / 2
    return Given(name=name, value=value, units=units)


def _supposed(name: str, declared: Factor) -> Given:
    known = ordinary_values().get(declared.table or name)
    value = known.value * conversion(known.units, declared.units)[0] if known else NO_ROW
    return Given(name=name, value=value, units=declared.units, supposed=True)


def _rows(service: Service, model: Variant | Valuation) -> tuple[str, dict[str, Row]]:
    """Return the key and the rows of the choice that has the most of them, the first if alike."""
    found = [
        (key, _found(model, sets_of, key))
        for sets_of, keys in _ways(service, model)
        for key in keys
    ]
    return max(found, key=lambda way: len(way[1]))


def _ways(service: Service, model: Variant | Valuation) -> Iterator[tuple[SetsOf, tuple[str, ...]]]:
    """Yield where to look rows up, and for which keys: each standard's choice, then any set."""
    for standard in standards().values():
        choice = standard.services.get(service.id)
        if choice is not None and _chooses(choice, model):
            yield partial(_set_of, standard, service.id), _keys(model, choice)
    yield _all_sets, _keys(model, None)


def _set_of(standard: Standard, service: str, parameter: str) -> tuple[str, ...]:
    return (standard.set_of(service, parameter),)


def _all_sets(parameter: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.set for row in bundled() if row.parameter == parameter))


def _chooses(choice: Choice, model: Variant | Valuation) -> bool:
    return model.id in {*choice.valuations, *(part.variant for part in choice.parts)}


def _keys(model: Variant | Valuation, choice: Choice | None) -> tuple[str, ...]:
    """Return what the model's rows may be told apart by: classes in scope, words of a column."""
    keyed = {name for name in model.factors() if model.factors()[name].by}
    if any(model.factors()[name].by == ECOSYSTEM for name in keyed):
        parts = choice.parts if choice else ()
        own = [p for p in parts if p.variant == model.id] or parts
        codes = tuple(c for c in ecosystems() if not own or any(p.covers(c) for p in own))
        return codes or ("",)
    parameters = {model.parameters()[name] for name in keyed}
    return tuple(dict.fromkeys(r.key for r in bundled() if r.parameter in parameters)) or ("",)


def _found(model: Model, sets_of: SetsOf, key: str) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for name, factor in model.factors().items():
        parameter = model.parameters()[name]
        for chosen in (factor.choose,) if factor.choose else sets_of(parameter):
            row = _row(parameter, chosen, factor, key)
            if row is not None:
                rows.setdefault(name, row)
    return rows


def _row(parameter: str, chosen: str, factor: Factor, key: str) -> Row | None:
    if factor.by == ECOSYSTEM:
        return bundled().of_ecosystem(parameter, chosen, key)
    return bundled().find(parameter, chosen, key if factor.by else "")
