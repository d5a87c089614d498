"""Schedules: by hand, against two libraries, and the laws that hold for any loan."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy_financial as npf
import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import GepError
from lending.loans.day_count import DAY_COUNTS, months_after
from lending.loans.schedule import Schedule, annuity, check_tenure, schedule
from lending.loans.terms import FREQUENCIES, REPAYMENTS, RateChange, Terms


def loan(amount: str, rate: str, instalments: int, **more: Any) -> Schedule:
    given_ = {"drawn": date(2026, 1, 15)} | more
    return schedule(
        Terms(amount=Decimal(amount), rate=Decimal(rate), instalments=instalments, **given_)
    )


def test_an_annuity_by_hand() -> None:
    # 1,000 at 10 % a year in two yearly payments: P = 1,000 / (1/1.1 + 1/1.21) = 576.190...
    # year 1: interest 100.00, principal 476.19; year 2: 523.81 x .1 = 52.38, the rest 523.81
    one, two = loan("1000", "0.10", 2, every="yearly").instalments
    assert (one.payment, one.interest, one.principal, one.closing) == tuple(
        map(Decimal, ("576.19", "100.00", "476.19", "523.81"))
    )
    assert (two.payment, two.interest, two.principal, two.closing) == tuple(
        map(Decimal, ("576.19", "52.38", "523.81", "0.00"))
    )


def test_equal_principal_by_hand() -> None:
    # 1,000 in three: 333.33 twice and 333.34 at last; interest 10 % of 1,000, 666.67, 333.34
    rows = loan("1000", "0.10", 3, every="yearly", repayment="equal-principal").instalments
    assert [str(r.principal) for r in rows] == ["333.33", "333.33", "333.34"]
    assert [str(r.interest) for r in rows] == ["100.00", "66.67", "33.33"]


def test_a_bullet_with_grace_pays_interest_until_the_end() -> None:
    # 300,000 at 4.35 % quarterly: 3,262.50 each
    made = loan("300000", "0.0435", 4, every="quarterly", repayment="bullet")
    assert [str(r.payment) for r in made.instalments] == [*["3262.50"] * 3, "303262.50"]


def test_principal_waits_for_the_end_of_the_grace() -> None:
    rows = loan("1200", "0.12", 4, grace=2).instalments
    assert [r.principal for r in rows[:2]] == [0, 0]
    assert [str(r.payment) for r in rows[:2]] == ["12.00", "12.00"]
    # two payments at 1 % a month: 1,200 / (1/1.01 + 1/1.0201) = 609.0149
    assert [str(r.payment) for r in rows[2:]] == ["609.01", "609.02"]


@pytest.mark.parametrize(
    ("years", "rate", "factor"),
    [(10, "0.0435", 7.971401), (15, "0.0435", 10.851154), (15, "0.06", 9.712249),
     (20, "0.06", 11.469921)],
)  # fmt: skip
def test_the_annuity_factors_of_the_reference(years: int, rate: str, factor: float) -> None:
    # lending.md 4.4: a balance equal to the factor takes payments of 1
    payment = annuity(Decimal(1), [Decimal(rate)] * years)
    assert float(1 / payment) == pytest.approx(factor, abs=5e-7)


rates = st.decimals("0", "0.36", places=4)


@given(amount=st.decimals("1000", "9999999", places=2), rate=rates, n=st.integers(1, 360))
def test_two_libraries_agree_on_the_annuity(amount: Decimal, rate: Decimal, n: int) -> None:
    period = float(rate) / 12
    ours = float(annuity(amount, [rate / 12] * n))
    assert ours == pytest.approx(-npf.pmt(period, n, float(amount)), rel=1e-9)
    assert ours == pytest.approx(-pyxirr.pmt(period, n, float(amount)), rel=1e-9)


@given(rate=st.decimals("0.001", "0.36", places=4), n=st.integers(2, 120))
@settings(max_examples=40)
def test_two_libraries_find_the_rate_again_in_the_payments(rate: Decimal, n: int) -> None:
    made = loan("1000000", str(rate), n)
    flows = [-1_000_000.0, *(float(r.payment) for r in made.instalments)]
    found = pyxirr.irr(flows)
    assert found is not None
    assert found * 12 == pytest.approx(float(rate), abs=1e-6)
    assert npf.irr(flows) * 12 == pytest.approx(float(rate), abs=1e-6)


def test_the_interest_of_a_period_agrees_with_numpy_financial() -> None:
    made = loan("300000", "0.0435", 60)
    interest = npf.ipmt(0.0435 / 12, list(range(1, 61)), 60, -300_000)
    ours = [float(r.interest) for r in made.instalments]
    assert ours == pytest.approx(interest.tolist(), abs=0.02)  # each rounded to the cent


terms = st.builds(
    Terms,
    amount=st.decimals("0.01", "99999999", places=2),
    rate=st.decimals("0", "0.99", places=4),
    drawn=st.dates(date(1999, 1, 1), date(2060, 12, 31)),
    instalments=st.integers(7, 130),
    every=st.sampled_from(list(FREQUENCIES)),
    repayment=st.sampled_from(list(REPAYMENTS)),
    grace=st.integers(0, 6),
    day_count=st.sampled_from(list(DAY_COUNTS)),
)


@given(terms)
@settings(max_examples=150, deadline=None)
def test_any_loan_ends_at_exactly_nothing_and_adds_up(of: Terms) -> None:
    made = schedule(of)
    rows = made.instalments
    assert rows[-1].closing == 0
    assert len(rows) == of.instalments
    assert sum(r.principal for r in rows) == of.amount
    assert made.paid == of.amount + made.interest
    opening = of.amount
    for row in rows:
        assert row.opening == opening
        assert row.closing == opening - row.principal
        assert row.principal >= 0
        assert row.interest >= 0
        assert row.payment.as_tuple().exponent >= -2  # type: ignore[operator]
        opening = row.closing
    assert all(r.principal == 0 for r in rows[: of.grace])


@given(terms)
@settings(max_examples=60, deadline=None)
def test_without_interest_nothing_but_the_amount_is_paid(of: Terms) -> None:
    free = Terms(
        amount=of.amount, rate=Decimal(0), drawn=of.drawn, instalments=of.instalments,
        repayment=of.repayment, grace=of.grace,
    )  # fmt: skip
    assert schedule(free).paid == of.amount


def test_one_period_pays_all_at_once() -> None:
    for repayment in REPAYMENTS:
        made = loan("5000", "0.06", 1, every="yearly", repayment=repayment)
        assert [str(r.payment) for r in made.instalments] == ["5300.00"]


def test_a_cent_can_be_lent_over_thirty_years() -> None:
    made = loan("0.01", "0.05", 360)
    assert made.paid >= Decimal("0.01")
    assert made.instalments[-1].closing == 0


# Days


def test_a_loan_of_the_31st_falls_due_on_the_last_day_of_shorter_months() -> None:
    made = loan("1200", "0", 4, drawn=date(2024, 1, 31))
    dues = [r.due.isoformat() for r in made.instalments]
    assert dues == ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]
    assert months_after(date(2023, 12, 31), 2) == date(2024, 2, 29)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("days", "year", "interest"),
    [
        ("30/360", 2024, "1000.00"),
        ("actual/360", 2024, "1016.67"),  # 366 / 360
        ("actual/360", 2025, "1013.89"),  # 365 / 360
        ("actual/365", 2024, "1002.74"),  # 366 / 365
        ("actual/actual", 2024, "1000.00"),
        ("actual/actual", 2025, "1000.00"),
    ],
)
def test_a_year_of_interest_by_day_count(days: str, year: int, interest: str) -> None:
    made = loan("10000", "0.10", 1, every="yearly", drawn=date(year, 1, 1), day_count=days)
    assert str(made.interest) == interest


@pytest.mark.parametrize("day", [15, 28, 29, 30, 31])
def test_every_month_of_thirty_days_costs_the_same(day: int) -> None:
    made = loan("12000", "0.12", 26, drawn=date(2024, 1, day), repayment="bullet")
    assert {str(r.interest) for r in made.instalments} == {"120.00"}


def test_actual_actual_splits_a_period_at_new_year() -> None:
    # 2023-12-01 to 2024-03-01: 31 days of 365 and 60 of 366
    years = DAY_COUNTS["actual/actual"].years(date(2023, 12, 1), date(2024, 3, 1))
    assert float(years) == pytest.approx(31 / 365 + 60 / 366, rel=1e-15)


def test_thirty_days_a_month_between_any_days() -> None:
    # 15 January to 20 March: two months and five days of 360
    years = DAY_COUNTS["30/360"].years(date(2026, 1, 15), date(2026, 3, 20))
    assert float(years) == pytest.approx(65 / 360, rel=1e-15)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 2000), st.integers(0, 2000))
def test_actual_days_add_up(start: date, first: int, second: int) -> None:
    middle = start + timedelta(days=first)
    end = middle + timedelta(days=second)
    for name in ("actual/360", "actual/365", "actual/actual"):
        years = DAY_COUNTS[name].years
        total = float(years(start, middle) + years(middle, end))
        assert total == pytest.approx(float(years(start, end)), rel=1e-12, abs=1e-12)


def test_a_first_due_date_makes_a_first_period_of_its_own() -> None:
    made = loan("1000", "0.36", 2, drawn=date(2026, 1, 15), first_due=date(2026, 1, 25))
    # ten days of 360 at 36 %: 10.00; then a whole month of 3 % on what is left
    first, second = made.instalments
    assert str(first.interest) == "10.00"
    assert second.due == date(2026, 2, 25)
    assert second.interest == (first.closing * Decimal("0.03")).quantize(Decimal("0.01"))


def test_a_new_rate_is_paid_from_the_next_period_on_and_the_annuity_made_anew() -> None:
    change = RateChange(date(2026, 7, 1), Decimal("0.12"))
    made = loan("1200", "0", 12, rate_changes=(change,))
    rates_paid = [r.rate for r in made.instalments]
    # periods begin on the 15th: 15 July is the first after the change, the seventh instalment
    assert rates_paid == [Decimal(0)] * 6 + [Decimal("0.12")] * 6
    assert {r.payment for r in made.instalments[:6]} == {Decimal("100.00")}
    # 600 left over six months at 1 %: 600 / 5.795476 = 103.53
    assert {str(r.payment) for r in made.instalments[6:11]} == {"103.53"}
    assert made.instalments[-1].closing == 0


# Faults


def test_terms_that_make_no_sense_are_refused_all_at_once() -> None:
    with pytest.raises(GepError) as told:
        loan("-5.001", "4.35", 3, grace=3, every="daily", day_count="moon")
    said = told.value.say("en")
    for part in ("-5.001 CNY", "4.35", "fewer than all 3", "'daily'", "'moon'"):
        assert part in said
    assert "贷款金额" in told.value.say("zh")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "0", "100.001"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(GepError, match="the amount is"):
        loan(amount, "0.05", 3)


@pytest.mark.parametrize("instalments", [10**9, 9000])
def test_a_loan_beyond_the_calendar_is_refused(instalments: int) -> None:
    with pytest.raises(GepError, match="give fewer"):
        loan("100", "0.05", instalments, every="yearly")


def test_a_first_due_date_before_the_loan_is_refused() -> None:
    with pytest.raises(GepError, match="must be after the loan is drawn"):
        loan("100", "0.05", 3, first_due=date(2026, 1, 15))


@pytest.mark.parametrize(
    ("first_due", "due_day"),
    [(date(2027, 2, 27), 31), (date(2027, 2, 28), 27), (date(2027, 2, 28), 0)],
)
def test_a_due_day_that_is_not_that_of_the_first_due_date_is_refused(
    first_due: date, due_day: int
) -> None:
    with pytest.raises(GepError, match="due_day"):
        loan("1000", "0.1", 6, drawn=date(2027, 1, 31), first_due=first_due, due_day=due_day)


def test_a_right_that_ends_before_the_loan_is_refused_with_both_days() -> None:
    made = loan("100", "0.05", 3, every="yearly")
    check_tenure(made, date(2029, 1, 15))
    with pytest.raises(GepError, match=r"2029-01-15.*2029-01-14"):
        check_tenure(made, date(2029, 1, 14))
