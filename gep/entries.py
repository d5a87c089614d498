"""From a run's sums and tables to the ledger: every item's amount and value in its places."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data_catalog.classes import ecosystems
from data_catalog.errors import GepError, ParameterMissing
from data_catalog.standards import Standard
from data_catalog.text import Text
from gep.guards import Finding
from gep.ledger import Entry, Ledger, ServiceEntries
from gep.places import ECOSYSTEM, Places
from gep.plans import ServicePlan
from gep.pricing import price_year
from gep.spread import Ground, Shared, share_out
from gep.table_part import TablePart
from tiles.binding import Bound
from tiles.compute import NotComputed
from tiles.objects import Placement, placed
from tiles.regions import Regions
from tiles.results import Result
from tiles.tables import TableRows

__all__ = ["Posted", "post"]


@dataclass
class Posted:
    """One standard's ledger, and what could not be entered.

    Parameters
    ----------
    refused : list
        What the run's sums or the places did not allow.
    refused_before : list
        What was refused before the run.
    outside : list
        The objects that lie in part outside all parcels.
    of_other_years : list
        The rows that stand in from another year.
    findings : tuple of Finding
        What the guards against double counting found.
    doubtful : dict
        The share of each service's value that rests on recalled or estimated rows.
    doubtful_share : float, optional
        That of all values.
    """

    standard: Standard
    ledger: Ledger
    refused: list[NotComputed] = field(default_factory=list)
    refused_before: list[NotComputed] = field(default_factory=list)
    outside: list[dict[str, Any]] = field(default_factory=list)
    of_other_years: list[dict[str, Any]] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    doubtful: dict[str, float | None] = field(default_factory=dict)
    doubtful_share: float | None = None

    def all_refused(self) -> list[NotComputed]:
        """Return all that is asked for and not computed."""
        return [*self.refused_before, *self.refused]

    def parcels_without_value(self) -> list[dict[str, Any]]:
        """Return, service by service, the parcels in which no cell of its scope had all inputs."""
        places = self.ledger.places
        found = []
        for one in self.ledger.services:
            parcels = places.parcels[one.whole.where]
            known = ~(np.isnan(one.whole.physical) & np.isnan(one.whole.value))
            count = len(places.ids) + 1
            some = np.bincount(parcels + 1, known, count) > 0
            empty = np.flatnonzero((np.bincount(parcels + 1, minlength=count) > 0) & ~some)
            if ids := [str(places.ids[int(p) - 1]) for p in empty if p]:
                found.append({"service": one.service.id, "parcels": ids})
        return found

    def not_shared_out(self) -> list[dict[str, Any]]:
        """Return what is in the account as a whole and in no parcel."""
        found = []
        for one in self.ledger.services:
            for entry in (e for e in one.items if len(e.where) and e.where[0] == 0):
                value = float(entry.value[0])
                found.append({
                    "service": one.service.id, "item": entry.item, "title_zh": entry.title.zh,
                    "title_en": entry.title.en, "value": None if np.isnan(value) else value,
                })  # fmt: skip
        return found


def post(result: Result, plans: Sequence[tuple[Standard, Sequence[ServicePlan]]]) -> list[Posted]:
    """Return each standard's ledger; the places are those of all of them."""
    parts = [t for _, found in plans for p in found for t in p.tables]
    placements = _placements(result, parts)
    more = [
        Places.key(placements[t.table.table.name].parcels, int(code))
        for t in parts
        if t.table.table.name in placements
        for code in _single(t)
    ]
    places = Places.of(result, more)
    regions = Regions.of(result.inputs)
    return [
        _posted(result, standard, found, Ground(places, regions, {}, placements))
        for standard, found in plans
    ]


def _single(part: TablePart) -> Iterator[str]:
    yield from (code for code in ecosystems() if part.part.covers(code))


def _placements(result: Result, parts: Sequence[TablePart]) -> dict[str, Placement]:
    tables = {t.table.table.name: t.table for t in parts}
    return {
        name: placed(table.shapes, result.inputs.parcels)
        for name, table in tables.items()
        if table.shapes is not None
    }


def _posted(
    result: Result, standard: Standard, plans: Sequence[ServicePlan], ground: Ground
) -> Posted:
    entered: list[ServiceEntries] = []
    refused: list[NotComputed] = []
    for plan in (p for p in plans if p.computed):
        items, gaps = _entries(result, plan, ground)
        refused.extend(gaps)
        if items:
            count = len(ground.places.keys)
            one = ServiceEntries.of(plan.service, items, count, counted=plan.choice.counted)
            entered.append(one)
    ledger = Ledger(standard=standard.id, places=ground.places, services=tuple(entered))
    tables = {t.table.table.name: t for p in plans for t in p.tables}.values()
    year = result.inputs.project.project.year
    return Posted(
        standard=standard, ledger=ledger, refused=refused,
        refused_before=[r for p in plans for r in p.refused],
        outside=[r for t in tables for r in _outside(t.table, ground)],
        of_other_years=[
            {"table": t.table.source, "lines": lines}
            for t in tables
            if (lines := t.table.of_other_years(year))
        ],
    )  # fmt: skip


