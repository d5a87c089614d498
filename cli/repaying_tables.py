"""Early and late repayments: to print and as JSON (money as text, to the cent)."""

from typing import TYPE_CHECKING, Any

from cli.loan_tables import rate_text, schedule_record, show_schedule, yuan
from cli.terminal import show, show_table, show_title
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.loans.contract import Contract
    from lending.loans.early_and_late import EarlyRepayment, LatePayment

__all__ = ["early_record", "late_record", "show_early", "show_late"]

HEADER = (Text("项目", "item"), Text("金额（元）", "CNY"))
EARLY = Text("{number}：{day} 提前还款", "{number}: early repayment on {day}")
PARTS = (Text("本金", "principal"), Text("至当日的利息", "interest accrued by the day"),
         Text("提前还款费", "fee for paying early"), Text("合计应付", "to be paid"))  # fmt: skip
ALL_PAID = Text(
    "贷款就此结清：担保可以解除登记（民法典第393条）。",
    "The loan is paid off: its security ends with it (Civil Code, art. 393).",
)
LATE = Text("{number}：{due} 应还，{paid} 支付", "{number}: due on {due}, paid on {paid}")
LATE_PARTS = (Text("逾期金额", "overdue"), Text("罚息", "penalty interest"),
              Text("合计应付", "to be paid"))  # fmt: skip
LATE_RATE = Text("当期年利率 {rate}，加收其 {surcharge}；计息：{days}，单利。",
                 "The rate of the period is {rate} a year, raised by {surcharge} of itself; "
                 "{days}, simple interest.")  # fmt: skip


def show_early(of: "Contract", found: "EarlyRepayment", lang: Language) -> None:
    """Print what is paid, and the schedule that is left."""
    show_title(EARLY[lang].format(number=of.loan.number, day=found.day))
    amounts = (found.principal, found.interest, found.fee, found.paid)
    rows = [(name[lang], yuan(amount)) for name, amount in zip(PARTS, amounts, strict=True)]
    show_table([h[lang] for h in HEADER], rows, right=(1,))
    show()
    if found.after is None:
        show(ALL_PAID[lang])
    else:
        show_schedule(found.after, None, lang)


def early_record(found: "EarlyRepayment") -> dict[str, Any]:
    """Return the early repayment for a program."""
    return {
        "day": found.day.isoformat(), "principal": str(found.principal),
        "interest": str(found.interest), "fee": str(found.fee), "paid": str(found.paid),
        "after": None if found.after is None else schedule_record(found.after, None),
    }  # fmt: skip


def show_late(of: "Contract", found: "LatePayment", lang: Language) -> None:
    """Print what a late instalment costs."""
    from lending.loans.day_count import DAY_COUNTS

    show_title(LATE[lang].format(number=of.loan.number, due=found.due, paid=found.paid))
    amounts = (found.overdue, found.penalty, found.overdue + found.penalty)
    rows = [(name[lang], yuan(amount)) for name, amount in zip(LATE_PARTS, amounts, strict=True)]
    show_table([h[lang] for h in HEADER], rows, right=(1,))
    show()
    show(LATE_RATE[lang].format(
        rate=rate_text(found.rate), surcharge=rate_text(of.surcharge()),
        days=DAY_COUNTS[of.loan.day_count].title[lang],
    ))  # fmt: skip


def late_record(found: "LatePayment") -> dict[str, Any]:
    """Return the late payment for a program."""
    return {
        "due": found.due.isoformat(), "paid": found.paid.isoformat(),
        "overdue": str(found.overdue), "rate": str(found.rate), "penalty": str(found.penalty),
    }  # fmt: skip
