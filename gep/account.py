"""The GEP account of a run: services chosen by one standard or several, amounts and values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_catalog.errors import GepError, UnknownNameError
from data_catalog.standards import Standard
from data_catalog.text import Text
from gep import choices
from gep.disclosure import doubtful_share, rows_behind, service_record
from gep.entries import Posted, post
from gep.guards import Seen, findings
from gep.indicators import WITH_SERVICE
from gep.ledger import Ledger
from gep.places import ECOSYSTEM
from gep.plans import Models, ServicePlan, plan_service
from gep.price_level import PRICE_INDEX, PriceLevel
from gep.pricing import price_year
from gep.remarks import Remark, in_dispute, of_prices
from gep.services import services
from gep.table_part import row_problems
from gep.tables import totals_by_class, write_tables
from tiles.binding import Bound, bind
from tiles.compute import Prepared
from tiles.derive import Derivations
from tiles.inputs import Inputs
from tiles.results import Result

__all__ = ["GepAccount", "PreparedGep"]


@dataclass(frozen=True, kw_only=True)
class PreparedGep(Prepared):
    """What each standard's services compute, in the order of the account."""

    plans: Mapping[str, tuple[ServicePlan, ...]]
    indicators: tuple[Bound, ...]
    level: PriceLevel
    disputes: Mapping[str, tuple[Remark, ...]]


class GepAccount:
    """The account of ecosystem services under one standard, or under several side by side.

    Parameters
    ----------
    *standards : Standard
        The first is the one that the parcels' table shows.
    """

    def __init__(self, *standards: Standard) -> None:
        self.standards = standards

    def standard_set(self, parameter: str) -> str:
        """Return the set that derived layers read a parameter from under this standard."""
        first = self.standards[0]
        return first.derived_sets.get(parameter) or first.default_set

    def parameter_names(self) -> set[str]:
        """Return every parameter that a variant or valuation of a service may read."""
        models = (m for s in services() for m in (*s.variants, *s.valuations))
        return {PRICE_INDEX, *(name for m in models for name in m.parameters().values())}

    def problems(self, inputs: Inputs) -> list[GepError]:
        """Return what is wrong with the standards and with the rows of the tables."""
        found = [error for standard in self.standards for error in choices.problems(standard)]
        return [*found, *row_problems(inputs)]

    def prepare(self, at_hand: Derivations) -> PreparedGep:
        """Return the models of all services that the inputs honestly allow."""
        models = Models()
        level = PriceLevel.of(at_hand.inputs.project, at_hand.parameters)
        plans = {s.id: tuple(self._plans(s, at_hand, level, models)) for s in self.standards}
        first = plans[self.standards[0].id]
        computed = [p for found in plans.values() for p in found if p.computed]
        indicators = tuple(_indicators(first, at_hand))
        rows = [r for p in computed for r in p.rows()]
        return PreparedGep(
            models=(*models.all(), *indicators),
            not_computed=tuple(r for p in first for r in p.refused),
            rows=(*rows, *level.behind(rows)),
            plans=plans,
            indicators=indicators,
            level=level,
            disputes={
                s.id: tuple(in_dispute(s, at_hand.parameters, _priced(plans[s.id])))
                for s in self.standards
            },
        )

    def _plans(
        self, standard: Standard, at_hand: Derivations, level: PriceLevel, models: Models
    ) -> Iterator[ServicePlan]:
        for service in (s for s in services() if s.id in standard.services):
            if ECOSYSTEM in at_hand.inputs.rasters:
                yield plan_service(service, standard, at_hand, level, models.shared)
            else:
                plan = ServicePlan(service, standard.id, standard.services[service.id])
                plan.refuse((_no_land_cover(),))
                yield plan

    def write(self, result: Result, prepared: Prepared, folder: Path) -> Mapping[str, Any]:
        """Write account, items, parcels, indicators and extent; return what the manifest says."""
        assert isinstance(prepared, PreparedGep)  # noqa: S101  (for the type checker)
        posted = post(result, [(s, prepared.plans[s.id]) for s in self.standards])
        indicators = [result.amounts(m, (ECOSYSTEM,))
                      .assign(indicator=m.id, unit=m.model.output.total)
                      for m in prepared.indicators]  # fmt: skip
        said = [self._section(p, prepared) for p in posted]
        write_tables(result, posted, indicators, folder)
        others = {
            p.standard.id: section | {"not_computed": [r.record() for r in p.refused_before]}
            for p, section in zip(posted[1:], said[1:], strict=True)
        }
        return said[0] | ({"other_standards": others} if others else {})

    def _section(self, posted: Posted, prepared: PreparedGep) -> dict[str, Any]:
        """Return what the manifest says of one standard; note what its tables say of trust."""
        standard, ledger = posted.standard, posted.ledger
        by_id = {p.service.id: p for p in prepared.plans[standard.id]}
        values = totals_by_class(ledger)
        done = [s.service.id for s in ledger.services]
        rests_on = {n: by_id[n].rests_on for n in done}
        posted.findings = findings(Seen(standard, by_id, ledger))
        posted.doubtful_share = doubtful_share(values, rests_on)
        posted.doubtful = {
            n: doubtful_share(values[values["service"] == n], rests_on) for n in done
        }
        remarks = [*prepared.disputes[standard.id], *_price_remarks(ledger, by_id, prepared.level)]
        return {
            "standard": standard.id,
            "standard_title_zh": standard.title_zh,
            "standard_title_en": standard.title_en,
            "standard_status": standard.status,
            "counted": [n for n, c in standard.services.items() if c.counted],
            "doubtful_share": posted.doubtful_share,
            "remarks": [r.record() for r in remarks],
            "guards": [f.record() for f in posted.findings],
            "services": [
                _record(by_id[n], sorted(set(values.loc[values["service"] == n, "ecosystem"])))
                | {"doubtful_share": posted.doubtful[n]}
                for n in done
            ],
            "services_not_valued": {
                name: {"zh": reason.brief("zh"), "en": reason.brief("en")}
                for name in done
                if (reason := by_id[name].unpriced.get("")) is not None
            },
            "services_not_computed": [r.record() for r in posted.refused],
            "parcels_not_computed": posted.parcels_without_value(),
            "not_shared_out": posted.not_shared_out(),
            "outside_the_parcels": posted.outside,
            "of_other_years": posted.of_other_years,
        }


