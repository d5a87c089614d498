"""Tonnes that can be lent against: the lower bound, less buffer and leakage, until T, unsold.

    gross_t = A q
    LCB     = 1 - z(conf) cv                    one-sided
    net_t   = gross_t LCB (1 - buffer) (1 - leakage)

The errors of a holding's vintages are taken as fully correlated: the lower bound of their sum is
the sum of their lower bounds, which is never too high.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from data_catalog.errors import ProjectError
from data_catalog.parameters import engine_number
from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text
from lending.policy.model import HaircutKind, Policy
from lending.valuation.facts import Facts, Withdrawn
from lending.valuation.result import Vintage
from lending.valuation.timing import years_between

__all__ = [
    "LOWER_BOUND",
    "NET_TONNES",
    "Lots",
    "Taken",
    "clipped",
    "in_periods",
    "lots_of_holding",
    "lots_of_vintages",
    "lower_factor",
    "net_tonnes",
    "percent",
    "volume_taken",
]

Numbers = npt.NDArray[np.float64]
BUFFER = Text("缓冲", "buffer")
UNCERTAINTY = Text("方法学不确定性", "methodology's uncertainty")
CERTAIN = Text("已签发，数量确定", "issued: their number is certain")


def lower_factor(z: Numbers, cv: Numbers) -> Numbers:
    """Return what of an estimate its one-sided lower bound is, not below nothing."""
    return np.maximum(0.0, 1 - z * cv)


def net_tonnes(gross: Numbers, lower: Numbers, buffer: Numbers, leakage: Numbers) -> Numbers:
    """Return what is left of a gross removal."""
    kept = (1 - buffer) * (1 - leakage)
    return gross * lower * kept


LOWER_BOUND = Model(
    id="lower_factor",
    title=Text("单侧置信下限系数", "Factor of the one-sided lower bound"),
    formula=r"LCB = \max(0,\; 1 - z_\gamma\, cv)",
    source=Citation("lending_research", "income approach, LCB; z of the one-sided level"),
    inputs={"z": Column(symbol=r"z_\gamma", units="1"), "cv": Column(symbol="cv", units="1")},
    kernel=lower_factor,
    output=Output(name="lower_factor", units="1", total="1", low=0, high=1),
)
NET_TONNES = Model(
    id="net_tonnes",
    title=Text("可质押的净碳汇量", "Net tonnes that can be lent against"),
    formula=r"N = A q \cdot LCB\,(1 - b)(1 - l)",
    source=Citation("lending_research", "income approach, net_t"),
    inputs={
        "gross": Column(symbol="Aq", units="t_CO2e"),
        "lower": Column(symbol="LCB", units="1"),
        "buffer": Column(symbol="b", units="1"),
        "leakage": Column(symbol="l", units="1"),
    },
    kernel=net_tonnes,
    output=Output(name="net_tonnes", units="t_CO2e", total="t_CO2e", low=0, high=1e12),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What the tonnes have had off already that a haircut is for.

    `share` is of the tonnes that the haircut is for, and those are the share `of` of all: what is
    issued is certain.
    """

    share: float
    reason: Text
    of: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Lots:
    """Tonnes of intervals, a row each, less buffer and leakage.

    Parameters
    ----------
    start, end : (n,) arrays
        Years from the base date; half-open.
    mean, lower : (n,) arrays
        t_CO2e over the interval: estimate, and lower bound less what is withdrawn.
    issued, monitored : (n,) arrays
        Whether it is issued by the base date, or monitored and not yet issued; neither: it is still
        to grow, or to be verified.
    unbounded : (n,) array
        Whether neither a standard error nor a lower bound is known: then `lower` is nothing.
    since : float
        Years from the base date, negative: what grew before and is not issued counts no more.
    counted : what the tonnes have had off already, by kind of haircut.
    withdrawn : t_CO2e that were taken off for each of the withdrawals, in their order.
    """

    start: Numbers
    end: Numbers
    mean: Numbers
    lower: Numbers
    issued: npt.NDArray[np.bool_]
    monitored: npt.NDArray[np.bool_]
    unbounded: npt.NDArray[np.bool_]
    counted: dict[HaircutKind, Taken]
    since: float = -np.inf
    withdrawn: tuple[float, ...] = ()

    @property
    def past(self) -> npt.NDArray[np.bool_]:
        """Return which rows are monitored or issued."""
        return self.issued | self.monitored

    @property
    def to_come(self) -> npt.NDArray[np.bool_]:
        """Return which rows are not paid: all or a part of each is still to grow or be verified."""
        return ~self.past & (self.end > self.since)

    @property
    def first(self) -> float:
        """Return since when grows what is to come, years; 0 where that is after the base date."""
        return float(np.maximum(self.start[self.to_come], self.since).min(initial=0.0))

    @property
    def last(self) -> float:
        """Return the years until nothing grows any more, negative where it has stopped."""
        return float(self.end[self.to_come].max(initial=-np.inf))


