"""A claim: which parcels are eligible, what each step takes off, what each vintage may issue."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import GepError, ProjectError, RunError, raise_all
from data_catalog.methodologies import Methodology, methodology
from data_catalog.text import Text
from sinks.credits.deductions import NEEDS_PLOTS
from sinks.credits.eligibility import Check, check, excluded, unanswered
from sinks.credits.issue import issued
from sinks.credits.periods import VINTAGE, in_vintages
from sinks.credits.project_facts import Facts, read_facts
from sinks.credits.remarks import remarks
from sinks.credits.removals import EX_ANTE, Removals, read_removals
from sinks.credits.rows import needed
from sinks.credits.terms import (
    Buffer,
    baseline_of,
    buffer_of,
    co2_per_carbon,
    displaced_of,
    emissions_of,
    leakage_of,
    share_deducted,
    uncertainty_of,
    unknown_errors,
)
from sinks.credits.vintages import COLUMNS, shared_out
from sinks.credits.waterfall import STEPS, Waterfall, counted, tonnes, waterfall
from sinks.estimates import Estimates
from sinks.pools import POOLS
from sinks.uncertainty.levels import level_of, lower_bound

__all__ = ["Asked", "Claim", "claim", "credits_of"]

Numbers = npt.NDArray[np.float64]
LEVEL = "vintage_confidence_level"
CO2E = "t_CO2e/t_C"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a claim is asked for: a run folder or a file, a methodology, the project's facts."""

    path: Path
    methodology: str
    project: Path | None = None
    kind: str = ""
    yearly: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What may be issued, and why no more.

    Parameters
    ----------
    checks : tuple of Check
    left_out : mapping of parcel to the reasons
        Parcels that fail a rule, or whose change is not known.
    steps : Waterfall
    table : DataFrame, a row per vintage
        vintage_from, vintage_to, the steps, issuable (t_CO2e), uncertainty_U, deducted_share,
        se_tCO2e, lower_tCO2e of all parcels together.
    total : mapping
        The same of all vintages; without uncertainty_U and deducted_share.
    vintages : DataFrame with `vintages.COLUMNS`
    source, sha256 : str
        Name of the run or file that the changes are of, and digest of its manifest or bytes.
    net : Estimates with keys parcel_id, vintage_from, vintage_to, t_CO2e
        Net change with its errors by source, before deductions: what a portfolio's bound needs.
    """

    methodology: Methodology
    kind: str
    checks: tuple[Check, ...]
    left_out: dict[str, tuple[Text, ...]]
    steps: Waterfall
    table: pd.DataFrame
    total: dict[str, float]
    vintages: pd.DataFrame
    net: Estimates
    buffer: Buffer
    level: float
    pools: tuple[str, ...]
    provisional: bool
    remarks: tuple[Text, ...]
    source: str
    sha256: str


def claim(asked: Asked) -> Claim:
    """Return the credits of a run or a file under a methodology.

    Raises
    ------
    GepError, Problems
        If an input is wrong, nothing is eligible, or something needed is not known.
    """
    rule = methodology(asked.methodology)
    return credits_of(
        read_removals(asked.path, asked.kind), rule, read_facts(asked.project),
        yearly=asked.yearly,
    )  # fmt: skip


def credits_of(removals: Removals, rule: Methodology, of: Facts, *, yearly: bool = False) -> Claim:
    """Return the credits of changes of carbon under a methodology.

    Raises
    ------
    GepError, Problems
        As `claim` does.
    """
    _require_known(rule, of, removals.kind)
    removals = removals.of_parcels(of.file.parcels.ids, of.where)
    pools = _pools(rule, of, removals)
    counted_in = removals.of_pools(pools)
    parcels = sorted(counted_in.change.keys["parcel_id"].unique())
    of.areas = removals.areas
    checks = check(rule, of, parcels)
    left_out = _left_out(checks, counted_in.change)
    open_rules = unanswered(checks, left_out)
    kept = counted_in.change.chosen(~counted_in.change.keys["parcel_id"].isin(left_out).to_numpy())
    if len(kept) == 0:
        raise RunError(where=rule.id, problem=_nothing(left_out))
    to_co2 = co2_per_carbon(of).in_units(CO2E)
    change = in_vintages(
        kept.times(to_co2, {}), of.of_all.get("crediting_from"), of.of_all.get("crediting_to"),
        yearly=yearly,
    )  # fmt: skip
    baseline = baseline_of(rule, of, change)
    elsewhere = leakage_of(rule, of, change)
    emissions = emissions_of(of, change)
    net = change.minus(baseline)
    net = replace(net, value=net.value - elsewhere - emissions)
    by_vintage = _Sums(change.keys)
    total = net.summed(VINTAGE)
    exempt = rule.uncertainty.exempt_ex_ante and removals.kind == EX_ANTE
    share, lowered, held = _deducted(
        rule, of, change.summed(VINTAGE), baseline.summed(VINTAGE), total,
        _stock(counted_in, left_out, to_co2, change), exempt=exempt,
    )  # fmt: skip
    buffer = buffer_of(rule, of)
    first = np.zeros(len(total))
    first[0] = displaced_of(rule, of)
    steps = waterfall(
        by_vintage.of(change.value), baseline=by_vintage.of(baseline.value),
        leakage=by_vintage.of(elsewhere) + first, emissions=by_vintage.of(emissions), held=held,
        deducted=share, lowered=lowered, buffer=buffer.share,
        cap=_cap(rule, of, counted_in, to_co2),
    )  # fmt: skip
    level = level_of(needed(of.parameters, LEVEL, "engine"))
    vintages = _vintages(change, net, by_vintage, steps, rule, removals.kind, level)
    if of.file.issued:
        vintages = issued(vintages, of.file.issued, open_rules, removals.kind, of.where)
    table, sums = _table(total, steps, uncertainty_of(rule, of, total), share, level)
    return Claim(
        methodology=rule, kind=removals.kind, checks=checks, left_out=left_out, steps=steps,
        table=table, total=sums, vintages=vintages, net=net, buffer=buffer, level=level,
        pools=tuple(pools),
        provisional=removals.provisional or _provisional(rule, checks) or bool(open_rules),
        remarks=tuple(remarks(
            rule, of, removals, open_rules, steps, unknown_errors(net), exempt=exempt
        )),
        source=Path(removals.source).name, sha256=removals.sha256,
    )  # fmt: skip


class _Sums:
    """Sums over the parcels of each vintage, in whole multiples of `credit_precision`."""

    def __init__(self, keys: pd.DataFrame) -> None:
        groups = keys.groupby(VINTAGE, sort=True)
        self.place = groups.ngroup().to_numpy()
        self.many = groups.ngroups

    def of(self, amounts: Numbers) -> Numbers:
        """Return the sum of the parcels' amounts, each rounded first: parts and sum agree."""
        units = np.zeros(self.many, dtype=np.int64)
        np.add.at(units, self.place, counted(amounts))
        return tonnes(units)