def _record(plan: ServicePlan, classes: list[str]) -> dict[str, Any]:
    rows = rows_behind(plan.rests_on, classes)
    years = {year for t in plan.tables for year in t.price_years()}
    return service_record(plan.service, plan.choice, rows, price_year(plan.rows(), years))


def _priced(plans: Iterable[ServicePlan]) -> set[str]:
    """Return the services that have a price."""
    return {p.service.id for p in plans if p.computed and p.priced}


def _price_remarks(
    ledger: Ledger, plans: Mapping[str, ServicePlan], level: PriceLevel
) -> Iterator[Remark]:
    """Return what is to be said of the years of an account's prices."""
    years = {y for s in ledger.services for y in s.whole.price_year.split("/") if y}
    rows = [row for s in ledger.services for row in plans[s.service.id].rows()]
    return of_prices(level, rows, years)


def _indicators(plans: Sequence[ServicePlan], at_hand: Derivations) -> Iterator[Bound]:
    for plan in (p for p in plans if p.computed):
        for model in WITH_SERVICE.get(plan.service.id, ()):
            if all(at_hand.obtain(name) is None for name in model.layers()):
                yield bind(
                    model, id_=model.id, account=model.id, parameters=at_hand.parameters,
                    set_of=str, standard="",
                )  # fmt: skip


def _no_land_cover() -> UnknownNameError:
    return UnknownNameError(
        where="[layers]",
        kind=Text("图层", "layer"),
        name=ECOSYSTEM,
        hint=Text("服务核算需要土地覆盖。", "The services need it."),
    )