def _kept(facts: Facts) -> tuple[float, dict[HaircutKind, Taken]]:
    """Return (1 - buffer)(1 - leakage) of what is not deducted yet, and what then is.

    Raises
    ------
    ProjectError
        If one is deducted twice, or is neither deducted nor given.
    """
    kept = 1.0
    counted: dict[HaircutKind, Taken] = {}
    for name, rate in (("buffer", facts.tonnes.buffer), ("leakage", facts.tonnes.leakage)):
        done = name in facts.tonnes.deducted
        if done and rate is not None:
            raise ProjectError(where=f"tonnes.{name}", problem=Text(
                "已在 deducted 中列为已扣除，不能再扣一次。请只留其一。",
                "is in deducted already and cannot be taken off again. Keep one of both.",
            ))  # fmt: skip
        if not done and rate is None:
            raise ProjectError(where=f"tonnes.{name}", problem=Text(
                f"未给出。请填写比例（没有则为 0），或在 deducted 中注明已扣除（{name}）。",
                f"is not given. Give a share (0 if there is none), or list {name} in deducted.",
            ))  # fmt: skip
        kept *= 1 - (rate or 0.0)
        if name == "buffer" and (done or rate):
            share = facts.tonnes.deducted_shares.get("buffer") if done else rate
            counted["permanence"] = _deducted(BUFFER, share)
    if "uncertainty" in facts.tonnes.deducted:
        share = facts.tonnes.deducted_shares.get("uncertainty")
        counted["volume"] = _deducted(UNCERTAINTY, share)
    return kept, counted


def _deducted(what: Text, share: float | None) -> Taken:
    if share is None:
        return Taken(share=0.0, reason=Text(
            f"{what.zh}已扣，未写明比例（deducted_shares）",
            f"{what.en} deducted, not told how much (deducted_shares)",
        ))  # fmt: skip
    told = percent(share)
    return Taken(share=share, reason=Text(f"{what.zh}已扣 {told}", f"{what.en} took {told}"))


def percent(level: float) -> str:
    """Return a level of confidence in percent, with the digits that it has: 99.5%."""
    return f"{level * 100:.4g}%"


def _bounded(share: float, policy: Policy) -> Taken:
    level = percent(policy.confidence)
    took = percent(share)
    return Taken(share=share, reason=Text(
        f"碳汇量的 {level} 单侧下限已扣 {took}", f"{level} lower bound of the tonnes took {took}"
    ))  # fmt: skip


def lots_of_holding(facts: Facts, policy: Policy, years: float) -> Lots:
    """Return the constant-yield form: what grew before the base date and is not paid, and until T.

    The tonnes of both are spread evenly, so many a year.
    """
    holding = facts.holding
    assert holding is not None  # noqa: S101  (the caller chose the form by it)
    if facts.tonnes.deducted:
        raise ProjectError(where="tonnes.deducted", problem=Text(
            "单位面积年碳汇量的形式从毛量开始，没有已扣除的项目。请删去。",
            "the constant-yield form begins with gross tonnes: nothing is deducted. Remove it.",
        ))  # fmt: skip
    if facts.withdrawn:
        raise ProjectError(where="withdrawn", problem=Text(
            "扣除已售或已注销的量需要年份表（VINTAGES.csv）。请改用年份表。",
            "tonnes are withdrawn from vintages. Give a table of vintages instead of a holding.",
        ))  # fmt: skip
    kept, counted = _kept(facts)
    yearly = holding.area_mu * holding.yield_tCO2e_per_mu * kept
    since = _since(facts, policy) if facts.cycle.grown_since else 0.0
    start, end = np.array([since, 0.0]), np.array([0.0, years])
    mean = yearly * (end - start)
    lower = LOWER_BOUND(z=ndtri(policy.confidence), cv=holding.cv)
    if holding.cv:
        counted["volume"] = _bounded(1 - float(lower), policy)
    none = np.zeros(len(mean), dtype=bool)
    return Lots(
        start=start, end=end, mean=mean, lower=mean * float(lower), issued=none, monitored=none,
        unbounded=none, counted=counted, since=since,
    )  # fmt: skip