def _require_known(rule: Methodology, of: Facts, kind: str) -> None:
    """Stop at all that is not known of the methodology and nobody gave, at once."""
    exempt = rule.uncertainty.exempt_ex_ante and kind == EX_ANTE
    asked = [
        ("baseline_removal", rule.baseline.form == "unknown" and of.file.baseline is None),
        ("leakage_rate", rule.leakage.form == "unknown" and of.file.leakage is None),
        (NEEDS_PLOTS, rule.uncertainty.rule == "unknown" and not exempt),
        ("non_permanence_share", rule.non_permanence.form == "unknown"),
    ]
    errors: list[GepError] = []
    for parameter in (name for name, unknown in asked if unknown):
        try:
            needed(of.parameters, parameter, rule.set)
        except GepError as error:
            errors.append(error)
    raise_all(errors)


def _pools(rule: Methodology, of: Facts, removals: Removals) -> list[str]:
    """Return the pools that count: all that are required, and those that the project names."""
    there = removals.pools()
    wanted = list(of.file.pools) or [p for p in rule.pools.required if p in there]
    missing = [p for p in rule.pools.required if p not in there]
    if missing:
        names = [Text(POOLS[p].zh, POOLS[p].en) for p in missing]
        zh, en = "、".join(n.zh for n in names), ", ".join(n.en for n in names)
        raise RunError(where=removals.source, problem=Text(
            f"没有“{rule.title_zh}”必须计入的碳库：{zh}。",
            f"has no pool that {rule.title_en} requires: {en}.",
        ))  # fmt: skip
    known = {*rule.pools.required, *rule.pools.optional}
    wrong = [p for p in wanted if p not in known or p not in there]
    if wrong:
        names_ = ", ".join(wrong)
        allowed = ", ".join(p for p in POOLS if p in known & there)
        raise ProjectError(where=f"{of.where}: pools", problem=Text(
            f"{names_} 不能计入：方法学不计入，或数据中没有。可计入：{allowed}。",
            f"{names_} cannot count: excluded, or not in the data. There are {allowed}.",
        ))  # fmt: skip
    return [p for p in POOLS if p in {*rule.pools.required, *wanted}]


