"""What is wrong with a loan file: every check of `data_catalog/lending/report_checks.csv`.

A check that finds nothing says nothing; what is BLOCK stands against lending on the file as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from data_catalog.text import Text
from lending.loan_file.catalogue import Check, checks, number_of
from lending.loan_file.record import LoanFile, item_states, recomputed
from lending.paper import amounts
from lending.valuation.timing import day_at, months_later

__all__ = ["Remark", "report_check"]

SHOWN = 6
"""Names that one remark lists."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check found."""

    check: Check
    what: Text


def report_check(record: LoanFile, on: date) -> tuple[Remark, ...]:
    """Return all that is wrong with a file on a day; what stands against lending first.

    The valuation is made again from the file's own inputs.
    """
    known = checks()
    found = [Remark(known[name], what) for name, look in LOOK.items() for what in look(record, on)]
    return tuple(sorted(found, key=lambda one: one.check.level != "BLOCK"))


def _missing(record: LoanFile, _: date) -> Iterator[Text]:
    absent = [one.item.title for one in item_states(record) if one.state == "missing"]
    if absent:
        zh = "、".join(t.zh for t in absent[:SHOWN])
        en = "; ".join(t.en for t in absent[:SHOWN])
        more = len(absent) - SHOWN
        yield Text(
            f"缺 {len(absent)} 项：{zh}{f' 等（另 {more} 项）' if more > 0 else ''}。",
            f"{len(absent)} missing: {en}{f'; and {more} more' if more > 0 else ''}.",
        )


def _stale_valuation(record: LoanFile, on: date) -> Iterator[Text]:
    base, policy = record.valuation.inputs.facts.base_date, record.valuation.inputs.policy
    ends = months_later(base, policy.revaluation.valid_months)
    if not base <= on < ends:
        yield Text(
            f"评估基准日 {base}，有效期至 {ends}（不含），检查日 {on}。请重新估值。",
            f"the base date is {base}; it is valid until {ends}, and today is {on}. Value anew.",
        )


def _stale_price(record: LoanFile, on: date) -> Iterator[Text]:
    row, days = record.valuation.inputs.price, record.valuation.inputs.policy.prices.validity_days
    age = (on - row.last_day).days
    if not 0 <= age <= days:
        yield Text(
            f"价格截至 {row.last_day}，距检查日 {on} 为 {age} 天，政策允许 0 至 {days} 天。",
            f"the price is of {row.last_day}, {age} days from {on}; the policy allows 0 to {days}.",
        )


def _price_source(record: LoanFile, _: date) -> Iterator[Text]:
    row = record.valuation.inputs.price
    if row.price is None or not row.source.strip():
        yield Text(
            f"价格行 {row.id} 没有数值或来源。", f"price row {row.id} has no figure or source."
        )


def _outside_tenure(record: LoanFile, _: date) -> Iterator[Text]:
    inputs = record.valuation.inputs
    counted_to = day_at(inputs.facts.base_date, record.valuation.results.years)
    for name, facts in record.facts.parcels.items():
        if facts.tenure_to is None:
            continue
        ends = [v.vintage_to for v in inputs.vintages if v.parcel_id == name]
        last = min(max(ends, default=counted_to), counted_to)
        if last > facts.tenure_to:
            yield Text(
                f"宗地 {name} 的吨数计至 {last}，权属 {facts.tenure_to} 届满。",
                f"tonnes of parcel {name} count until {last}; its tenure ends {facts.tenure_to}.",
            )


def _signatures(record: LoanFile, _: date) -> Iterator[Text]:
    signed = {one.name for one in record.facts.signatures}
    least = number_of("valuers_least")
    if len(signed) < least:
        yield Text(
            f"已签字 {len(signed)} 人，至少需要 {least:.0f} 人。",
            f"{len(signed)} signed; at least {least:.0f} must.",
        )