def _since(facts: Facts, policy: Policy) -> float:
    """Return the years from the base date to the day from which tonnes count, 0 or less."""
    day = facts.cycle.grown_since
    if day is None:
        return -np.inf
    return years_between(facts.base_date, day, policy.discount.day_count)


def lots_of_vintages(facts: Facts, policy: Policy, rows: Sequence[Vintage]) -> Lots:
    """Return the rows of a table of vintages, net of what is still to be deducted and withdrawn.

    A row that has neither a standard error nor a lower bound of the policy's level or a higher one
    has an estimate alone: its lower bound is nothing, and nothing is lent on it.

    Raises
    ------
    ProjectError
        If something is deducted twice, or more is withdrawn than there is.
    """
    kept, counted = _kept(facts)
    start, count = facts.base_date, policy.discount.day_count
    mean = np.array([row.net_tCO2e * kept for row in rows])
    level = policy.confidence
    bounds = [row.net_tCO2e if row.kind == "issued" else _lower(row, level) for row in rows]
    unbounded = np.array([bound is None for bound in bounds], dtype=bool)
    lower = np.array([(bound or 0.0) * kept for bound in bounds])
    since = _since(facts, policy)
    begin, end = (
        np.array([years_between(start, day, count) for day in days])
        for days in ([row.vintage_from for row in rows], [row.vintage_to for row in rows])
    )
    # what is known of days after the base date is paid by the plan, as the others of those days
    known = end <= 0
    issued = np.array([row.kind == "issued" for row in rows], dtype=bool) & known
    monitored = np.array([row.kind == "monitored" for row in rows], dtype=bool) & known
    lots = Lots(
        start=begin, end=end, mean=mean, lower=lower, issued=issued,
        monitored=monitored & (end > since), unbounded=unbounded, counted=counted, since=since,
    )  # fmt: skip
    return _unpaid(_without(lots, facts.withdrawn, rows))


def _unpaid(lots: Lots) -> Lots:
    """Return the lots with what of the monitored rows grew since the last payment."""
    length = np.where(lots.end > lots.start, lots.end - lots.start, np.inf)
    since = np.maximum(lots.start, lots.since)
    left = np.where(lots.monitored, np.minimum(1.0, (lots.end - since) / length), 1.0)
    return replace(lots, mean=lots.mean * left, lower=lots.lower * left)


def volume_taken(
    mean: Numbers, lower: Numbers, policy: Policy, deducted: Taken | None
) -> Taken | None:
    """Return what a haircut for volume finds taken: by lower bounds, by the methodology, or both.

    None where nothing is. What is issued is certain: it needs none. Tonnes count by what they
    bring: a wide error of those that are paid late takes little off all of them.

    Parameters
    ----------
    mean, lower : (3,) arrays
        CNY today of the tonnes issued, monitored and to come, `income.Plan.worth`; nothing of those
        without a bound, which are not lent on.
    """
    certain, uncertain = float(mean[0]), float(mean[1:].sum())
    if certain and not uncertain:
        return Taken(share=0.0, of=0.0, reason=CERTAIN)
    bound = 1 - float(lower[1:].sum()) / uncertain if uncertain else 0.0
    by_bound = _bounded(bound, policy) if bound > engine_number("rate_precision") else None
    found = [one for one in (deducted, by_bound) if one is not None]
    if not found and not certain:
        return None
    share = 1 - math.prod(1 - one.share for one in found)
    if not certain:
        return Taken(share=share, reason=_joined([one.reason for one in found]))
    issued = percent(certain / (certain + uncertain))
    part = Text(f"{issued} 已签发，数量确定", f"{issued} are issued, certain")
    reason = _joined([*(one.reason for one in found), part])
    return Taken(share=share, of=uncertain / (certain + uncertain), reason=reason)


