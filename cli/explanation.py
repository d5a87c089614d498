"""What the declarations say of a service or a variable, put together for one reader."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from cli.labels import parameter_title
from data_catalog.classes import ecosystems
from data_catalog.derived import ALTERNATIVES, DERIVED, Derived, makers_of
from data_catalog.parameters import Parameters, Row, bundled
from data_catalog.spec import ECOSYSTEM, Coefficients, Factor, Model
from data_catalog.standards import Choice, Part, Standard
from data_catalog.tables import tables
from data_catalog.text import Text
from data_catalog.variables import Variable, variable
from gep.service import Service, Valuation, Variant
from gep.services import services

__all__ = [
    "PHYSICAL",
    "ColumnUsed",
    "Derivation",
    "ModelExplained",
    "NumberUsed",
    "ServiceExplained",
    "VariableExplained",
    "explain_service",
    "explain_variable",
    "rows_of",
]

SetOf = Callable[[str], str]
PHYSICAL = "physical"
"""The input of a valuation that is no layer: the amount it values."""


@dataclass(frozen=True, kw_only=True)
class LayerUsed:
    """A raster input of a model, or the physical amount that a valuation values."""

    name: str
    title: Text
    symbol: str
    units: str


@dataclass(frozen=True, kw_only=True)
class ColumnUsed:
    """A column of a table that a model reads row by row; `table_units` are those of the file."""

    name: str
    title: Text
    symbol: str
    units: str
    table: str
    table_units: str


@dataclass(frozen=True, kw_only=True)
class NumberUsed:
    """A parameter of a model: the rows it is read from, and where there is none.

    `missing` are ecosystem classes in scope without a row; an empty text where the only number
    is missing. `sets` are those that have rows.
    """

    parameter: str
    title: Text
    symbol: str
    units: str
    set: str
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    sets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ModelExplained:
    """A variant, a valuation or a derivation with what it reads.

    `table` is the one whose rows it reads, `spread` what they are shared out by; `item` is what
    of the service it measures or values.
    """

    id: str
    title: Text
    formula: str
    source: str
    where: str
    units: str
    total: str
    low: float
    high: float
    method: str
    note: Text
    layers: tuple[LayerUsed, ...]
    columns: tuple[ColumnUsed, ...]
    numbers: tuple[NumberUsed, ...]
    classes: tuple[str, ...]
    left_out: tuple[str, ...]
    table: str = ""
    item: str = ""
    spread: str = ""


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """A way to make a variable that a project gives no layer of.

    `automatic` is false for one that is used only where it is asked for by id; `coarsest_cell`
    is the row that limits its source's cells.
    """

    makes: str
    makes_title: Text
    automatic: bool
    locality: str
    coarsest_cell: Row | None
    model: ModelExplained


@dataclass(frozen=True, kw_only=True)
class ServiceExplained:
    """A service under a standard: the chosen parts, or all variants."""

    id: str
    title: Text
    group: str
    physical: Text
    total: str
    standard: str
    standard_title: Text
    chosen: bool
    counted: bool
    note: Text
    variants: tuple[ModelExplained, ...]
    valuations: tuple[ModelExplained, ...]
    derivations: tuple[Derivation, ...]


@dataclass(frozen=True, kw_only=True)
class Need:
    """A model that reads a variable: a service's variant, or a derivation (no service)."""

    service: str
    service_title: Text
    model: str
    model_title: Text


@dataclass(frozen=True, kw_only=True)
class VariableExplained:
    """A variable, who needs it, and how it can be made."""

    variable: Variable
    needed_by: tuple[Need, ...]
    derivations: tuple[Derivation, ...]


def explain_service(service: Service, standard: Standard, *, every: bool) -> ServiceExplained:
    """Return a service as a standard has it; with all its variants and valuations if `every`."""
    choice = standard.services.get(service.id)
    parts = {p.variant: p for p in choice.parts} if choice else {}
    valued = choice.valuations if choice else ()
    whole = every or choice is None
    variants = [v for v in service.variants if whole or v.id in parts]
    valuations = [v for v in service.valuations if whole or v.id in valued]

    def set_of(parameter: str) -> str:
        return standard.set_of(service.id, parameter)

    return ServiceExplained(
        id=service.id, title=service.title, group=service.group, physical=service.physical,
        total=service.total, standard=standard.id, standard_title=standard.title,
        chosen=choice is not None, counted=choice is not None and choice.counted,
        note=Text(choice.note_zh, choice.note_en) if choice else Text("", ""),
        variants=tuple(_variant(v, set_of, parts.get(v.id)) for v in variants),
        valuations=tuple(
            _valuation(v, set_of, _scope(choice) if v.id in valued else None, service)
            for v in valuations
        ),
        derivations=_makers(
            chain(*(v.layers() for v in variants)), standard, _scope(choice) or tuple(ecosystems())
        ),
    )  # fmt: skip


def explain_variable(name: str, standard: Standard) -> VariableExplained:
    """Return a variable with the derivations that can make it and those of their inputs."""
    needs = [
        Need(service=s.id, service_title=s.title, model=v.id, model_title=v.title)
        for s in services()
        for v in s.variants
        if name in v.layers()
    ]
    needs += [
        Need(service="", service_title=Text("", ""), model=d.id, model_title=d.title)
        for d in (*DERIVED, *ALTERNATIVES)
        if name in d.layers()
    ]
    return VariableExplained(
        variable=variable(name),
        needed_by=tuple(needs),
        derivations=_makers([name], standard, tuple(ecosystems())),
    )