def _same_person(record: LoanFile, _: date) -> Iterator[Text]:
    by_role = {
        role: {one.name for one in record.facts.signatures if one.role == role}
        for role in ("maker", "checker")
    }
    for name in sorted(by_role["maker"] & by_role["checker"]):
        yield Text(f"{name} 既经办又复核。", f"{name} is both maker and checker.")


def _methods(record: LoanFile, _: date) -> Iterator[Text]:
    used = 1 + len(record.valuation.results.approaches)  # the income approach is always there
    least = number_of("methods_least")
    if used < least and not record.facts.one_method_because:
        yield Text(
            f"只用了 {used} 种方法，至少需要 {least:.0f} 种，或说明理由（one_method_because）。",
            f"{used} method was used; {least:.0f} are needed, or a reason (one_method_because).",
        )


def _not_reproducible(record: LoanFile, _: date) -> Iterator[Text]:
    again = recomputed(record).valuation
    was, now = record.valuation.results, again.results
    if (again.steps, now) != (record.valuation.steps, was):
        zh, en = (amounts.yuan(now.lending_value, x) for x in ("zh", "en"))
        told_zh, told_en = (amounts.yuan(was.lending_value, x) for x in ("zh", "en"))
        yield Text(
            f"档案写明抵押价值 {told_zh}，由其自身数据重算为 {zh}，或有其他数字不符。",
            f"the file says a lending value of {told_en}; made again from its own inputs it is "
            f"{en}, or another figure differs.",
        )


def _unflagged(record: LoanFile, _: date) -> Iterator[Text]:
    told = {one.about for one in record.facts.special_matters}
    for one in record.search.met if record.search else ():
        if one.level != "INFO" and not {one.claim_id, one.other_claim_id} & told - {""}:
            other = one.other_claim_id or "—"
            yield Text(
                f"{one.check}：{one.what.zh}（对方 {other}）未在特别事项中说明。",
                f"{one.check}: {one.what.en} (other side {other}) is not among the special "
                "matters.",
            )


def _not_searched(record: LoanFile, _: date) -> Iterator[Text]:
    if record.search is None:
        yield Text("没有给出登记簿。", "no register was given.")


def _outside(record: LoanFile, _: date) -> Iterator[Text]:
    there = {one.item for one in record.facts.documents}
    if "above_limit" in record.cases and "outside_valuation" not in there:
        zh, en = (amounts.yuan(record.limit.amount, x) for x in ("zh", "en"))
        yield Text(
            f"贷款不低于 {zh}，而没有外部评估报告。",
            f"the loan is not below {en}, and there is no appraisal of an outside firm.",
        )


def _uncovered(record: LoanFile, _: date) -> Iterator[Text]:
    found = record.valuation.results
    if found.max_loan < record.facts.loan.amount:
        cover = amounts.percent(found.coverage_ratio)
        zh, en = (amounts.yuan(found.max_loan, x) for x in ("zh", "en"))
        yield Text(
            f"覆盖率 {cover}，按政策碳汇最多担保 {zh}；其余依靠其他担保。",
            f"coverage is {cover}; by the policy carbon secures {en} at most, other security the "
            "rest.",
        )


def _example(record: LoanFile, _: date) -> Iterator[Text]:
    if record.valuation.example:
        yield Text("所用政策标为示例。", "the policy says that it is an example.")


def _plausibility(record: LoanFile, _: date) -> Iterator[Text]:
    for gate in record.valuation.results.gates:
        if gate.level != "ok":
            yield gate.text.text()


Look = Callable[[LoanFile, date], Iterator[Text]]
LOOK: dict[str, Look] = {
    "missing_item": _missing,
    "stale_valuation": _stale_valuation,
    "stale_price": _stale_price,
    "price_source": _price_source,
    "tonnes_outside_tenure": _outside_tenure,
    "signatures": _signatures,
    "same_person": _same_person,
    "methods": _methods,
    "not_reproducible": _not_reproducible,
    "unflagged_conflict": _unflagged,
    "not_searched": _not_searched,
    "outside_valuation": _outside,
    "uncovered": _uncovered,
    "example_policy": _example,
    "plausibility": _plausibility,
}
