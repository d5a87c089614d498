"""Income cover, security by kind, rate steps, early and late payments, the green-loan record."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import GepError
from data_catalog.text import Text
from lending.loans.day_count import DAY_COUNTS
from lending.loans.early_and_late import overdue_interest, repay_early
from lending.loans.green_record import BENEFITS, COLUMNS, GreenLoan, as_csv
from lending.loans.income_cover import Receipt, income_cover
from lending.loans.rate_steps import RateRule, RateStep
from lending.loans.receipts import read_receipts
from lending.loans.schedule import Schedule, schedule
from lending.loans.security import OtherSecurity, SecuredRight, Security
from lending.loans.terms import RateChange, Terms

DRAWN = date(2026, 1, 15)


def loan(**more: object) -> Schedule:
    given_: dict[str, object] = {
        "amount": Decimal(1000), "rate": Decimal("0.10"), "drawn": DRAWN, "instalments": 2,
        "every": "yearly",
    }  # fmt: skip
    return schedule(Terms(**(given_ | more)))  # type: ignore[arg-type]


# Income cover


def test_dscr_on_carbon_alone_and_with_other_income() -> None:
    # 576.19 is due in each of two years
    receipts = [
        Receipt(date(2026, 12, 1), Decimal("288.095")),
        Receipt(date(2027, 1, 15), Decimal(100), carbon=False),  # on the due date: first year
        Receipt(date(2027, 1, 16), Decimal("1152.38")),
    ]
    first, second = income_cover(loan(), receipts).years
    assert (first.dscr_carbon, second.dscr_carbon) == (Decimal("0.5"), 2)
    assert first.dscr == pytest.approx(Decimal(388.095 / 576.19))
    assert second.dscr == 2


def test_carbon_after_the_end_of_the_right_pays_nothing() -> None:
    receipts = [Receipt(date(2027, 6, 1), Decimal(900)),
                Receipt(date(2027, 6, 1), Decimal(50), carbon=False)]  # fmt: skip
    cover = income_cover(loan(), receipts, tenure_end=date(2027, 5, 31))
    assert cover.years[1].carbon == 0
    assert cover.years[1].other == 50
    assert cover.lowest_carbon == 0
    assert cover.whole_carbon == 0


def test_income_after_the_last_instalment_pays_nothing() -> None:
    # half a year before the second year of the loan is over
    short = loan(instalments=18, every="monthly")
    assert short.end == date(2027, 7, 15)
    receipts = [Receipt(date(2027, 7, 15), Decimal(7)), Receipt(date(2027, 12, 15), Decimal(900))]
    assert [year.carbon for year in income_cover(short, receipts).years] == [0, 7]


def test_a_year_in_which_nothing_is_due_has_no_dscr() -> None:
    free = loan(rate=Decimal(0), repayment="bullet")
    cover = income_cover(free, [Receipt(date(2026, 6, 1), Decimal(10))])
    assert cover.years[0].dscr_carbon is None
    assert cover.lowest_carbon == 0
    assert cover.whole_carbon == Decimal("0.01")


def test_the_base_case_pays_nothing_within_a_loan_of_five_years() -> None:
    # lending.md 4.5, S03: the first receipt comes at the end of year 6
    receipts = [Receipt(date(2032, 1, 15), Decimal(833_567))]
    cover = income_cover(loan(instalments=5), receipts)
    assert cover.whole_carbon == 0


def test_a_table_of_income_is_read_and_its_faults_are_told_by_line(tmp_path: Path) -> None:
    file = tmp_path / "income.csv"
    file.write_text("date,amount,kind\n2027-01-15,100.5,carbon\n2027-02-01,3,other\n", "utf-8")
    assert read_receipts(file) == [
        Receipt(date(2027, 1, 15), Decimal("100.5")),
        Receipt(date(2027, 2, 1), Decimal(3), carbon=False),
    ]
    file.write_text("date,amount,kind\n15.1.2027,1,carbon\n2027-01-15,NaN,carbon\n,1,x\n", "utf-8")
    with pytest.raises(GepError) as told:
        read_receipts(file)
    said = told.value.say("en")
    assert all(f"line {n}" in said for n in (2, 3, 4))
    file.write_text("day,amount\n2027-01-15,1\n", "utf-8")
    with pytest.raises(GepError, match="lacks the columns date, kind"):
        read_receipts(file)
    with pytest.raises(GepError, match="cannot be read"):
        read_receipts(tmp_path / "none.csv")


# Security


def test_coverage_by_carbon_stands_apart_from_all_other_security() -> None:
    # lending.md 3.4, 十八洞: 3,000 t at 100 yuan against 3,000,000, with a guarantee
    held = Security(
        amount=Decimal(3_000_000),
        rights=(SecuredRight("R1", "CARB_F", Decimal(300_000)),
                SecuredRight("R2", "COMP", Decimal(600_000))),
        other=(OtherSecurity(Text("母公司保证", "parent guarantee"), Decimal(3_000_000)),),
    )  # fmt: skip
    assert held.carbon_coverage_ratio == Decimal("0.1")
    assert held.coverage_ratio == Decimal("1.3")
    assert held.not_covered == 2_100_000


@pytest.mark.parametrize(("price", "cover"), [(10, "0.036588"), (15, "0.054882")])
def test_the_cover_of_jinsen(price: int, cover: str) -> None:
    # A11: 18,294 t at ticket prices of 10 to 15 against 5,000,000: 3.66 to 5.49 %
    worth = Decimal(18_294 * price)
    held = Security(amount=Decimal(5_000_000), rights=(SecuredRight("R", "CARB_I", worth),))
    assert held.carbon_coverage_ratio == Decimal(cover)


def test_a_right_cannot_secure_a_loan_twice() -> None:
    right = SecuredRight("R1", "CARB_F", Decimal(10))
    with pytest.raises(GepError, match="R1 is there twice"):
        Security(amount=Decimal(10), rights=(right, right))
    with pytest.raises(GepError, match="lending value of R9"):
        Security(amount=Decimal(10), rights=(SecuredRight("R9", "TREE", Decimal(-1)),))


# Steps of the rate

RULE = RateRule(
    indicator=Text("净碳汇量（吨/年）", "net removal, t_CO2e/year"),
    targets={2027: Decimal(1000), 2028: Decimal(1200)},
    steps=(RateStep(Decimal(0), Decimal("0.0020")), RateStep(Decimal("0.9"), Decimal(0)),
           RateStep(Decimal(1), Decimal("-0.0020"))),
    lowest=Decimal("0.03"), highest=Decimal("0.044"),
)  # fmt: skip
BASE = Decimal("0.0435")


def test_the_rate_follows_the_share_of_the_target() -> None:
    assert RULE.rate(BASE, 2027, Decimal(1000)) == Decimal("0.0415")
    assert RULE.rate(BASE, 2027, Decimal(900)) == BASE
    assert RULE.rate(BASE, 2027, Decimal(899)) == Decimal("0.044")  # .0455, capped
    assert RULE.rate(Decimal("0.031"), 2028, Decimal(5000)) == Decimal("0.03")  # floor


def test_a_year_that_nobody_verified_counts_as_nothing_reached() -> None:
    assert RULE.rate(BASE, 2027, None) == Decimal("0.044")
    assert RULE.rate(BASE, 2027, Decimal(-50)) == Decimal("0.044")


def test_a_ceiling_is_reached_from_below() -> None:
    ceiling = RateRule(
        indicator=Text("排放", "emissions, t"), targets={2027: Decimal(100)}, steps=RULE.steps,
        lowest=Decimal(0), highest=Decimal(1), less_is_better=True,
    )  # fmt: skip
    assert ceiling.rate(BASE, 2027, Decimal(100)) == Decimal("0.0415")
    assert ceiling.rate(BASE, 2027, Decimal(110)) == BASE
    assert ceiling.rate(BASE, 2027, Decimal(200)) == Decimal("0.0455")
    assert ceiling.rate(BASE, 2027, Decimal(0)) == Decimal("0.0415")
    assert ceiling.rate(BASE, 2027, None) == Decimal("0.0455")


def test_the_steps_change_the_payments_of_a_loan() -> None:
    changes = RULE.rate_changes(BASE, {2027: Decimal(1100)}, {2027: date(2027, 1, 1)})
    assert changes == (RateChange(date(2027, 1, 1), Decimal("0.0415")),)
    rates = [r.rate for r in loan(rate=BASE, rate_changes=changes, instalments=3).instalments]
    assert rates == [BASE, Decimal("0.0415"), Decimal("0.0415")]


def test_a_result_without_a_target_or_a_day_is_refused() -> None:
    with pytest.raises(GepError, match="no target of 2031"):
        RULE.rate(BASE, 2031, Decimal(1))
    with pytest.raises(GepError, match="the result of 2027"):
        RULE.rate_changes(BASE, {2027: Decimal(1)}, {})


def test_a_rule_with_a_gap_is_refused() -> None:
    for steps in ((), (RateStep(Decimal("0.9"), Decimal(0)),)):
        with pytest.raises(GepError, match="begin at 0"):
            RateRule(indicator=Text("x", "x"), targets={}, steps=steps, lowest=Decimal(0),
                     highest=Decimal(1))  # fmt: skip
    with pytest.raises(GepError, match="above the cap"):
        RateRule(indicator=Text("x", "x"), targets={}, steps=RULE.steps, lowest=Decimal(1),
                 highest=Decimal(0))  # fmt: skip


# Early and late


def test_paying_half_early_by_hand() -> None:
    # 1,000 at 10 %, after 180 of 360 days: 50.00 of interest, 500 paid, 1 % fee of that
    early = repay_early(loan(), date(2026, 7, 15), Decimal(500), Decimal("0.01"))
    assert (str(early.interest), str(early.fee)) == ("50.00", "5.00")
    assert early.paid == 555
    assert early.after is not None
    first, second = early.after.instalments
    assert (first.due, second.due) == (date(2027, 1, 15), date(2028, 1, 15))
    # P = 500 / (1/1.05 + 1/(1.05 x 1.1)) = 275; interest 25.00 of the half year
    assert (str(first.payment), str(first.interest)) == ("275.00", "25.00")
    assert second.closing == 0


def test_due_dates_stay_at_the_ends_of_months() -> None:
    made = loan(drawn=date(2027, 1, 31), instalments=6, every="monthly")
    early = repay_early(made, date(2027, 2, 10), Decimal(100), Decimal(0))
    assert early.after is not None
    # 02-28, 03-31, 04-30 ..., and again after a second payment
    assert [one.due for one in early.after.instalments] == [one.due for one in made.instalments]
    again = repay_early(early.after, date(2027, 3, 10), Decimal(100), Decimal(0))
    assert again.after is not None
    assert again.after.instalments[-1].due == made.end == date(2027, 7, 31)


def test_paying_all_early_leaves_nothing() -> None:
    early = repay_early(loan(), date(2027, 1, 15), Decimal("523.81"), Decimal(0))
    assert early.after is None
    assert early.interest == 0  # the first instalment was paid that day


def test_a_rate_that_changes_in_the_running_period_is_kept() -> None:
    change = RateChange(date(2027, 3, 15), Decimal("0.06"))
    made = loan(drawn=date(2027, 1, 1), instalments=12, every="monthly", rate=Decimal("0.04"),
                rate_changes=(change,))  # fmt: skip
    # .06 from the period that begins on 2027-04-01, whether it is paid early before or after 03-15
    for day in (date(2027, 3, 10), date(2027, 3, 20)):
        early = repay_early(made, day, Decimal(100), Decimal(0))
        assert early.after is not None
        assert [one.rate for one in early.after.instalments] == [
            one.rate for one in made.instalments[2:]
        ]


@given(
    day=st.dates(DRAWN, date(2030, 12, 31)),
    share=st.decimals("0.01", "1", places=2),
    repayment=st.sampled_from(["annuity", "equal-principal", "bullet"]),
)
@settings(deadline=None)
def test_principal_paid_early_and_later_is_the_loan(
    day: date, share: Decimal, repayment: str
) -> None:
    made = loan(instalments=60, every="monthly", repayment=repayment, grace=3)
    principal = (made.balance(day) * share).quantize(Decimal("0.01"))
    early = repay_early(made, day, principal, Decimal(0))
    before = sum(r.principal for r in made.instalments if r.due <= day)
    later = sum(r.principal for r in early.after.instalments) if early.after else 0
    assert before + early.principal + later == made.terms.amount
    if early.after:
        assert early.after.end == made.end
        assert early.interest + early.after.interest <= made.interest


def test_early_payments_that_cannot_be_are_refused() -> None:
    for day, amount in ((date(2025, 1, 1), 10), (date(2028, 1, 15), 10), (DRAWN, 1001)):
        with pytest.raises(GepError, match="early on"):
            repay_early(loan(), day, Decimal(amount), Decimal(0))


def test_penalty_interest_by_hand() -> None:
    # 10,000 at 4.35 % and half as much again, 30 days of 360: 10,000 x .06525 / 12 = 54.375
    days = DAY_COUNTS["actual/360"]
    late = overdue_interest(
        Decimal(10_000), BASE, Decimal("0.5"), date(2026, 3, 1), date(2026, 3, 31), days
    )
    assert str(late) == "54.38"
    with pytest.raises(GepError, match="before the due date"):
        overdue_interest(Decimal(1), BASE, Decimal(0), date(2026, 3, 2), date(2026, 3, 1), days)


# The record


def green(**more: object) -> GreenLoan:
    facts: dict[str, object] = {
        "report_date": date(2026, 6, 30), "bank": "农商行", "branch": "安吉", "loan_id": "L1",
        "borrower_id": "B1", "borrower_size": "小型", "use_class": "4.1.1", "industry": "A02",
        "balance": Decimal(300_000), "overdue": Decimal(0), "five_class": "正常",
        "guarantee_type": "质押", "collateral_right": "CARB_F", "rate": BASE,
        "term": date(2031, 6, 30), "total_investment": Decimal(1_200_000),
        "co2e": Decimal(400), "method": "CCER-14-001", "verifier": "",
    }  # fmt: skip
    return GreenLoan(**(facts | more))  # type: ignore[arg-type]


def test_a_benefit_is_reported_by_the_loans_share_of_the_investment() -> None:
    row = green().record()
    assert row["share"] == Decimal("0.25")
    assert row["co2e"] == 100  # 400 t x .25
    assert row["so2"] is None


def test_the_columns_are_those_of_the_reference() -> None:
    # lending.md 2.6
    assert ",".join(COLUMNS) == (
        "report_date,bank,branch,loan_id,borrower_id,borrower_size,use_class,industry,balance,"
        "overdue,five_class,guarantee_type,collateral_right,rate,term,total_investment,share,"
        "tce,co2e,cod,nh3n,so2,nox,water,method,verifier"
    )
    (row,) = csv.DictReader(as_csv([green()]).splitlines())
    assert tuple(row) == COLUMNS
    assert row["bank"] == "农商行"
    assert row["so2"] == ""


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_the_loans_of_a_project_report_its_benefit_once(parts: list[int]) -> None:
    whole = Decimal(sum(parts))
    rows = [green(balance=Decimal(p), total_investment=whole).record() for p in parts]
    assert sum(Decimal(str(r["co2e"])) for r in rows) == pytest.approx(Decimal(400))
    assert set(BENEFITS) < set(COLUMNS)


def test_a_loan_above_the_investment_is_refused() -> None:
    with pytest.raises(GepError, match=r"L1.*total investment"):
        green(total_investment=Decimal(1))
