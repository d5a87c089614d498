"""What is wrong with a loan file: every check of `data_catalog/lending/report_checks.csv`.

A check that finds nothing says nothing; what is BLOCK stands against lending on the file as it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from pydantic import BaseModel

from data_catalog.text import Text
from lending.loan_file.catalogue import Check, checks, number_of
from lending.loan_file.origin import Claimed, Run
from lending.loan_file.record import LoanFile, item_states, recomputed
from lending.loan_file.search import Search
from lending.paper import amounts
from lending.valuation.differences import differences, told
from lending.valuation.result import Valuation
from lending.valuation.timing import day_at, months_later

__all__ = ["Remark", "Valued", "report_check", "valuation_check"]

SHOWN = 6
"""Names that one remark lists."""
SHORT = 12
"""Digits of a digest that people compare."""
UNBOUNDED = "lower_bound"
"""The gate of tonnes without a lower bound."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check found."""

    check: Check
    what: Text


class Valued(Protocol):
    """What any document rests on."""

    @property
    def valuation(self) -> Valuation:
        """Return the valuation with its inputs."""

    @property
    def run(self) -> Run | None:
        """Return the run of the land."""

    @property
    def claim(self) -> Claimed | None:
        """Return the claim that the tonnes are of."""

    @property
    def search(self) -> Search | None:
        """Return what a search of a register found."""


Any_ = TypeVar("Any_", bound=Valued)


def report_check(record: LoanFile, on: date) -> tuple[Remark, ...]:
    """Return all that is wrong with a loan file on a day; what stands against lending first.

    The file is made again from its own inputs.
    """
    found = [*_made(LOOK, record, on), *_made(LOOK_AT_ANY, record, on)]
    return _in_order([*found, *_reproducible(record, recomputed(record))])


def valuation_check(record: Valued, again: BaseModel, on: date) -> tuple[Remark, ...]:
    """Return what is wrong with any document on a day: its valuation, tonnes, price and search.

    Parameters
    ----------
    again : the record made again from its own inputs
    """
    return _in_order([*_made(LOOK_AT_ANY, record, on), *_reproducible(record, again)])


def _made(
    looks: "Mapping[str, Callable[[Any_, date], Iterator[Text]]]", record: Any_, on: date
) -> Iterator[Remark]:
    for name, look in looks.items():
        yield from (Remark(checks()[name], what) for what in look(record, on))


def _in_order(found: list[Remark]) -> tuple[Remark, ...]:
    order = list(checks())
    return tuple(sorted(found, key=lambda r: (r.check.level != "BLOCK", order.index(r.check.id))))


def _reproducible(record: object, again: BaseModel) -> Iterator[Remark]:
    assert isinstance(record, BaseModel)  # noqa: S101  (every document is a record)
    what = told(differences(record, again))
    if what is not None:
        yield Remark(checks()["not_reproducible"], what)


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


def _stale_valuation(record: Valued, on: date) -> Iterator[Text]:
    base, policy = record.valuation.inputs.facts.base_date, record.valuation.inputs.policy
    ends = months_later(base, policy.revaluation.valid_months)
    if not base <= on < ends:
        yield Text(
            f"评估基准日 {base}，有效期至 {ends}（不含），检查日 {on}。请重新估值。",
            f"the base date is {base}; it is valid until {ends}, and today is {on}. Value anew.",
        )


def _stale_price(record: Valued, on: date) -> Iterator[Text]:
    row, days = record.valuation.inputs.price, record.valuation.inputs.policy.prices.validity_days
    age = (on - row.last_day).days
    if not 0 <= age <= days:
        yield Text(
            f"价格截至 {row.last_day}，距检查日 {on} 为 {age} 天，政策允许 0 至 {days} 天。",
            f"the price is of {row.last_day}, {age} days from {on}; the policy allows 0 to {days}.",
        )


def _price_source(record: Valued, _: date) -> Iterator[Text]:
    row = record.valuation.inputs.price
    if row.price is None or not row.source.strip():
        yield Text(
            f"价格行 {row.id} 没有数值或来源。", f"price row {row.id} has no figure or source."
        )


def _outside_tenure(record: LoanFile, _: date) -> Iterator[Text]:
    inputs = record.valuation.inputs
    counted_to = day_at(
        inputs.facts.base_date, record.valuation.results.years, inputs.policy.discount.day_count
    )
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


def _not_searched(record: Valued, _: date) -> Iterator[Text]:
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


def _example(record: Valued, _: date) -> Iterator[Text]:
    if record.valuation.example:
        yield Text("所用政策标为示例。", "the policy says that it is an example.")


def _plausibility(record: Valued, _: date) -> Iterator[Text]:
    for gate in record.valuation.results.gates:
        if gate.level != "ok" and gate.id != UNBOUNDED:
            yield gate.text.text()


def _unknown_bound(record: Valued, _: date) -> Iterator[Text]:
    yield from (g.text.text() for g in record.valuation.results.gates if g.id == UNBOUNDED)


def _unknown_origin(record: Valued, _: date) -> Iterator[Text]:
    if record.valuation.inputs.vintages and record.claim is None:
        yield Text(
            "年份表旁没有 claim.json：不知由哪次运行、按哪种方法学算出。"
            "请用 gep sinks credits 写出。",
            "no claim.json lies beside the vintages: which run and methodology they are of is not "
            "known. Write them with `gep sinks credits`.",
        )


def _other_run(record: Valued, _: date) -> Iterator[Text]:
    run, claim = record.run, record.claim
    if run is not None and claim is not None and claim.source_sha256 != run.sha256:
        yield Text(
            f"年份表由“{claim.source}”（{_short(claim.source_sha256)}）算出，宗地属于运行“{run.name}”"
            f"（{_short(run.sha256)}）。",
            f"the vintages were claimed from {claim.source} ({_short(claim.source_sha256)}), the "
            f"parcels are of the run {run.name} ({_short(run.sha256)}).",
        )


def _short(digest: str) -> str:
    return digest[:SHORT] or "—"


def _altered_vintages(record: Valued, _: date) -> Iterator[Text]:
    if record.claim is not None and not record.claim.intact:
        yield Text(
            "年份表与 claim.json 中的摘要不符。", "the table is not the one that claim.json names."
        )


def _provisional(record: Valued, _: date) -> Iterator[Text]:
    claim = record.claim
    if claim is not None and claim.provisional:
        yield Text(
            f"按“{claim.title.zh}”算出的量依据凭记忆（未核对）的规则或参数，或未给出的事实。",
            f"tonnes under {claim.title.en} rest on rules or numbers that are recalled (not "
            "checked), or on facts that were not given.",
        )


LOOK: dict[str, Callable[[LoanFile, date], Iterator[Text]]] = {
    "missing_item": _missing,
    "tonnes_outside_tenure": _outside_tenure,
    "signatures": _signatures,
    "same_person": _same_person,
    "methods": _methods,
    "unflagged_conflict": _unflagged,
    "outside_valuation": _outside,
    "uncovered": _uncovered,
}
LOOK_AT_ANY: dict[str, Callable[[Valued, date], Iterator[Text]]] = {
    "stale_valuation": _stale_valuation,
    "stale_price": _stale_price,
    "price_source": _price_source,
    "not_searched": _not_searched,
    "example_policy": _example,
    "plausibility": _plausibility,
    "unknown_bound": _unknown_bound,
    "unknown_origin": _unknown_origin,
    "other_run": _other_run,
    "altered_vintages": _altered_vintages,
    "provisional": _provisional,
}
"""Beside them, `not_reproducible`: the record against the same made again."""
