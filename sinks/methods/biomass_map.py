"""The method `biomass`: carbon of a map of above-ground biomass, with roots by their ratio."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data_catalog.errors import ParameterMissing, ProjectError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import Model
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks import biomass, biomass_both_dates
from sinks.area_effect import area_effect, effects
from sinks.densities import FOREST
from sinks.estimates import Estimates
from sinks.methods.map_error import MapError, footprints_of, map_error_of
from sinks.methods.part import (
    ACCOUNT,
    ACCOUNT_CHANGE,
    CLASS_LAYERS,
    TITLE,
    TITLE_CHANGE,
    Found,
)
from sinks.stock import Numbers
from tiles.binding import Bound, bind, number
from tiles.compute import NotComputed
from tiles.derive import Derivations
from tiles.project import Carbon
from tiles.records import model_record
from tiles.results import Result

__all__ = ["BiomassMap", "prepare"]

POOLS = ("above_ground", "below_ground")
CLOSING, OPENING = "closing", "opening"
DATES: Mapping[str, tuple[Model, ...]] = {
    "year": (biomass.ABOVE_GROUND, biomass.BELOW_GROUND),
    "baseline": (biomass.ABOVE_GROUND_BASELINE, biomass.BELOW_GROUND_BASELINE),
    CLOSING: biomass_both_dates.CLOSING,
    OPENING: biomass_both_dates.OPENING,
}
"""The models of both pools: of each year's own land, and of land known at both dates."""
_HA = conversion("m2", "ha")[0]


@dataclass(frozen=True, kw_only=True)
class BiomassMap:
    """The method with its models by date; without any, nothing can be computed."""

    factors: str
    years: Mapping[str, int | None]
    read: Mapping[str, Row] = field(default_factory=dict)
    of_date: Mapping[str, tuple[Bound, ...]] = field(default_factory=dict)
    not_computed: tuple[NotComputed, ...] = ()
    map_error: MapError | None = None

    @property
    def models(self) -> tuple[Bound, ...]:
        """Return what the tiles add up."""
        return tuple(m for both in self.of_date.values() for m in both)

    @property
    def changes(self) -> bool:
        """Return whether there is a map of the baseline."""
        return CLOSING in self.of_date

    def found(self, result: Result) -> Found | None:
        """Return stock and change from the sums of the maps."""
        if not self.of_date:
            return None
        account = result.inputs.project.project
        stocks = {account.year: self._stock(result, "year")}
        if not self.changes or account.baseline_year is None:
            return Found(stocks=stocks)
        now, before = self._stock(result, CLOSING), self._stock(result, OPENING)
        return Found(
            stocks={account.baseline_year: self._stock(result, "baseline")} | stocks,
            changes=tuple(n.minus(b) for n, b in zip(now, before, strict=True)),
            effects=self._effects(result, now, before),
        )

    def behind(self, pool: str) -> tuple[Row, ...]:
        """Return the factors; those of the roots where the pool is theirs."""
        names = DATES["year"][POOLS.index(pool)].factors() if pool in POOLS else ()
        of_map = self.map_error.rows() if self.map_error else ()
        return (*(self.read[name] for name in names), *of_map)

    def record(self) -> dict[str, Any]:
        """Return the set, and the models of each year's stock."""
        return {
            "densities": self.factors,
            "map_error": [row.name() for row in self.map_error.rows()] if self.map_error else [],
            "classes": [],
            "models": [
                {"pool": pool, "year": self.years[date]} | model_record(model.model, model.rows)
                for date in ("year", "baseline") if date in self.of_date
                for pool, model in zip(POOLS, self.of_date[date], strict=True)
            ],
        }  # fmt: skip

    def _stock(self, result: Result, date: str) -> tuple[Estimates, ...]:
        above, below = (_sums(result, model) for model in self.of_date[date])
        pools = biomass.estimates(_parcels(result), above, below, self.read)
        year = self.years["year" if date in {"year", CLOSING} else "baseline"]
        if self.map_error is None or year is None:
            return pools
        return self.map_error.on(pools, footprints_of(result), year)

    def _effects(
        self, result: Result, now: tuple[Estimates, ...], before: tuple[Estimates, ...]
    ) -> pd.DataFrame:
        """Return the effects of the forest's area, of the class maps at both dates, and density.

        Without such maps all land is one stratum, whose area is the same at both dates.
        """
        pair = next((p for p in CLASS_LAYERS if set(p) <= set(result.job.group_by)), None)
        parts = []
        for place, (last, first) in enumerate(zip(now, before, strict=True)):
            models = self.of_date[OPENING][place], self.of_date[CLOSING][place]
            if pair is None:
                forest = [(_area(result, model), one.value) for model, one
                          in zip(models, (first, last), strict=True)]  # fmt: skip
                by_area = np.zeros(len(last))
            else:
                forest, other = (
                    [_within(result, model, pair, end, counts)
                     for model, end in zip(models, reversed(pair), strict=True)]
                    for counts in (_is_forest, _is_other)
                )  # fmt: skip
                by_area = area_effect(*forest[0], *forest[1]) + area_effect(*other[0], *other[1])
            parts.append(effects(last.minus(first), forest[0][0], forest[1][0], by_area))
        return pd.concat(parts, ignore_index=True)


