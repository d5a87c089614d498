"""The GEP account of a run: services chosen by a standard, their amounts and their values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data_catalog.classes import ecosystems
from data_catalog.errors import GepError, ParameterMissing, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import Pixels
from data_catalog.standards import Standard
from data_catalog.text import Text
from gep.disclosure import Basis, doubtful_share, rows_behind, service_record
from gep.indicators import WITH_SERVICE
from gep.service import Service, Valuation
from gep.services import SERVICES
from gep.tables import write_tables
from tiles.binding import Bound, bind, number
from tiles.compute import NotComputed, Prepared
from tiles.derive import Derivations
from tiles.results import Result

ECOSYSTEM = "land_cover"


@dataclass(frozen=True, slots=True)
class Priced:
    """A valuation with its numbers."""

    valuation: Valuation
    numbers: Mapping[str, float | Mapping[str, float]]
    rows: tuple[Row, ...]

    def value(self, physical: Pixels, ecosystem: "pd.Series[str]") -> Pixels:
        """Return the value of amounts, CNY/year; NaN where an ecosystem has no share."""
        numbers = {
            name: n if isinstance(n, float) else ecosystem.map(n).to_numpy(dtype=np.float64)
            for name, n in self.numbers.items()
        }
        return self.valuation.kernel(physical, **numbers)


@dataclass(frozen=True, kw_only=True)
class PreparedGep(Prepared):
    """The services that can be computed, with their models and valuations."""

    services: Mapping[str, tuple[Bound, ...]]
    indicators: tuple[Bound, ...]
    priced: Mapping[str, tuple[Priced, ...]]
    unpriced: Mapping[str, GepError]
    rests_on: Mapping[str, tuple[Basis, ...]]


class GepAccount:
    """The account of ecosystem services under one standard.

    Parameters
    ----------
    standard : Standard
    """

    def __init__(self, standard: Standard) -> None:
        self.standard = standard

    def standard_set(self, parameter: str) -> str:
        """Return the set that derived layers read a parameter from under this standard."""
        return self.standard.derived_sets.get(parameter) or self.standard.default_set

    def parameter_names(self) -> set[str]:
        """Return every parameter that a variant or valuation of a service may read."""
        return {n for s in SERVICES for m in (*s.variants, *s.valuations) for n in m.factors()}

    def prepare(self, at_hand: Derivations) -> PreparedGep:
        """Return the models of all services that the inputs honestly allow."""
        services: dict[str, tuple[Bound, ...]] = {}
        refused: list[NotComputed] = []
        indicators: list[Bound] = []
        priced: dict[str, tuple[Priced, ...]] = {}
        unpriced: dict[str, GepError] = {}
        if ECOSYSTEM not in at_hand.inputs.rasters:
            reason = UnknownNameError(
                where="[layers]",
                kind=Text("图层", "layer"),
                name=ECOSYSTEM,
                hint=Text("服务核算需要土地覆盖。", "The services need it."),
            )
            refused = [NotComputed(s.id, s.title, (reason,)) for s in self._chosen()]
            return PreparedGep(services={}, indicators=(), priced={}, unpriced={},
                               rests_on={}, not_computed=tuple(refused))  # fmt: skip
        for service in self._chosen():
            parts, failed = self._parts(service, at_hand)
            refused.extend(failed)
            if not parts:
                continue
            services[service.id] = parts
            indicators.extend(self._indicators(service, at_hand))
            try:
                priced[service.id] = self._priced(service, at_hand.parameters)
            except ParameterMissing as missing:
                unpriced[service.id] = missing
        models = [m for parts in services.values() for m in parts] + indicators
        return PreparedGep(
            models=tuple(models),
            not_computed=tuple(refused),
            rows=tuple(r for ps in priced.values() for p in ps for r in p.rows),
            services=services,
            indicators=tuple(indicators),
            priced=priced,
            unpriced=unpriced,
            rests_on={
                name: _rests_on(parts, priced.get(name, ()), at_hand)
                for name, parts in services.items()
            },
        )

    def _chosen(self) -> Iterator[Service]:
        known = {service.id: service for service in SERVICES}
        for name in self.standard.services:
            if name not in known:
                raise UnknownNameError(
                    where=self.standard.id,
                    kind=Text("服务", "service"),
                    name=name,
                    hint=suggestion(name, known),
                )
        yield from (s for s in SERVICES if s.id in self.standard.services)

    def _parts(
        self, service: Service, at_hand: Derivations
    ) -> tuple[tuple[Bound, ...], list[NotComputed]]:
        bound, refused = [], []
        for part in self.standard.services[service.id].parts:
            variant = service.variant(part.variant)
            reasons = [r for n in variant.layers() if (r := at_hand.obtain(n)) is not None]
            try:
                model = bind(
                    variant, id_=f"{service.id}:{variant.id}", account=service.id,
                    parameters=at_hand.parameters,
                    set_of=partial(self.standard.set_of, service.id),
                    standard=self.standard.id, covers=part.covers,
                )  # fmt: skip
            except ParameterMissing as missing:
                reasons.append(missing)
            if reasons:
                title = Text(
                    f"{service.title.zh}（{variant.title.zh}）",
                    f"{service.title.en} ({variant.title.en})",
                )
                refused.append(NotComputed(service.id, title, tuple(reasons)))
            else:
                bound.append(model)
        return tuple(bound), refused

    def _indicators(self, service: Service, at_hand: Derivations) -> Iterator[Bound]:
        for model in WITH_SERVICE.get(service.id, ()):
            if all(at_hand.obtain(name) is None for name in model.layers()):
                yield bind(
                    model, id_=model.id, account=model.id, parameters=at_hand.parameters,
                    set_of=str, standard=self.standard.id,
                )  # fmt: skip

    def _priced(self, service: Service, parameters: Parameters) -> tuple[Priced, ...]:
        return tuple(
            price(service.valuation(name), parameters, self.standard, service.id)
            for name in self.standard.services[service.id].valuations
        )

    def write(self, result: Result, prepared: Prepared, folder: Path) -> Mapping[str, Any]:
        """Write account, parcels, indicators and extent; return the summary for the manifest."""
        assert isinstance(prepared, PreparedGep)  # noqa: S101  (for the type checker)
        rows, refused = [], []
        for name, parts in prepared.services.items():
            gap = _gap(parts, result, self.standard.id)
            if gap is not None:
                refused.append(NotComputed(name, _service(name).title, (gap,)))
                continue
            rows.append(self._service_rows(name, parts, prepared, result))
        account = _sorted(pd.concat(rows, ignore_index=True)) if rows else _sorted(_no_rows())
        indicators = [result.amounts(m, (ECOSYSTEM,))
                      .assign(indicator=m.id, unit=m.model.output.total)
                      for m in prepared.indicators]  # fmt: skip
        computed = list(account["service"].unique())
        counted = [n for n, c in self.standard.services.items() if c.counted]
        write_tables(result, account, indicators, counted, folder)
        return {
            "standard": self.standard.id,
            "standard_title_zh": self.standard.title_zh,
            "standard_title_en": self.standard.title_en,
            "counted": counted,
            "doubtful_share": doubtful_share(account, prepared.rests_on),
            "services": [self._service_record(n, account, prepared) for n in computed],
            "services_not_valued": {
                k: {"zh": v.say("zh"), "en": v.say("en")} for k, v in prepared.unpriced.items()
            },
            "services_not_computed": [r.record() for r in refused],
            "parcels_not_computed": _without_value(account),
        }

    def _service_record(
        self, name: str, account: pd.DataFrame, prepared: PreparedGep
    ) -> dict[str, Any]:
        classes = set(account.loc[account["service"] == name, "ecosystem"])
        rows = rows_behind(prepared.rests_on[name], sorted(classes))
        year = price_year(prepared.priced.get(name, ()))
        return service_record(_service(name), self.standard.services[name], rows, year)

    def _service_rows(
        self, name: str, parts: tuple[Bound, ...], prepared: PreparedGep, result: Result
    ) -> pd.DataFrame:
        service = _service(name)
        found = pd.concat([result.amounts(part, (ECOSYSTEM,)) for part in parts], ignore_index=True)
        keys = ["parcel_id", ECOSYSTEM]
        sums = (
            found.groupby(keys, sort=True)[["amount", "area_m2", "missing_m2"]].sum().reset_index()
        )
        has_value = sums["missing_m2"] < sums["area_m2"]
        physical = sums["amount"].where(has_value)
        priced = prepared.priced.get(name, ())
        value = np.full(len(sums), np.nan)
        if priced:
            worth = [p.value(physical.to_numpy(), sums[ECOSYSTEM]) for p in priced]
            value = np.sum(worth, axis=0)
        return pd.DataFrame(
            {
                "parcel_id": sums["parcel_id"],
                "ecosystem": sums[ECOSYSTEM],
                "service": name,
                "physical": physical,
                "physical_unit": service.total,
                "value": value,
                "price_year": price_year(priced),
                "standard": self.standard.id,
                "missing_share": sums["missing_m2"] / sums["area_m2"],
            }
        )


def price(valuation: Valuation, parameters: Parameters, standard: Standard, service: str) -> Priced:
    """Return a valuation with its numbers looked up.

    Raises
    ------
    ParameterMissing
        If a price or share has no row; for a share by ecosystem, if no ecosystem in scope has one.
    """
    numbers: dict[str, float | Mapping[str, float]] = {}
    rows: list[Row] = []
    choice = standard.services[service]
    for name, factor in valuation.factors().items():
        chosen = factor.choose or standard.set_of(service, name)
        by_class = {
            code: row
            for code in ecosystems()
            if factor.by and choice.covers(code)
            if (row := parameters.of_ecosystem(name, chosen, code)) is not None
        }
        if by_class:
            numbers[name] = {code: row.in_units(factor.units) for code, row in by_class.items()}
            rows.extend({row.name(): row for row in by_class.values()}.values())
        else:
            row = number(name, factor, parameters, chosen, service, standard.id)
            numbers[name] = row.in_units(factor.units)
            rows.append(row)
    return Priced(valuation, numbers, tuple(rows))


def price_year(priced: tuple[Priced, ...]) -> str:
    """Return the year or years whose prices a value is in, as text: `2010` or `2008/2012`."""
    years = {r.year for p in priced for r in p.rows if "CNY" in r.units and r.year}
    return "/".join(sorted(years))


def _rests_on(
    parts: tuple[Bound, ...], priced: tuple[Priced, ...], at_hand: Derivations
) -> tuple[Basis, ...]:
    prices = [r for p in priced for r in p.rows]
    bases = []
    for part in parts:
        behind = at_hand.needed(set(part.layers()))
        modelled = [r for model in behind.inline() for r in model.rows] + behind.rows()
        bases.append(Basis(part.scope, (*part.rows, *modelled, *prices)))
    return tuple(bases)


def _service(name: str) -> Service:
    return next(s for s in SERVICES if s.id == name)


def _gap(parts: tuple[Bound, ...], result: Result, standard: str) -> ParameterMissing | None:
    """Return the first class with an area that a needed parameter has no row for."""
    for part in parts:
        missing = dict(part.missing)
        for derived in result.job.derived:
            if derived.account in _all_layers(part, result):
                missing |= {c: p for c, p in derived.missing.items() if c in part.scope}
        if not missing:
            continue
        areas = result.amounts(part, (ECOSYSTEM,)).groupby(ECOSYSTEM)["area_m2"].sum()
        for code, parameter in sorted(missing.items()):
            if areas.get(f"{code:02d}", 0) > 0:
                where = Text(f"（生态系统 {code}）", f" (ecosystem {code})")
                return ParameterMissing(
                    service=part.account, parameter=parameter, standard=standard, key=where
                )
    return None


def _all_layers(model: Bound, result: Result) -> set[str]:
    """Return the layers a model reads, those behind derived ones included."""
    names = set(model.layers())
    for derived in reversed(result.job.derived):
        if derived.account in names:
            names |= set(derived.layers())
    return names


def _without_value(account: pd.DataFrame) -> list[dict[str, Any]]:
    """Return, service by service, the parcels in which no cell of its scope had all inputs."""
    sums = account.groupby(["service", "parcel_id"], observed=True)["physical"].sum(min_count=1)
    empty = sums[sums.isna()].reset_index()
    return [
        {"service": str(service), "parcels": [str(x) for x in rows["parcel_id"]]}
        for service, rows in empty.groupby("service", observed=True)
    ]


def _no_rows() -> pd.DataFrame:
    columns = ["parcel_id", "ecosystem", "service", "physical", "physical_unit", "value",
               "price_year", "standard", "missing_share"]  # fmt: skip
    return pd.DataFrame({c: pd.Series(dtype=float if c in {"physical", "value", "missing_share"}
                                      else str) for c in columns})  # fmt: skip


def _sorted(account: pd.DataFrame) -> pd.DataFrame:
    order = {service.id: i for i, service in enumerate(SERVICES)}
    return account.sort_values(
        ["parcel_id", "ecosystem", "service"],
        key=lambda c: c.map(order) if c.name == "service" else c,
        kind="stable",
        ignore_index=True,
    )
