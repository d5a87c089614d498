"""A standard's services made ready for a run: models, tables, prices, and what is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from data_catalog.classes import ecosystems
from data_catalog.errors import GepError, ParameterMissing
from data_catalog.parameters import Parameters, Row
from data_catalog.standards import Choice, Part, Standard
from data_catalog.tables import tables
from data_catalog.text import Text
from gep.disclosure import Basis
from gep.price_level import PriceLevel
from gep.pricing import Priced, price
from gep.rows import Lookup
from gep.service import Service, Valuation, Variant
from gep.spread import NPP_WEIGHT
from gep.table_part import TablePart, read_part
from tiles.binding import Bound, bind
from tiles.compute import NotComputed
from tiles.derive import Derivations

__all__ = ["Models", "ServicePlan", "plan_service"]

VALUE = Text("价值量", "value")


class Models:
    """The pixel models of a run, each once whatever standards ask for it."""

    def __init__(self) -> None:
        self._known: dict[str, Bound] = {}
        self._ids: dict[str, int] = {}

    def shared(self, model: Bound) -> Bound:
        """Return the same model if a standard before asked for it, or this one under a new id."""
        key = model.work()
        if key not in self._known:
            count = self._ids.get(model.id, 0)
            self._ids[model.id] = count + 1
            self._known[key] = model.renamed(f"{model.id}:{count + 1}") if count else model
        return self._known[key]

    def all(self) -> tuple[Bound, ...]:
        """Return the models in the order in which they were first asked for."""
        return tuple(self._known.values())


@dataclass
class ServicePlan:
    """What of a service can be computed under a standard, and why the rest cannot.

    `pixels` are models with the item that each measures; `bound` holds them by variant as this
    standard has them: another's model may do the same work with numbers from other rows.
    `unpriced` holds, by item, why it has no value.
    """

    service: Service
    standard: str
    choice: Choice
    pixels: list[tuple[str, Bound]] = field(default_factory=list)
    bound: dict[str, Bound] = field(default_factory=dict)
    tables: list[TablePart] = field(default_factory=list)
    weight: Bound | None = None
    priced: list[Priced] = field(default_factory=list)
    unpriced: dict[str, GepError] = field(default_factory=dict)
    refused: list[NotComputed] = field(default_factory=list)
    rests_on: list[Basis] = field(default_factory=list)

    @property
    def computed(self) -> bool:
        """Return whether anything of it is."""
        return bool(self.pixels or self.tables)

    def refuse(self, reasons: tuple[GepError, ...], *names: str) -> None:
        """Note that the service, or what of it is named, is not computed."""
        title = self.service.titled(*names)
        self.refused.append(NotComputed(self.service.id, title, reasons))

    def prices_of(self, item: str) -> list[Priced]:
        """Return the valuations of amounts that hold for an item, as far as they have prices."""
        if item in self.unpriced or "" in self.unpriced:
            return []
        return [p for p in self.priced if p.valuation.item in {"", item}]

    def rows(self) -> list[Row]:
        """Return the price rows, and those behind tables."""
        found = [r for p in self.priced for r in p.rows]
        return found + [r for t in self.tables for r in t.rows()]


def plan_service(
    service: Service, standard: Standard, at_hand: Derivations, level: PriceLevel,
    share: Callable[[Bound], Bound],
) -> ServicePlan:  # fmt: skip
    """Return what of a service can be computed.

    Parameters
    ----------
    level : PriceLevel
        All numbers, those in money in the prices of the account.
    share : function
        Returns the one model of the run that does the same work.
    """
    choice = standard.services[service.id]
    plan = ServicePlan(service, standard.id, choice)
    valuations = tuple(service.valuation(name) for name in choice.valuations)
    at = Lookup(
        level=level, set_of=partial(standard.set_of, service.id), service=service.id,
        standard=standard.id, subtracts_outside=standard.subtracts_outside,
    )  # fmt: skip
    for part in choice.parts:
        variant = service.variant(part.variant)
        if variant.table:
            _plan_table(plan, part, valuations, at_hand, at, share)
        else:
            _plan_pixels(plan, part, variant, at_hand, at, share)
    if plan.computed:
        _plan_prices(plan, valuations, standard, level.parameters)
        _note_rows(plan, at_hand)
    return plan


def _plan_pixels(
    plan: ServicePlan, part: Part, variant: Variant, at_hand: Derivations, at: Lookup,
    share: Callable[[Bound], Bound],
) -> None:  # fmt: skip
    reasons = [r for n in variant.layers() if (r := at_hand.obtain(n)) is not None]
    try:
        model = bind(
            variant, id_=f"{at.service}:{variant.id}", account=at.service,
            parameters=at.parameters, set_of=at.set_of, standard=at.standard, covers=part.covers,
        )  # fmt: skip
    except ParameterMissing as missing:
        reasons.append(missing)
    if reasons:
        plan.refuse(tuple(reasons), variant.id)
    else:
        shared = share(model)
        plan.pixels.append((variant.item, shared))
        plan.bound[variant.id] = model.renamed(shared.id)


def _plan_table(
    plan: ServicePlan, part: Part, valuations: tuple[Valuation, ...], at_hand: Derivations,
    at: Lookup, share: Callable[[Bound], Bound],
) -> None:  # fmt: skip
    variant = plan.service.variant(part.variant)
    placed = bool(tables()[variant.table].shapes)
    try:
        if part.spread == "npp" and not placed:
            plan.weight = share(_npp_weight(at_hand))
        found = read_part(plan.service, part, valuations, at_hand.inputs, at)
    except GepError as error:
        plan.refuse((error,), variant.id)
        return
    for item, reason in found.refused.items():
        plan.refuse((reason,), item or variant.id)
    if len(found.frame):
        plan.tables.append(found)


def _npp_weight(at_hand: Derivations) -> Bound:
    """Return the model of net primary production as a weight.

    Raises
    ------
    GepError
        If there is no such layer.
    """
    for name in NPP_WEIGHT.layers():
        if (reason := at_hand.obtain(name)) is not None:
            raise reason
    return bind(
        NPP_WEIGHT, id_=NPP_WEIGHT.id, account=NPP_WEIGHT.id, parameters=at_hand.parameters,
        set_of=str, standard="",
    )  # fmt: skip


def _plan_prices(
    plan: ServicePlan, valuations: tuple[Valuation, ...], standard: Standard, parameters: Parameters
) -> None:
    for valuation in (v for v in valuations if not v.of_rows):
        try:
            found = price(valuation, parameters, standard, plan.service.id)
        except ParameterMissing as error:
            plan.unpriced.setdefault(valuation.item, error)
        else:
            plan.priced.append(found)
    if "" in plan.unpriced:
        plan.priced.clear()
    for item, missing in plan.unpriced.items():
        if item:
            title = plan.service.titled(item)
            inner = Text(f"{title.zh}：{VALUE.zh}", f"{title.en}: {VALUE.en}")
            plan.refused.append(NotComputed(plan.service.id, inner, (missing,)))


def _note_rows(plan: ServicePlan, at_hand: Derivations) -> None:
    """Note which rows stand behind the values, those of modelled layers and prices included."""
    for variant, model in plan.bound.items():
        behind = at_hand.needed(set(model.layers()))
        modelled = [r for m in behind.inline() for r in m.rows] + behind.rows()
        item = plan.service.variant(variant).item
        prices = [r for p in plan.prices_of(item) for r in p.rows]
        plan.rests_on.append(Basis(model.scope, (*model.rows, *modelled, *prices)))
    for table in plan.tables:
        scope = frozenset(int(c) for c in _codes(table.part))
        prices = [r for i in dict.fromkeys(table.items) for p in plan.prices_of(i) for r in p.rows]
        plan.rests_on.append(Basis(scope, (*table.rows(), *prices)))


def _codes(part: Part) -> list[str]:
    return [code for code in ecosystems() if part.spread != "none" and part.covers(code)]