def _entries(
    result: Result, plan: ServicePlan, ground: Ground
) -> tuple[list[Entry], list[NotComputed]]:
    items: dict[str, Entry] = {}
    refused: list[NotComputed] = []

    def refuse(item: str, reason: GepError) -> None:
        title = plan.service.titled(item)
        refused.append(NotComputed(plan.service.id, title, (reason,)))

    for item in dict.fromkeys(name for name, _ in plan.pixels):
        models = [model for name, model in plan.pixels if name == item]
        gap = _gap(models, result, plan)
        if gap is None:
            items[item] = _of_pixels(result, plan, item, models, ground)
        else:
            refuse(item, gap)
    for part in plan.tables:
        weighed = _weighed(result, plan, ground)
        for item, shared in share_out(part, weighed).items():
            if isinstance(shared, GepError):
                refuse(item, shared)
            else:
                entry = _of_rows(plan, item, part, shared, ground)
                items[item] = _both(items[item], entry) if item in items else entry
    return list(items.values()), refused


def _weighed(result: Result, plan: ServicePlan, ground: Ground) -> Ground:
    """Return the ground with what is shared out by."""
    weights = {"area": ground.places.areas}
    if plan.weight is not None:
        npp = np.zeros(len(ground.places.keys))
        npp[ground.places.of_run] = result.columns(plan.weight, (ECOSYSTEM,))[0]
        weights["npp"] = npp
    return Ground(ground.places, ground.regions, weights, ground.placements)


def _of_pixels(
    result: Result, plan: ServicePlan, item: str, models: Sequence[Bound], ground: Ground
) -> Entry:
    places = ground.places
    count = len(places.of_run)
    amount, missing, inside = np.zeros(count), np.zeros(count), np.zeros(count, bool)
    for model in models:
        own, lacking, scope = result.columns(model, (ECOSYSTEM,))
        amount[scope] += own[scope]
        missing[scope] += lacking[scope]
        inside |= scope
    where = places.of_run[inside]
    area, missing = places.areas[where], missing[inside]
    physical = np.where(missing < area, amount[inside], np.nan)
    prices = plan.prices_of(item)
    return Entry(
        item=item, title=plan.service.titled(item), unit=plan.service.total,
        price_year=price_year(r for p in prices for r in p.rows),
        where=where, physical=physical, value=_worth(plan, item, physical, where, places),
        missing=missing / area,
    )  # fmt: skip


def _worth(
    plan: ServicePlan, item: str, physical: np.ndarray[Any, np.dtype[np.float64]],
    where: np.ndarray[Any, np.dtype[np.int64]], places: Places,
) -> np.ndarray[Any, np.dtype[np.float64]]:  # fmt: skip
    """Return the value of amounts by all valuations that are not worked out on rows."""
    prices = plan.prices_of(item)
    if not prices:
        return np.full(len(where), np.nan)
    classes = places.classes[where]
    total = np.zeros(len(where))
    for priced in prices:
        total += priced.value(physical, classes)
    return total


def _of_rows(
    plan: ServicePlan, item: str, part: TablePart, shared: Shared, ground: Ground
) -> Entry:
    plain = _worth(plan, item, shared.physical, shared.where, ground.places)
    value = shared.value
    if plan.prices_of(item):
        value = plain + (value if part.valued else 0)
    rows = [r for p in plan.prices_of(item) for r in p.rows]
    rows += [r for m in part.valued for r in m.rows]
    unit = part.units[item]
    return Entry(
        item=item, title=plan.service.titled(item), unit=unit,
        price_year=price_year(rows, part.price_years()),
        where=shared.where, physical=shared.physical, value=value,
        missing=np.zeros(len(shared.where)),
    )  # fmt: skip


def _both(one: Entry, other: Entry) -> Entry:
    """Return two parts of one item, on different places, as one."""
    where = np.concatenate([one.where, other.where])
    order = np.argsort(where, kind="stable")
    years = sorted({y for e in (one, other) for y in e.price_year.split("/") if y})
    return Entry(
        item=one.item, title=one.title, unit=one.unit, price_year="/".join(years),
        where=where[order],
        physical=np.concatenate([one.physical, other.physical])[order],
        value=np.concatenate([one.value, other.value])[order],
        missing=np.concatenate([one.missing, other.missing])[order],
    )  # fmt: skip


def _gap(models: Sequence[Bound], result: Result, plan: ServicePlan) -> ParameterMissing | None:
    """Return the first class with an area that a needed parameter has no row for."""
    for model in models:
        missing = dict(model.missing)
        for derived in result.job.derived:
            if derived.account in _all_layers(model, result):
                missing |= {c: p for c, p in derived.missing.items() if c in model.scope}
        if not missing:
            continue
        areas = result.areas((ECOSYSTEM,)).groupby(ECOSYSTEM, observed=True)["area_m2"].sum()
        for code, parameter in sorted(missing.items()):
            if areas.get(f"{code:02d}", 0) > 0:
                where = Text(f"（生态系统 {code}）", f" (ecosystem {code})")
                return ParameterMissing(
                    service=plan.service.id, parameter=parameter, standard=plan.standard, key=where
                )
    return None


def _all_layers(model: Bound, result: Result) -> set[str]:
    """Return the layers a model reads, those behind derived ones included."""
    names = set(model.layers())
    for derived in reversed(result.job.derived):
        if derived.account in names:
            names |= set(derived.layers())
    return names


def _outside(table: TableRows, ground: Ground) -> Iterator[dict[str, Any]]:
    """Yield the objects that lie in part outside all parcels, beyond rounding."""
    if table.shapes is None:
        return
    outside = ground.placements[table.table.name].outside
    for row in np.flatnonzero(outside > np.sqrt(np.finfo(float).eps)):
        name = str(table.frame["name"].iloc[row]) if "name" in table.frame else ""
        yield {"table": table.source, "object": int(table.frame["line"].iloc[row]), "name": name,
               "share": float(outside[row])}  # fmt: skip