def _joined(texts: Sequence[Text]) -> Text:
    return Text("；".join(one.zh for one in texts), "; ".join(one.en for one in texts))


def _lower(row: Vintage, level: float) -> float | None:
    """Return the lower bound at the policy's level; the row's own where it is at least as sure.

    None where neither it nor a standard error is known.
    """
    own = row.lower_tCO2e
    if own is not None and row.confidence == level:
        return max(0.0, own)
    if row.se_tCO2e is not None:
        return max(0.0, row.net_tCO2e - float(ndtri(level)) * row.se_tCO2e)
    if own is not None and row.confidence is not None and row.confidence > level:
        return max(0.0, own)
    return 0.0 if row.net_tCO2e == 0 else None


def _without(lots: Lots, withdrawn: Iterable[Withdrawn], rows: Sequence[Vintage]) -> Lots:
    """Return the lots less what is sold, retired, bought by a court or promised."""
    mean, lower = lots.mean.copy(), lots.lower.copy()
    every: list[float] = []
    for gone in withdrawn:
        touched = _touched(gone, rows)
        left = float(mean[touched].sum())
        taken = min(gone.tonnes, left)
        every.append(taken)
        if gone.tonnes > left and not gone.short:
            raise ProjectError(where=f"withdrawn {gone.vintage_from}", problem=Text(
                f"要扣除 {gone.tonnes:g} t（{gone.reason}），但这些年份只有 {left:g} t。请核对。",
                f"{gone.tonnes:g} t are {gone.reason}, but these vintages have {left:g} t. "
                "Check both.",
            ))  # fmt: skip
        if not left:
            continue
        # credits are whole: what is sold is sold with its full amount, off estimate and bound alike
        mean[touched] -= taken * mean[touched] / left
        bound = float(lower[touched].sum())
        lower[touched] *= max(0.0, 1 - taken / bound) if bound else 0.0
    return replace(lots, mean=mean, lower=lower, withdrawn=tuple(every))


def _touched(gone: Withdrawn, rows: Sequence[Vintage]) -> npt.NDArray[np.bool_]:
    return np.array([
        row.vintage_from < gone.vintage_to and gone.vintage_from < row.vintage_to
        and gone.parcel_id in {"", row.parcel_id}
        for row in rows
    ], dtype=bool)  # fmt: skip


def clipped(facts: Facts, rows: Sequence[Vintage]) -> tuple[Withdrawn, ...]:
    """Return what is withdrawn, marked `short` where rows that became smaller have less of it."""
    kept, _ = _kept(facts)
    mean = np.array([row.net_tCO2e * kept for row in rows])
    found: list[Withdrawn] = []
    for gone in facts.withdrawn:
        touched = _touched(gone, rows)
        left = float(mean[touched].sum())
        short = gone.tonnes > left
        if left:
            mean[touched] -= min(gone.tonnes, left) * mean[touched] / left
        found.append(gone.model_copy(update={"short": True}) if short else gone)
    return tuple(found)


def in_periods(lots: Lots, amount: Numbers, ends: Numbers, years: float) -> Numbers:
    """Return the tonnes to come by monitoring period, (periods,), none of after T.

    Parameters
    ----------
    amount : (n,) array
        `lots.mean` or `lots.lower`, evenly spread over each interval.
    ends : (periods,) array
        Years to the end of each period; the first takes all that grew before and is not paid.
    """
    begins = np.concatenate([[lots.since], ends[:-1]])
    last = np.minimum(np.minimum(lots.end[:, None], ends), years)
    first = np.maximum(lots.start[:, None], begins)
    length = (lots.end - lots.start)[:, None]
    share = np.maximum(0.0, last - first) / np.where(length > 0, length, np.inf)
    to_come = np.where(lots.past, 0.0, amount)[:, None]
    total: Numbers = (to_come * share).sum(axis=0)
    return total
