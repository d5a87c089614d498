"""A valuation made again on later days: nothing forgotten, nothing twice, days where they were."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from data_catalog.errors import ProjectError
from lending.loans.ladder import standing
from lending.prices.rows import PriceRow
from lending.valuation.facts import Facts, PricePoint
from lending.valuation.result import Results, Valuation, Vintage, recompute
from lending.valuation.value import value
from lending.valuation.worked import worked
from lending.watch.book import known_events
from lending.watch.credited import vintage_notices
from lending.watch.notices import ladder_of
from lending.watch.revaluation import at_price, by_the_plan, planned, with_vintages, without_land
from lending.watch.watching import calendar_notices, stood
from tests.lending.valuation.conftest import BASE, COSTS, FREE, holding_s03, price_facts
from tests.lending.watch.test_watch import pledged, receipts

RATE = 0.06
ACT = {"discount": {"rate": RATE, "source": "SYN", "day_count": "act/365"}}


def row(day: date, price: float = 60) -> PriceRow:
    return PriceRow.model_validate(price_facts(price, first_day=day, last_day=day)["row"])


def on(first: Valuation, day: date, price: float = 60) -> Valuation:
    return at_price(first, row(day, price), day)


def receipt_days(found: Results) -> list[date]:
    return [one.day for one in found.payments if one.kind == "receipt"]


def yearly(**changes: Any) -> Valuation:
    """The holding as a table: 3,510 net a year with 15 % of it as its error."""
    rows = tuple(
        Vintage(parcel_id="p", vintage_from=date(2026 + k, 1, 1), vintage_to=date(2027 + k, 1, 1),
                net_tCO2e=3510, se_tCO2e=3510 * 0.15, kind="ex_ante")
        for k in range(10)
    )  # fmt: skip
    facts: dict[str, Any] = {"holding": None, "tonnes": {"deducted": ["buffer", "leakage"]}}
    return value(holding_s03(vintages=rows, **(facts | changes)))


# 3,900 t a year gross; x 0.9 x (1 - 1.281552 x 0.15) = 2,835.263 t net at the lower bound. Every
# five years 14,176.316 t are verified, for 40,000, and sold a year later: x 60 x 0.98 =
# 833,567.35, on 1 January 2032 and 2037. 2,000 a year until 2036. 6 %; haircuts leave
# 0.75 x 0.9 x 0.95 x 0.85 = 0.5450625. The loan is 300,000.
#   2027  833,567.35 (1.06^-5 + 1.06^-10) - 40,000 (1.06^-4 + 1.06^-9) - 2,000 x 6.801692
#         = 622,890.4 + 465,459.9 - 31,683.7 - 23,675.9 - 13,603.4 = 1,019,387.3  x 0.5450625
#         = 555,629: a loan-to-value of 54.0 %. Each year more, as the payments come nearer.
#   2031  verified that day, paid in a year: 833,567.35 (1.06^-1 + 1.06^-6)
#         - 40,000 x 1.06^-5 - 2,000 x 4.212364 = 1,335,701  x 0.5450625 = 728,041
#   2032  paid that day: 833,567.35 x 1.06^-5 - 40,000 x 1.06^-4 - 2,000 x 3.465106 = 584,276
#         x 0.5450625 = 318,467: 94.2 %. The money came, and the loan was not paid back from it.
BY_YEAR = [
    (2027, 555_629, "GREEN"), (2028, 590_057, "GREEN"), (2029, 626_551, "GREEN"),
    (2030, 665_234, "GREEN"), (2031, 728_041, "GREEN"), (2032, 318_467, "RED"),
]  # fmt: skip


@pytest.mark.parametrize(("year", "worth", "zone"), BY_YEAR)
def test_an_intact_forest_keeps_its_colour_until_its_tonnes_are_paid(
    year: int, worth: float, zone: str
) -> None:
    first = value(holding_s03())
    lent = on(first, date(year, 1, 1)).results.lending_value
    assert float(lent) == pytest.approx(worth, abs=1)
    found = standing(Decimal(300_000), lent, ladder_of(first.inputs.policy),
                     last_value=first.results.lending_value)  # fmt: skip
    assert found.zone.name == zone


def test_a_planned_payment_is_no_fall_of_value_and_a_price_that_fell_is_one() -> None:
    """728,041 on 1 January 2031 and 318,467 a year later, as was planned: the loan is small."""
    first = value(holding_s03())
    day = date(2032, 1, 1)
    assert float(planned(first, day)) == pytest.approx(318_467, abs=1)
    for price, zone, reasons in ((60, "GREEN", 0), (30, "RED", 1)):
        loan = replace(pledged("a", first), principal=Decimal(30_000))
        ((notice, _),) = calendar_notices([loan], [row(day, price)], (), day)
        assert (notice.zone, len(notice.reasons)) == (zone, reasons)


def test_a_notice_says_what_a_value_that_is_above_the_first_has_fallen_from() -> None:
    """506,798 at first, 728,041 by the plan on the day, 540,810 at 45 a tonne."""
    day = date(2031, 1, 1)
    loan = replace(pledged("a", value(holding_s03())), principal=Decimal(30_000))
    ((notice, _),) = calendar_notices([loan], [row(day, 45)], (), day)
    assert notice.after is not None
    assert notice.after.lending_value > notice.before.lending_value
    (reason,) = notice.reasons
    fall = 1 - notice.after.lending_value / planned(loan.valuation, day)
    # to the cent it is the figure of BY_YEAR for 2031
    assert "CNY 728,040.71 that the plan gives for the day by" in reason.en
    assert "较按计划当日应有的 728,040.71 元下降" in reason.zh
    assert f"{fall:.2%}" in reason.en


def test_a_price_that_follows_its_path_is_no_fall_of_value() -> None:
    """From 60 to 30 in three years: 40 after two of them was expected."""
    inputs = holding_s03(policy=ACT)
    path = inputs.facts.price.model_copy(update={"points": (PricePoint(years=3, price=30),)})
    facts = inputs.facts.model_copy(update={"price": path})
    first = value(inputs.model_copy(update={"facts": facts}))
    day = BASE + timedelta(days=730)
    held = on(first, day, 40).results.lending_value
    assert float(planned(first, day)) == pytest.approx(float(held), abs=1)


months, lags = st.sampled_from([6, 12, 36, 60]), st.sampled_from([0, 6, 12, 24])
days = st.tuples(st.integers(1, 3640), st.integers(1, 3640)).map(sorted)


def after(number: int) -> date:
    return BASE + timedelta(days=number)


@settings(max_examples=25)
@given(cycle=st.tuples(months, lags), span=days)
def test_of_two_days_the_later_has_the_payments_that_are_left(
    cycle: tuple[int, int], span: list[int]
) -> None:
    """V(d2) = [V(d1) - present value of what is paid after d1 until d2] (1 + r)^(d2 - d1)."""
    monitoring, lag = cycle
    first = value(holding_s03(
        policy=ACT, costs=COSTS | {"monitoring_yearly": "0"},
        cycle={"monitoring_months": monitoring, "lag_months": lag},
    ))  # fmt: skip
    one, other = (on(first, after(number)) for number in span)
    paid = sum(float(p.discounted) for p in one.results.payments if p.day <= after(span[1]))
    grown = (1 + RATE) ** ((span[1] - span[0]) / 365)
    assert float(other.results.value) == pytest.approx(
        (float(one.results.value) - paid) * grown, abs=1
    )


@settings(max_examples=25)
@given(cycle=st.tuples(months, lags), span=days)
def test_between_two_payments_an_intact_forest_is_never_worth_less(
    cycle: tuple[int, int], span: list[int]
) -> None:
    """With yearly costs too: those of the years that are over are not owed any more."""
    monitoring, lag = cycle
    first = value(holding_s03(
        policy=ACT, cycle={"monitoring_months": monitoring, "lag_months": lag}
    ))  # fmt: skip
    one, other = (on(first, after(number)) for number in span)
    if not any(after(span[0]) < day <= after(span[1]) for day, _ in receipts(first)):
        assert other.results.lending_value >= one.results.lending_value


@settings(max_examples=15)
@given(span=days, table=st.booleans())
def test_a_way_by_another_day_leads_to_the_same_value(span: list[int], table: bool) -> None:
    first = yearly() if table else value(holding_s03())
    between, last = (after(number) for number in span)
    by = on(on(first, between), last)
    straight = on(first, last)
    assert by.inputs == straight.inputs
    assert by.results == straight.results
    assert recompute(by.to_json()).results == by.results


# On the day, and half a year after it, of what was verified and is not paid; and once it is paid.
@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2031, 1, 1), date(2031, 7, 1),
                                 date(2032, 1, 1), date(2035, 7, 1), date(2036, 1, 1)])  # fmt: skip
def test_a_table_of_vintages_gives_what_the_constant_form_gives_on_later_days(day: date) -> None:
    held, table = on(value(holding_s03()), day), on(yearly(), day)
    # years are counted by the calendar: a day or two of growth lie between both
    want = float(held.results.lending_value)
    assert float(table.results.lending_value) == pytest.approx(want, rel=1e-3)


def test_tonnes_that_were_to_be_paid_count_only_where_they_are_issued() -> None:
    """Verified on 1 January 2031 and paid a year later: the years to 2030; 3,000 t came of one."""

    def left(day: date, kind: str) -> float:
        first = yearly()
        came = first.inputs.vintages[4].model_copy(update={"kind": kind, "net_tCO2e": 3000.0})
        return float(on(with_vintages(first, [came]), day).results.tonnes_mean)

    for kind in ("ex_ante", "monitored", "issued"):
        assert left(date(2031, 7, 1), kind) == pytest.approx(9 * 3510 + 3000)
    assert left(date(2032, 7, 1), "ex_ante") == pytest.approx(5 * 3510)
    assert left(date(2032, 7, 1), "monitored") == pytest.approx(5 * 3510)
    assert left(date(2032, 7, 1), "issued") == pytest.approx(5 * 3510 + 3000)


def test_of_what_was_monitored_across_a_payment_the_days_after_it_are_left() -> None:
    """Six years in one row; those to 2030 were paid on 1 January 2032, and 2031 is 365 of 2,191."""
    six = yearly().inputs.vintages[0].model_copy(update={
        "vintage_to": date(2032, 1, 1), "net_tCO2e": 6 * 3510.0, "kind": "monitored"
    })  # fmt: skip
    left = on(with_vintages(yearly(), [six]), date(2032, 7, 1)).results.tonnes_mean
    assert float(left) == pytest.approx(3510 * (4 + 6 * 365 / 2191), rel=1e-3)


@pytest.mark.parametrize("kind", ["monitored", "issued"])
def test_tonnes_that_came_after_the_base_date_are_paid_when_the_plan_says(kind: str) -> None:
    """As many as expected, they are worth what they were; fewer, less, however many years are in.

    Issued are as many as the lower bound was, which is what was lent on.
    """
    first = yearly()
    for years in (1, 5, 9):
        for share in (1.0, 0.9):
            net = 3510 * share * (1 if kind == "monitored" else 1 - 0.15 * 1.2815516)
            rows = [
                one.model_copy(update={
                    "kind": kind, "net_tCO2e": net, "se_tCO2e": 0.15 * 3510 * share,
                })
                for one in first.inputs.vintages[:years]
            ]  # fmt: skip
            now = with_vintages(first, rows).results
            assert receipt_days(now) == receipt_days(first.results)
            if share == 1:
                assert float(now.value) == pytest.approx(float(first.results.value), abs=1)
            else:
                assert now.value < first.results.value


def test_tonnes_that_a_table_has_as_monitored_and_as_issued_count_once() -> None:
    first = yearly()
    monitored, issued = (
        first.inputs.vintages[0].model_copy(update={"kind": kind, "net_tCO2e": net})
        for kind, net in (("monitored", 3400.0), ("issued", 3300.0))
    )
    want = with_vintages(first, [issued])
    for rows in ([monitored, issued], [issued, monitored]):
        assert with_vintages(first, rows) == want
        ((notice, found),) = vintage_notices([pledged("p", first)], rows, (), date(2027, 3, 1))
        assert found == want
        # 3,510 were expected
        assert "Of 1 vintages 3,300.000 tCO2e were monitored or issued; 3,510" in notice.what.en


@pytest.mark.parametrize("serials", [("", ""), ("A-1", "A-2500")])
def test_a_table_that_tells_of_issued_units_again_does_not_add_them(
    serials: tuple[str, str],
) -> None:
    """The year after, the table has the row of the first year once more, and a second one."""
    first = pledged("p", yearly())
    one, two = (
        row.model_copy(update={"kind": "issued", "net_tCO2e": 2500.0})
        for row in first.valuation.inputs.vintages[:2]
    )
    one = one.model_copy(update=dict(zip(("serial_from", "serial_to"), serials, strict=True)))
    ((told, _),) = vintage_notices([first], [one], (), date(2027, 3, 1))
    (then,) = stood([first], [told])
    known = known_events([told])
    ((notice, found),) = vintage_notices([then], [one, two], known, date(2028, 3, 1))
    assert notice.problem is None
    assert found == with_vintages(first.valuation, [one, two])
    # eight years are still expected
    assert float(found.results.tonnes_mean) == pytest.approx(2 * 2500 + 8 * 3510)


def test_what_was_monitored_at_first_counts_until_the_first_payment() -> None:
    first = yearly()
    early = first.inputs.vintages[0].model_copy(update={
        "kind": "monitored", "vintage_from": date(2025, 1, 1), "vintage_to": date(2026, 1, 1)
    })  # fmt: skip
    both = value(first.inputs.model_copy(update={"vintages": (early, *first.inputs.vintages)}))
    for day, years in ((date(2026, 7, 1), 11), (date(2031, 7, 1), 11), (date(2032, 1, 1), 5)):
        assert float(on(both, day).results.tonnes_mean) == pytest.approx(years * 3510)


def test_what_is_verified_is_not_verified_again_and_waits_for_its_payment() -> None:
    first = value(holding_s03())
    waiting = on(first, date(2031, 7, 1))
    assert [day for day, _ in receipts(waiting)] == [date(2032, 1, 1), date(2037, 1, 1)]
    assert [one.day for one in waiting.results.payments if one.kind == "verification"] == [
        date(2036, 1, 1)
    ]
    (grown,) = (one for one in waiting.steps if one.id == "tonnes_grown")
    # five and a half years at 2,835.263 t; half a year is 181 days of 365
    assert float(grown.amount) == pytest.approx(2835.263 * (5 + 181 / 365), rel=1e-3)


def test_tonnes_that_stopped_growing_still_wait_for_their_verification() -> None:
    # the last vintage ends with 2035, T in mid 2036, and the verification is on 1 March 2036
    cycle = {"monitoring_months": 60, "lag_months": 12, "first_verification": date(2031, 3, 1)}
    ends = {"crediting": date(2036, 7, 1), "tenure": 30.0, "programme": 20.0}
    first = yearly(cycle=cycle, ends=ends)
    left = on(first, date(2036, 2, 1))
    # after 1 March 2031 all of 2032 to 2035 grew, and 306 of the 365 days of 2031
    assert float(left.results.tonnes_mean) == pytest.approx(3510 * (4 + 306 / 365), rel=1e-3)
    assert [day for day, _ in receipts(left)] == [date(2037, 3, 1)]


def test_what_is_verified_is_out_of_the_reach_of_a_fire_in_the_draws() -> None:
    holding = {"area_mu": 10_000, "yield_tCO2e_per_mu": 0.39, "cv": 0, "source": "SYN"}
    draws = {
        "draws": 100, "seed": 1, "price": {"model": "gbm", "volatility": 0, "source": "SYN"},
        "events": [{"name": "fire", "yearly_probability": 1, "loss_share": 0.5, "source": "SYN"}],
    }  # fmt: skip
    first = value(holding_s03(holding=holding, costs=FREE, simulation=draws, policy=ACT))
    found = on(first, date(2031, 7, 1)).results.draws
    assert found is not None
    # 17,559.6 t (1,826 days) at 60, in 184 days; of as many again, verified in 1,645 days, half is
    # lost in each of five years, and the rest paid in 2,011 days
    tonnes = 3510 * 1826 / 365 * 60
    want = tonnes * (1.06 ** (-184 / 365) + 0.5**5 * 1.06 ** (-2011 / 365))
    assert float(found.p50) == pytest.approx(want, rel=1e-6)


def test_land_that_is_all_gone_is_worth_nothing_on_a_later_day_too() -> None:
    later = on(value(holding_s03()), date(2030, 1, 1))
    assert without_land(later, {}, 1.0, {}).results.lending_value == 0


def test_once_the_crediting_is_over_units_count_and_what_was_only_monitored_does_not() -> None:
    """3,000 t of the last year, on the day after it."""
    for kind, left in (("issued", 3000), ("monitored", 0), ("ex_ante", 0)):
        last = yearly().inputs.vintages[9].model_copy(update={"kind": kind, "net_tCO2e": 3000.0})
        first = with_vintages(yearly(), [last])
        over = on(first, date(2036, 1, 1))
        assert over.results.tonnes_mean == left
        assert by_the_plan(first, over).en.endswith("any more, but for what is told as issued.")
        assert "除已签发的以外" in by_the_plan(first, over).zh


def test_nothing_counts_once_the_crediting_is_over_and_it_is_said() -> None:
    first = value(holding_s03())
    over = on(first, date(2036, 1, 1))
    assert (over.results.tonnes_mean, over.results.lending_value) == (0, 0)
    assert "end of crediting (2036-01-01) has passed" in by_the_plan(first, over).en


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2030, 12, 31), ()),
        (date(2031, 1, 1), ("verified on 2031-01-01", "paid, on 2032-01-01")),
        (date(2032, 1, 1), ("14,176.316 tCO2e", "before 2031-01-01", "CNY 833,567.35")),
    ],
)
def test_a_notice_says_what_the_plan_takes_as_verified_and_paid(
    day: date, said: tuple[str, ...]
) -> None:
    first = value(holding_s03())
    words = by_the_plan(first, on(first, day))
    assert all(part in words.en for part in said)
    assert bool(words.en) is bool(words.zh) is bool(said)
    ((notice, _),) = calendar_notices([pledged("p", first)], [row(day)], (), day)
    assert notice.what.en.endswith(words.en)
    assert notice.what.zh.endswith(words.zh)


def test_a_cycle_says_since_when_tonnes_count_and_what_is_paid_next() -> None:
    def made(**cycle: Any) -> Valuation:
        return value(holding_s03(cycle={"monitoring_months": 60, "lag_months": 12} | cycle))

    with pytest.raises(ValidationError, match="after the base date 2026-01-01"):
        Facts.model_validate(holding_s03().facts.model_dump() | {
            "cycle": {"monitoring_months": 60, "lag_months": 12, "grown_since": date(2026, 1, 2)}
        })  # fmt: skip
    since = date(2020, 1, 1)
    with pytest.raises(ProjectError, match="2025-01-01 is paid by the base date 2026-01-01"):
        made(grown_since=since, first_verification=date(2025, 1, 1))
    with pytest.raises(ProjectError, match="2020-01-01 is not after grown_since 2020-01-01"):
        made(grown_since=since, first_verification=since)
    with pytest.raises(ProjectError, match="2026-01-01 is not after the base date 2026-01-01"):
        made(first_verification=BASE)
    # three years before the base date and ten after it
    found = made(grown_since=date(2023, 1, 1)).results
    assert float(found.tonnes_mean) == pytest.approx(3510 * 13)


def with_points(*points: tuple[float, float]) -> Valuation:
    made = holding_s03()
    path = made.facts.price.model_copy(
        update={"points": tuple(PricePoint(years=y, price=p) for y, p in points)}
    )
    facts = made.facts.model_copy(update={"price": path})
    return value(made.model_copy(update={"facts": facts}))


def paid_at(valuation: Valuation) -> dict[date, Decimal | None]:
    return {p.day: p.price for p in valuation.results.payments if p.kind == "receipt"}


def test_points_of_a_path_stay_the_days_they_are() -> None:
    # 60 falls to 50 on 1 January 2030 and to 44 on 1 January 2034; payments are of 2032 and 2037
    first = with_points((4.0, 50.0), (8.0, 44.0))
    assert paid_at(first) == {date(2032, 1, 1): Decimal("47.00"), date(2037, 1, 1): Decimal(44)}
    # where the market went as the path says, the payments are those that were expected: 55 in 2028
    assert paid_at(on(first, date(2028, 1, 1), 55)) == paid_at(first)
    # a tenth above the path in 2031, 53.35 of 48.5: all that is to come is a tenth more
    assert paid_at(on(first, date(2031, 1, 1), 53.35)) == {
        date(2032, 1, 1): Decimal("51.70"), date(2037, 1, 1): Decimal("48.40")
    }  # fmt: skip
    # behind the last point the price stays what it is
    assert paid_at(on(first, date(2035, 1, 1), 30)) == {date(2037, 1, 1): Decimal(30)}


def test_two_points_of_one_day_are_one_on_a_later_day() -> None:
    first = with_points((4.0, 50.0), (4.0001, 49.0))
    later = on(first, date(2027, 1, 1), 57.5)
    assert [point.price for point in later.inputs.facts.price.points] == pytest.approx([49.0])
    assert recompute(later.to_json()).results == later.results


def test_another_right_ends_on_the_day_it_ends() -> None:
    right = {"right": "compensation", "yearly_income": "1000", "until": 4.0, "source": "SYN"}
    first = value(holding_s03(other_rights=[right]))
    # 1,000 a year for four years, and for two of them: 1,000 x 3.465106 and x 1.833393
    assert first.results.other_rights[0].value == Decimal("3465.11")
    assert on(first, date(2028, 1, 1)).results.other_rights[0].value == Decimal("1833.39")
    assert on(first, date(2031, 1, 1)).results.other_rights[0].value == 0


@pytest.mark.parametrize("day", [date(2026, 7, 1), date(2031, 7, 1), date(2035, 7, 1)])
def test_the_income_of_a_year_never_counts_what_grew_before(day: date) -> None:
    # 2,835.263 t at 60
    for first in (value(holding_s03()), yearly()):
        assert worked(on(first, day).inputs).yearly_income == pytest.approx(170_115.79, abs=0.01)