def _left_out(checks: Iterable[Check], change: Estimates) -> dict[str, tuple[Text, ...]]:
    found = {
        parcel: tuple(Text(f"{c.title.zh}（{c.reason.zh}）", f"{c.title.en} ({c.reason.en})")
                      for c in why)
        for parcel, why in excluded(checks).items()
    }  # fmt: skip
    unknown = change.keys["parcel_id"][np.isnan(change.value)].unique()
    why = Text("碳储量变化未知", "its change of carbon is not known")
    for parcel in unknown:
        found[parcel] = (*found.get(parcel, ()), why)
    return dict(sorted(found.items()))


def _nothing(left_out: dict[str, tuple[Text, ...]]) -> Text:
    reasons = dict.fromkeys(why for of_parcel in left_out.values() for why in of_parcel)
    zh, en = "；".join(r.zh for r in reasons), "; ".join(r.en for r in reasons)
    return Text(f"没有符合条件的宗地：{zh}。", f"no parcel is eligible: {en}.")


def _stock(
    removals: Removals, left_out: dict[str, tuple[Text, ...]], to_co2: float, change: Estimates
) -> Estimates | None:
    """Return the undiscounted stock of the eligible parcels, t_CO2e, at the start and each end."""
    if removals.stock is None:
        return None
    stock = removals.stock
    kept = stock.chosen(~stock.keys["parcel_id"].isin(left_out).to_numpy()).times(to_co2, {})
    wanted = {*change.keys["year_from"], *change.keys["year_to"]}
    return kept.chosen(kept.keys["year"].isin(wanted).to_numpy()).summed(["year"])


def _deducted(
    rule: Methodology, of: Facts, change: Estimates, baseline: Estimates, net: Estimates,
    stock: Estimates | None, *, exempt: bool,
) -> tuple[Numbers, Numbers, Numbers]:  # fmt: skip
    """Return the share of the claim deducted, what is deducted besides, what stocks hold back."""
    none = np.zeros(len(net))
    if exempt:
        return none, none, none
    if rule.uncertainty.of == "stock":
        years = [int(change.keys["vintage_to"].iloc[i].year) - 1 for i in range(len(net))]
        if stock is None or len(stock) != len(years) + 1:
            raise RunError(where=rule.id, problem=Text(
                "置信扣减作用于储量：需要每个年份期初和期末的碳储量（运行文件夹或储量路径）。",
                "its confidence deduction is of stocks: the stock at the start and the end of "
                "each vintage is needed (a run folder, or paths of stock).",
            ))  # fmt: skip
        held = share_deducted(rule, of, uncertainty_of(rule, of, stock), stock) * stock.value
        return none, none, held[1:] - held[0]
    if rule.uncertainty.of == "change and baseline":
        parts = [share_deducted(rule, of, uncertainty_of(rule, of, one), one) * np.abs(one.value)
                 for one in (change, baseline)]  # fmt: skip
        return none, parts[0] + parts[1], none
    return share_deducted(rule, of, uncertainty_of(rule, of, net), net), none, none


