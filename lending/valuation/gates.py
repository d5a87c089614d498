"""Gates of plausibility: slips in reported numbers are found before they are lent against.

A gate is `ok`, a `flag` that people have to answer, or a `reject` that leaves nothing to lend on.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import Row, bundled, engine_number
from data_catalog.text import Text
from lending.prices.paths import Rise
from lending.prices.rows import PriceRow
from lending.valuation.facts import OtherRight, Withdrawn
from lending.valuation.result import Gate, Vintage, Words
from lending.valuation.tonnes import percent

__all__ = [
    "arms_length_gate",
    "bound_gate",
    "draws_gate",
    "issued_gate",
    "known_prices",
    "owed_gate",
    "path_gate",
    "policy_gate",
    "price_gate",
    "rate_gate",
    "rejected",
    "return_gate",
    "rises_above",
    "rule",
    "stated_price_gate",
    "tonnes_gate",
    "yield_gate",
]

USUAL = "anji-2021"
"""The case whose yearly yield others are compared with: moso bamboo, 0.39 t/mu."""
LOAN = Text("贷款", "the loan")
START = Text("起始价格", "the price at the start")
MARKET = Text("市场法", "the market approach")
SERVICE = Text("合理性检验", "plausibility gates")
PATH = Text("价格路径", "the price path")
PROCESS = Text("不计随机波动，抽样的价格", "without its shocks the drawn price")
NO_LOAN = Text(
    "不予放贷。请改用有依据的路径", "nothing is lent on it. Give a path that the policy lends on"
)
NO_DRAWS = Text(
    "不作抽样。请改 [simulation.price] 的 drift 或 mean",
    "no draws are made. Change drift or mean of [simulation.price]",
)


def rule(parameter: str, key: str = "", chosen: str = "valuation") -> Row:
    """Return a threshold's row.

    Raises
    ------
    ParameterMissing
        If there is none.
    """
    row = bundled().find(parameter, chosen, key)
    if row is None:
        raise ParameterMissing(
            service=SERVICE, standard=chosen, parameter=parameter, key=f" ({key})" if key else ""
        )
    return row


def _gate(id: str, level: str, zh: str, en: str, value: float | None = None) -> Gate:  # noqa: A002
    return Gate.model_validate(
        {"id": id, "level": level, "text": Words(zh=zh, en=en), "value": value}
    )


def yield_gate(per_mu: float) -> Gate:
    """Compare a yearly yield with one that was published, t_CO2e per mu and year."""
    usual = rule("usual_carbon_yield", chosen=USUAL)
    per = per_mu / usual.value
    level = "ok"
    if per > rule("yield_ratio", "reject").value:
        level = "reject"
    elif per > rule("yield_ratio", "flag").value:
        level = "flag"
    return _gate(
        "yield", level,
        f"年碳汇量 {per_mu:g} t/亩，为通常值 {usual.value:g} 的 {per:.3g} 倍（{usual.source}）",
        f"{per_mu:g} t/mu/yr, {per:.3g} times the usual {usual.value:g} ({usual.source})",
        per,
    )  # fmt: skip


def tonnes_gate(yearly: float, years: float, claimed: float) -> Gate:
    """Compare the tonnes that are claimed with area times yield times years."""
    product = yearly * years
    gap = claimed / product - 1
    level = "flag" if abs(gap) > rule("tonnes_gap").value else "ok"
    return _gate(
        "tonnes", level,
        f"所报 {claimed:,.0f} t，而 A·q·T = {product:,.0f} t，相差 {gap:+.2%}",
        f"{claimed:,.0f} t are claimed; A q T = {product:,.0f} t, a gap of {gap:+.2%}",
        gap,
    )  # fmt: skip


def price_gate(
    amount: float, tonnes: float, bounds: tuple[float, float], what: Text = LOAN,
    id: str = "implied_price",  # noqa: A002
) -> Gate:  # fmt: skip
    """Say whether the price per tonne that an amount implies is one that was ever seen.

    Parameters
    ----------
    bounds : pair of CNY/t_CO2e
        The policy's, or the lowest and highest of the known prices.
    """
    implied = amount / tonnes
    low, high = bounds
    level = "ok" if low <= implied <= high else "flag"
    return _gate(
        id, level,
        f"{what.zh}相当于 {implied:,.2f} 元/t；合理范围 {low:g}–{high:g}",
        f"{what.en} implies {implied:,.2f} CNY/t; plausible are {low:g} to {high:g}",
        implied,
    )  # fmt: skip


def stated_price_gate(price: float, bounds: tuple[float, float], what: Text) -> Iterator[Gate]:
    """Flag a stated price outside the plausible ones; say nothing of one inside."""
    gate = price_gate(price, 1.0, bounds, what, "price")
    if gate.level != "ok":
        yield gate


def rate_gate(rate: float) -> Gate:
    """Reject a discount rate below nothing: what comes later would be worth more."""
    return _gate(
        "rate", "reject",
        f"贴现率为 {percent(rate)}：低于零，越晚收到的钱越值钱，不予放贷。请核对政策的 [discount]",
        f"the discount rate is {percent(rate)}: below nothing, so that what comes later is worth "
        "more, and nothing is lent on it. Check [discount] of the policy",
        rate,
    )  # fmt: skip


def return_gate(right: OtherRight, rate: float) -> Gate | None:
    """Flag a right whose method takes a lower return than the policy discounts at; None if not."""
    by = right.harvest or right.soil
    if by is None or by.return_rate >= rate:
        return None
    return _gate(
        "return", "flag",
        f"其他权利 {right.right} 的收益率 {percent(by.return_rate)} 低于政策的贴现率 "
        f"{percent(rate)}，价值因而偏高。请核对",
        f"the right {right.right} is valued at a return of {percent(by.return_rate)}, below the "
        f"policy's discount rate of {percent(rate)}, and so the higher. Check it",
        by.return_rate,
    )  # fmt: skip


def known_prices(rows: Iterable[PriceRow]) -> tuple[float, float]:
    """Return the lowest and the highest price of any row."""
    found = [p for row in rows for p in (row.low, row.price, row.high) if p is not None]
    return min(found), max(found)


def arms_length_gate(row: PriceRow) -> Gate:
    """Flag a price that no free buyer paid."""
    if row.arms_length:
        return _gate("arms_length", "ok", f"{row.market} 为公平交易价格",
                     f"the price of {row.market} is one at arm's length")  # fmt: skip
    return _gate("arms_length", "flag", f"{row.market} 的价格来自法院或机关购买，并非公平交易",
                 f"a court or an agency paid the price of {row.market}")  # fmt: skip


def bound_gate(rows: int, tonnes: float, left: float) -> Gate:
    """Flag tonnes without a lower bound: they count as nothing; reject where no others are left.

    Parameters
    ----------
    tonnes, left : t_CO2e
        The estimate of those, and the lower bound of all others.
    """
    return _gate(
        "lower_bound", "flag" if left > 0 else "reject",
        f"年份表有 {rows} 行共 {tonnes:,.3f} t 既没有标准误，也没有所要求置信水平的下限，误差未知："
        "按 0 计入谨慎价值，也不作抽样。补充 se_tCO2e 后重新估值",
        f"{rows} rows of the vintages, {tonnes:,.3f} t, have neither a standard error nor a lower "
        "bound of the level asked for: how far they err is unknown, so they count as 0 in the "
        "lending value, and no draws are made. Fill in se_tCO2e and value again",
        tonnes,
    )  # fmt: skip


def rises_above(rise: Rise, limit: float) -> bool:
    """Return whether a price grows by more a year than a policy lends against."""
    return rise.yearly > limit + engine_number("rate_precision")


def path_gate(rise: Rise, limit: float) -> Gate:
    """Reject a price path that somewhere rises by more than the policy lends against."""
    return _rise_gate("price_path", "reject", rise, limit, PATH, NO_LOAN)


def draws_gate(rise: Rise, limit: float) -> Gate:
    """Flag a price process that drifts up by more than the policy lends against."""
    return _rise_gate("price_draws", "flag", rise, limit, PROCESS, NO_DRAWS)


def _rise_gate(
    id: str, level: str, rise: Rise, limit: float, what: Text, then: Text,  # noqa: A002
) -> Gate:  # fmt: skip
    above, known = rises_above(rise, limit), math.isfinite(rise.yearly)
    yearly = percent(rise.yearly) if known else "∞"
    return _gate(
        id, level if above else "ok",
        f"{what.zh}在第 {rise.start:g} 至 {rise.end:g} 年由 {rise.before:g} 变为 {rise.after:g} "
        f"元/t，每年 {yearly}；政策（prices.max_growth）至多 {percent(limit)}"
        + (f"：{then.zh}" if above else ""),
        f"{what.en} goes from {rise.before:g} to {rise.after:g} CNY/t between years "
        f"{rise.start:g} and {rise.end:g}, {yearly} a year; the policy (prices.max_growth) lends "
        f"on {percent(limit)} at most" + (f": {then.en}" if above else ""),
        rise.yearly if known else None,
    )  # fmt: skip


def owed_gate(gone: Withdrawn, taken: float) -> Gate:
    """Flag more tonnes sold or promised than there are: all of them are taken off, some are owed.

    Parameters
    ----------
    taken : t_CO2e
        What could be taken off.
    """
    owed = gone.tonnes - taken
    return _gate(
        "withdrawn", "flag",
        f"[{gone.vintage_from}, {gone.vintage_to}) 已处分（{gone.reason}）{gone.tonnes:,.3f} t，"
        f"只有 {taken:,.3f} t：全部扣除，尚欠 {owed:,.3f} t。请核对对买方的交付义务",
        f"{gone.tonnes:,.3f} t of [{gone.vintage_from}, {gone.vintage_to}) are withdrawn "
        f"({gone.reason}) and {taken:,.3f} t are there: all of them are taken off, and "
        f"{owed:,.3f} t are owed. Ask what has to be delivered to the buyer",
        owed,
    )  # fmt: skip


def issued_gate(beside: Sequence[Vintage]) -> Gate:
    """Ask whether tonnes that are issued were taken off those of the same days that are not."""
    units = sum(row.net_tCO2e for row in beside)
    parcels = sorted({row.parcel_id for row in beside})
    return _gate(
        "issued_beside_others", "flag",
        f"{len(parcels)} 个宗地（{parcels[0]} 等）在相同时段既有已签发的 {units:,.0f} t，"
        "又有未签发的碳汇量：请核对已签发的是否已从后者扣除，否则计两次",
        f"{len(parcels)} parcels ({parcels[0]} ...) have {units:,.0f} t issued beside tonnes of "
        "the same days that are not: ask whether the issued ones were taken off, or they count "
        "twice",
        units,
    )  # fmt: skip


def policy_gate(day: date, valid_from: date) -> Gate:
    """Flag a policy that was not yet in force at the base date."""
    return _gate("policy", "flag", f"政策自 {valid_from} 起有效，晚于评估基准日 {day}",
                 f"the policy is in force from {valid_from}, the base date is {day}")  # fmt: skip


def rejected(gates: Iterable[Gate]) -> Gate | None:
    """Return the first gate that leaves nothing to lend on."""
    return next((gate for gate in gates if gate.level == "reject"), None)