def rows_of(explained: ServiceExplained) -> tuple[Row, ...]:
    """Return the rows that a service's amounts and values rest on, each once."""
    models = (*explained.variants, *explained.valuations)
    rows = {row.name(): row for m in models for number in m.numbers for row in number.rows}
    return tuple(rows.values())


def _scope(part: Part | Choice | None) -> tuple[str, ...] | None:
    if part is None:
        return None
    return tuple(code for code in ecosystems() if part.covers(code))


def _variant(variant: Variant, set_of: SetOf, part: Part | None) -> ModelExplained:
    explained = _explained(variant, set_of, _scope(part), table=variant.table)
    of_region = part is not None and variant.table and not tables()[variant.table].shapes
    spread = part.spread if part is not None and of_region else ""
    return replace(explained, table=variant.table, item=variant.item, spread=spread)


def _valuation(
    valuation: Valuation, set_of: SetOf, scope: tuple[str, ...] | None, service: Service
) -> ModelExplained:
    table = next((v.table for v in service.variants if _has(v.table, valuation)), "")
    explained = _explained(
        valuation, set_of, scope, valuation.method, service.physical, table=table
    )
    return replace(explained, item=valuation.item, table=table if valuation.of_rows else "")


def _has(table: str, model: Model) -> bool:
    return bool(table) and set(model.columns()) <= set(tables()[table].columns)


def _explained(
    model: Model,
    set_of: SetOf,
    scope: tuple[str, ...] | None,
    method: str = "",
    physical: Text | None = None,
    *,
    table: str = "",
) -> ModelExplained:
    """Return a model; without a `scope` all rows of a set count as its own."""
    return ModelExplained(
        id=model.id, title=model.title, formula=model.formula, source=model.source.key,
        where=model.source.where, units=model.output.units, total=model.output.total,
        low=model.output.low, high=model.output.high, method=method, note=model.note,
        layers=tuple(
            LayerUsed(
                name=name, symbol=given.symbol, units=given.units,
                title=physical if physical and name == PHYSICAL else variable(name).title,
            )
            for name, given in model.layers().items()
        ),
        columns=tuple(
            ColumnUsed(
                name=name, symbol=given.symbol, units=given.units, table=table,
                title=tables()[table].columns[name].title,
                table_units=tables()[table].columns[name].units,
            )
            for name, given in model.columns().items()
        ),
        numbers=tuple(_numbers(model, set_of, scope, bundled())),
        classes=scope or (),
        left_out=tuple(c for c in ecosystems() if c not in scope) if scope else (),
    )  # fmt: skip


def _numbers(
    model: Model, set_of: SetOf, scope: tuple[str, ...] | None, parameters: Parameters
) -> Iterator[NumberUsed]:
    for name, given in model.inputs.items():
        if isinstance(given, Coefficients):
            found = tuple(parameters.of_set(given.table, given.choose).values())
            yield _used(given.table, "", "", given.choose, found, ())
        elif isinstance(given, Factor):
            parameter = given.table or name
            chosen = given.choose or set_of(parameter)
            found, missing = _rows(parameter, given, chosen, scope, parameters)
            yield _used(parameter, given.symbol, given.units, chosen, found, missing)


def _rows(
    name: str,
    factor: Factor,
    chosen: str,
    scope: tuple[str, ...] | None,
    parameters: Parameters,
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Return the rows of a factor, and the classes without one, as the engine looks them up."""
    if not factor.by:
        row = parameters.find(name, chosen)
        return ((row,), ()) if row else ((), ("",))
    if scope is None or factor.by != ECOSYSTEM:
        rows = tuple(parameters.of_set(name, chosen).values())
        return rows, () if rows else ("",)
    found = {code: parameters.of_ecosystem(name, chosen, code) for code in scope}
    used = {row.name(): row for row in found.values() if row}
    return tuple(used.values()), tuple(code for code, row in found.items() if row is None)


def _used(
    name: str, symbol: str, units: str, chosen: str, rows: tuple[Row, ...], missing: tuple[str, ...]
) -> NumberUsed:
    sets = dict.fromkeys(r.set for r in bundled() if r.parameter == name)
    return NumberUsed(
        parameter=name, title=parameter_title(name), symbol=symbol, units=units, set=chosen,
        rows=rows, missing=missing, sets=tuple(sets),
    )  # fmt: skip


def _makers(
    names: Iterable[str], standard: Standard, scope: tuple[str, ...]
) -> tuple[Derivation, ...]:
    """Return the derivations of these variables and of their inputs, each once."""
    found: dict[str, Derivation] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        for maker in (*makers_of(name), *(d for d in ALTERNATIVES if d.makes == name)):
            if maker.id not in found:
                found[maker.id] = _derivation(maker, standard, scope)
                waiting.extend(maker.layers())
    return tuple(found.values())


def _derivation(maker: Derived, standard: Standard, scope: tuple[str, ...]) -> Derivation:
    limit = bundled().find(maker.purpose_limit, "engine") if maker.purpose_limit else None
    model = _explained(maker, lambda p: standard.set_of("", p), scope)
    return Derivation(
        makes=maker.makes,
        makes_title=variable(maker.makes).title,
        automatic=maker not in ALTERNATIVES,
        locality=maker.locality,
        coarsest_cell=limit,
        model=model,
    )
