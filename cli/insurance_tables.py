"""An index insurance: to print and as JSON (money as text, to the cent)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cli.loan_tables import percent, yuan
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.stress.index_insurance import BasisRisk, IndexPolicy
    from lending.stress.insurance_file import Insurance, PastCase

__all__ = ["insurance_record", "show_insurance"]

TITLE = Text("指数保险：{insurer}，保险金额 {sum} 元，限额 {limit} 元，免赔 {deductible} 元",
             "Index insurance: {insurer}, sum insured {sum} CNY, limit {limit} CNY, deductible "
             "{deductible} CNY")  # fmt: skip
INDEX = Text(
    "指数：{index}；低于 {trigger} 不赔", "Index: {index}; nothing is paid below {trigger}"
)
STEPS = (Text("指数自", "index from"), Text("比例", "share"), Text("赔付（元）", "payout, CNY"),
         Text("扣除免赔后（元）", "less deductible, CNY"))  # fmt: skip
GAPS = Text("质押需要而保险没有覆盖的", "What the pledge needs and the contract does not cover")
NO_GAPS = Text("保险覆盖质押所列的吨数、灾种、期限与受益人。",
               "The contract covers the tonnes, perils, days and payee of the pledge.")  # fmt: skip
CASES = Text("各年份或事件", "Years or events")
CASE_HEAD = (Text("名称", "case"), Text("指数", "index"), Text("损失（元）", "loss, CNY"),
             Text("获赔（元）", "recovered, CNY"),
             Text("未补偿（元）", "not covered, CNY"))  # fmt: skip
BASIS = Text(
    "基差风险：损失超过 {above} 元的有 {count} 次，其中 {share} 分文未赔；平均未补偿 {mean} 元。",
    "Basis risk: of {count} losses above {above} CNY, {share} are paid nothing; {mean} CNY are not "
    "covered on average.",
)
NO_BASIS = Text("没有超过 {above} 元的损失，无从判断基差风险。",
                "No loss is above {above} CNY: nothing can be said of the basis risk.")  # fmt: skip


def show_insurance(
    of: "Insurance", policy: "IndexPolicy", cases: "Sequence[PastCase]", above: Decimal,
    risk: "BasisRisk | None", lang: Language,
) -> None:  # fmt: skip
    """Print the payout table, the gaps, the cases and the basis risk."""
    show_title(TITLE[lang].format(
        insurer=of.insurance.insurer, sum=yuan(policy.sum_insured), limit=yuan(policy.limit),
        deductible=yuan(policy.deductible),
    ))  # fmt: skip
    show(INDEX[lang].format(index=of.insurance.index, trigger=policy.trigger))
    rows = [
        (str(one.index), percent(one.share), yuan(policy.payout(one.index)),
         yuan(policy.recovery(one.index)))
        for one in policy.steps
    ]  # fmt: skip
    show_table([h[lang] for h in STEPS], rows, right=range(len(STEPS)))
    if of.pledged is not None:
        gaps = of.gaps()
        show_heading(GAPS[lang])
        for gap in gaps or (NO_GAPS,):
            show(gap[lang], indent=2)
    if risk is not None:
        _show_cases(cases, above, risk, lang)


def _show_cases(
    cases: "Sequence[PastCase]", above: Decimal, risk: "BasisRisk", lang: Language
) -> None:
    show_heading(CASES[lang])
    rows = [
        (one.name, f"{one.index:,}", yuan(one.loss), yuan(one.recovery), yuan(_open(one)))
        for one in cases
    ]
    show_table([h[lang] for h in CASE_HEAD], rows, right=range(1, len(CASE_HEAD)))
    show()
    if risk.probability is None or risk.mean_not_covered is None:
        show(NO_BASIS[lang].format(above=yuan(above)))
        return
    show(BASIS[lang].format(
        above=yuan(above), count=risk.beyond, share=f"{risk.probability * 100:.0f} %",
        mean=f"{risk.mean_not_covered:,.0f}",
    ))  # fmt: skip


def insurance_record(
    of: "Insurance", policy: "IndexPolicy", cases: "Sequence[PastCase]", above: Decimal,
    risk: "BasisRisk | None",
) -> dict[str, Any]:  # fmt: skip
    """Return the same for a program."""
    return {
        "insurer": of.insurance.insurer, "index": of.insurance.index,
        "source": of.insurance.source,
        "steps": [
            {"index": str(one.index), "share": str(one.share),
             "payout": str(policy.payout(one.index)), "recovery": str(policy.recovery(one.index))}
            for one in policy.steps
        ],
        "gaps": list(of.gaps()),
        "cases": [
            {"case": one.name, "index": str(one.index), "loss": str(one.loss),
             "recovery": str(one.recovery), "not_covered": str(_open(one))}
            for one in cases
        ],
        "basis_risk": None if risk is None else {
            "above": str(above), "losses": risk.beyond, "paid_nothing": risk.probability,
            "mean_not_covered": risk.mean_not_covered,
        },
    }  # fmt: skip


def _open(one: "PastCase") -> Decimal:
    return max(one.loss - one.recovery, Decimal(0))