def prepare(at_hand: Derivations, carbon: Carbon) -> BiomassMap:
    """Return the method made ready.

    Raises
    ------
    ProjectError, UnknownNameError
        If the project names no set of factors, or one that has none of them.
    """
    if carbon.factors is None:
        raise ProjectError(
            where="[carbon]",
            problem=Text(
                "biomass 方法需要 factors（含碳率与根茎比参数集）。",
                "the biomass method needs `factors`, the set of carbon fraction and roots.",
            ),
        )
    _check_factors(at_hand.parameters, carbon.factors)
    refused: list[NotComputed] = []
    of_date: dict[str, tuple[Bound, ...]] = {}
    for layer, dates, target, title in (
        (biomass.LAYER, ("year",), ACCOUNT, TITLE),
        (biomass.LAYER_BASELINE, ("baseline", CLOSING, OPENING), ACCOUNT_CHANGE, TITLE_CHANGE),
    ):
        # no change without a stock
        reason = refused[0].reasons[0] if refused else at_hand.obtain(layer)
        if reason is None:
            try:
                bound = {d: _bound(DATES[d], target, at_hand, carbon.factors) for d in dates}
            except ParameterMissing as missing:
                reason = missing
            else:
                of_date |= bound
        if reason is not None:
            refused.append(NotComputed(target, title, (reason,)))
    account = at_hand.inputs.project.project
    years = {"year": account.year, "baseline": account.baseline_year}
    if not of_date:
        return BiomassMap(factors=carbon.factors, years=years, not_computed=tuple(refused))
    read = {
        name: number(name, factor, at_hand.parameters, carbon.factors, ACCOUNT, carbon.factors)
        for name, factor in biomass.BELOW_GROUND.factors().items()
    }
    return BiomassMap(
        factors=carbon.factors,
        years=years,
        read=read,
        of_date=of_date,
        not_computed=tuple(refused),
        map_error=map_error_of(carbon, at_hand.parameters),
    )


def _bound(
    models: tuple[Model, ...], account: str, at_hand: Derivations, factors: str
) -> tuple[Bound, ...]:
    return tuple(
        bind(
            model, id_=model.id, account=account, parameters=at_hand.parameters,
            set_of=lambda _: factors, standard=factors, classes="",
        )
        for model in models
    )  # fmt: skip


def _parcels(result: Result) -> "pd.Index[str]":
    ids: pd.Index[str] = pd.Index(result.inputs.parcels["parcel_id"].to_numpy(object))
    return ids


def _sums(result: Result, model: Bound) -> Numbers:
    """Return the parcels' sums of a model; NaN where no cell has a value."""
    found = result.amounts(model, ())
    known = found["missing_m2"] < found["area_m2"]
    amounts = found["amount"].where(known).groupby(found["parcel_id"], observed=True)
    summed = amounts.sum(min_count=1).reindex(_parcels(result))
    return np.asarray(summed, dtype=np.float64)


def _area(result: Result, model: Bound) -> Numbers:
    """Return the parcels' area with a value, ha."""
    found = result.amounts(model, ())
    return _by_parcel(result, found, found["area_m2"] - found["missing_m2"]) * _HA


def _within(
    result: Result, model: Bound, pair: tuple[str, str], end: str, counts: Callable[[str], bool]
) -> tuple[Numbers, Numbers]:
    """Return area (ha) and carbon (t_C) of the land of some classes at one of the dates."""
    found = result.amounts(model, pair)
    wanted = found[end].map({code: counts(code) for code in found[end].unique()})
    land = found[wanted.to_numpy(dtype=np.bool_)]
    area = _by_parcel(result, land, land["area_m2"] - land["missing_m2"]) * _HA
    return area, _by_parcel(result, land, land["amount"])


def _by_parcel(result: Result, rows: pd.DataFrame, amounts: "pd.Series[float]") -> Numbers:
    summed = amounts.groupby(rows["parcel_id"], observed=True).sum()
    return np.asarray(summed.reindex(_parcels(result), fill_value=0.0), dtype=np.float64)


def _is_forest(code: str) -> bool:
    return code[:1] == FOREST


def _is_other(code: str) -> bool:
    return not _is_forest(code)


def _check_factors(parameters: Parameters, chosen: str) -> None:
    """Raise if a set, with the project's own rows, has none of the factors of biomass."""
    names = {name for model in biomass.MODELS for name in model.factors()}
    if not any(parameters.find(name, chosen) for name in names):
        known = {row.set for row in parameters if row.parameter in names}
        raise UnknownNameError(
            where="[carbon] factors",
            kind=Text("参数集", "parameter set"),
            name=chosen,
            hint=suggestion(chosen, known),
        )
