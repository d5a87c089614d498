"""Schedules and income cover: as tables to print and as JSON (money as text, to the cent)."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.loans.income_cover import IncomeCover
    from lending.loans.schedule import Schedule

__all__ = ["percent", "rate_text", "schedule_record", "show_schedule", "times", "yuan"]

SCHEDULE = Text(
    "还款计划：{amount} 元，年利率 {rate}，{repayment}，{count} 期，计息：{days}",
    "Schedule: {amount} CNY at {rate} a year, {repayment}, {count} instalments; {days}",
)
COLUMNS = (Text("期", "no."), Text("还款日", "due"), Text("年利率", "rate"),
           Text("应还", "payment"), Text("利息", "interest"), Text("本金", "principal"),
           Text("余额", "balance"))  # fmt: skip
TOTAL = Text("利息合计 {interest} 元；本息合计 {paid} 元；最后一期承担分位尾差。",
             "Interest {interest} CNY, {paid} CNY in all; the last instalment takes the rounding "
             "to the cent.")  # fmt: skip
COVER = Text("收入能否还款（偿债覆盖率 DSCR）", "Does the income pay it (DSCR)")
YEARS = (Text("截至", "year to"), Text("碳汇收入", "carbon income"),
         Text("其他收入", "other income"), Text("应还本息", "debt service"),
         Text("仅碳汇", "carbon alone"), Text("含其他", "with other"))  # fmt: skip
WHOLE = Text("贷款期内碳汇收入为应还本息的 {share}。",
             "Over the loan's life carbon income is {share} of the debt service.")  # fmt: skip
SHORT = Text("碳汇收入有的年份不足以还款：不足部分须由其他收入或其他担保承担。",
             "In some years carbon income does not pay what is due: other income or security "
             "has to.")  # fmt: skip
UNKNOWN = "–"


def yuan(amount: Decimal) -> str:
    """Return an amount of yuan to the cent, in groups of three digits."""
    from lending.loans.money import cents

    return f"{cents(amount):,}"


def percent(share: Decimal | None) -> str:
    """Return a share in percent; a dash where there is none."""
    return UNKNOWN if share is None else f"{share * 100:.1f} %"


def times(value: Decimal | None) -> str:
    """Return a ratio such as DSCR; a dash where there is none."""
    return UNKNOWN if value is None else f"{value:.2f}"


def show_schedule(made: "Schedule", cover: "IncomeCover | None", lang: Language) -> None:
    """Print the instalments, and below them income and debt service by year."""
    from lending.loans.terms import REPAYMENTS

    terms = made.terms
    show_title(SCHEDULE[lang].format(
        amount=yuan(terms.amount), rate=rate_text(terms.rate), count=terms.instalments,
        repayment=REPAYMENTS[terms.repayment][lang], days=terms.days.title[lang],
    ))  # fmt: skip
    rows = [
        [str(one.number), one.due.isoformat(), rate_text(one.rate), yuan(one.payment),
         yuan(one.interest), yuan(one.principal), yuan(one.closing)]
        for one in made.instalments
    ]  # fmt: skip
    show_table([c[lang] for c in COLUMNS], rows, right=(0, *range(2, len(COLUMNS))))
    show()
    show(TOTAL[lang].format(interest=yuan(made.interest), paid=yuan(made.paid)))
    if cover is not None:
        _show_cover(cover, lang)


def _show_cover(cover: "IncomeCover", lang: Language) -> None:
    show_heading(COVER[lang])
    rows = [
        [year.until.isoformat(), yuan(year.carbon), yuan(year.other), yuan(year.service),
         times(year.dscr_carbon), times(year.dscr)]
        for year in cover.years
    ]  # fmt: skip
    show_table([y[lang] for y in YEARS], rows, right=range(1, len(YEARS)))
    show()
    show(WHOLE[lang].format(share=percent(cover.whole_carbon)))
    if cover.lowest_carbon is not None and cover.lowest_carbon < 1:
        show(SHORT[lang])


def schedule_record(made: "Schedule", cover: "IncomeCover | None") -> dict[str, Any]:
    """Return the schedule for a program."""
    terms = made.terms
    return {
        "amount": str(terms.amount), "rate": str(terms.rate), "drawn": terms.drawn.isoformat(),
        "every": terms.every, "repayment": terms.repayment, "grace": terms.grace,
        "day_count": terms.day_count, "interest": str(made.interest), "paid": str(made.paid),
        "instalments": [
            {
                "number": one.number, "due": one.due.isoformat(), "rate": str(one.rate),
                "payment": str(one.payment), "interest": str(one.interest),
                "principal": str(one.principal), "balance": str(one.closing),
            }
            for one in made.instalments
        ],
        "income_cover": None if cover is None else [
            {
                "until": year.until.isoformat(), "carbon": str(year.carbon),
                "other": str(year.other), "service": str(year.service),
                "dscr_carbon": _share(year.dscr_carbon), "dscr": _share(year.dscr),
            }
            for year in cover.years
        ],
    }  # fmt: skip


def rate_text(rate: Decimal) -> str:
    """Return a rate in percent, as exact as it is."""
    return f"{(rate * 100).normalize():f} %"


def _share(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.6f}"