def _cap(rule: Methodology, of: Facts, removals: Removals, to_co2: float) -> float:
    """Return what all vintages may claim: the average of a rotation over the stock at its start."""
    rotation = of.file.rotation
    if not rule.average or rotation is None:
        return float("inf")
    years = range(rotation.year_from, rotation.year_to + 1)
    stock = None if removals.stock is None else removals.stock.summed(["year"])
    there = set() if stock is None else set(stock.keys["year"])
    missing = [year for year in years if year not in there]
    if stock is None or missing or not years:
        raise ProjectError(where=f"{of.where}: [rotation]", problem=Text(
            f"{rotation.year_from}–{rotation.year_to} 每一年都须有碳储量才能求长期平均。",
            f"the long-term average needs the stock of every year from {rotation.year_from} to "
            f"{rotation.year_to}.",
        ))  # fmt: skip
    in_rotation = stock.keys["year"].isin(list(years)).to_numpy()
    start = stock.value[np.argmin(stock.keys["year"].to_numpy())]
    return float(max(0.0, stock.value[in_rotation].mean() - start) * to_co2)


def _vintages(
    change: Estimates, net: Estimates, by_vintage: _Sums, steps: Waterfall, rule: Methodology,
    kind: str, level: float,
) -> pd.DataFrame:  # fmt: skip
    """Return each parcel's part of its vintages: by its own net removal, losses get nothing."""
    gain = np.maximum(net.value, 0.0)
    units = np.zeros(len(net), dtype=np.int64)
    for vintage, issuable in enumerate(steps.issuable.tolist()):
        rows = by_vintage.place == vintage
        units[rows] = shared_out(issuable, gain[rows])
    amount = tonnes(units)
    left = np.divide(amount, gain, out=np.zeros(len(net)), where=gain > 0)
    se = np.where(left > 0, left * net.se, 0.0)
    return net.keys[["parcel_id", *VINTAGE]].assign(
        gross_tCO2e=tonnes(counted(change.value)), net_tCO2e=amount, se_tCO2e=se,
        lower_tCO2e=np.maximum(0.0, lower_bound(amount, se, level)), confidence=level,
        methodology=rule.id, kind=kind, serial_from="", serial_to="",
    )[list(COLUMNS)]  # fmt: skip


def _table(
    total: Estimates, steps: Waterfall, uncertainty: Numbers, share: Numbers, level: float
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the waterfall of each vintage and of all, with the lower bound of all parcels."""
    amounts = steps.in_tonnes()
    issuable = amounts["issuable"].to_numpy()
    left = np.divide(issuable, total.value, out=np.zeros(len(total)), where=total.value > 0)
    remaining = total.times(left, {})
    se = np.where(left > 0, remaining.se, 0.0)
    table = pd.concat([total.keys, amounts], axis=1).assign(
        uncertainty_U=uncertainty, deducted_share=share, se_tCO2e=se,
        lower_tCO2e=np.maximum(0.0, lower_bound(issuable, se, level)),
    )  # fmt: skip
    whole = remaining.chosen(left > 0).summed(()) if (left > 0).any() else None
    se_of_all = 0.0 if whole is None else float(whole.se[0])
    sums = {name: float(tonnes(steps.steps[name].sum())) for name in STEPS}
    sums["issuable"] = float(tonnes(steps.issuable.sum()))
    sums["se_tCO2e"] = se_of_all
    sums["lower_tCO2e"] = float(np.maximum(0, lower_bound(sums["issuable"], se_of_all, level)))
    return table, sums


def _provisional(rule: Methodology, checks: Iterable[Check]) -> bool:
    """Return whether the result rests on rules that are recalled."""
    parts = (rule.pools, rule.baseline, rule.leakage, rule.uncertainty, rule.non_permanence)
    doubtful = {"recalled", "uncertain", "unknown"}
    return bool({p.status for p in parts} & doubtful) or any(c.status in doubtful for c in checks)
