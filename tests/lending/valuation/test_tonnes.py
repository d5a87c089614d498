"""Tonnes that can be lent against: bounds, ends, what is sold, what is deducted already."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import norm

from data_catalog.errors import GepError, ProjectError
from lending.paper import amounts
from lending.stress.of_valuation import shaken
from lending.stress.scenarios import combined, find_scenario
from lending.valuation.result import Gate, Inputs, Vintage, recompute
from lending.valuation.tonnes import lower_factor, percent
from lending.valuation.twice import check_counted_once
from lending.valuation.value import value, vintages_of
from lending.valuation.worked import stressed, worked
from lending.watch.revaluation import without_land
from sinks.credits.vintages import read_vintages
from tests.lending.valuation.conftest import FREE

Make = Callable[..., Inputs]


def vintage(
    year: int, net: float, *, se: float | None = 0, kind: str = "ex_ante", **more: Any
) -> Vintage:
    return Vintage.model_validate({
        "parcel_id": "p", "vintage_from": date(year, 1, 1), "vintage_to": date(year + 1, 1, 1),
        "net_tCO2e": net, "se_tCO2e": se, "kind": kind,
    } | more)  # fmt: skip


@pytest.fixture
def of_vintages(s03: Make) -> Make:
    def make(*rows: Vintage, **changes: Any) -> Inputs:
        facts = {
            "holding": None, "tonnes": {"deducted": ["buffer", "leakage"]}, "costs": FREE,
            "cycle": {"monitoring_months": 12, "lag_months": 0},
        }  # fmt: skip
        return s03(vintages=rows, **(facts | changes))

    return make


def test_the_lower_bound_is_one_sided() -> None:
    # 90 %: z = 1.281552, so 1 - 1.281552 x 0.15 = 0.8077672
    assert lower_factor(norm.ppf(0.90), 0.15) == pytest.approx(0.8077672, abs=1e-7)
    assert lower_factor(norm.ppf(0.90), np.array([0.0, 2.0])) == pytest.approx([1.0, 0.0])


def test_vintages_give_what_the_constant_form_gives(s03: Make, of_vintages: Make) -> None:
    # 3,900 gross, less a buffer of 10 %: 3,510 net a year with 15 % of it as its standard error
    rows = [vintage(2026 + k, 3510, se=3510 * 0.15) for k in range(10)]
    same = {"costs": s03().facts.costs, "cycle": {"monitoring_months": 60, "lag_months": 12}}
    assert worked(of_vintages(*rows, **same)).value == pytest.approx(929_798.68, abs=0.005)


def test_no_value_after_the_tenure(of_vintages: Make) -> None:
    rows = [vintage(2026 + k, 100) for k in range(5)]
    ends = {"crediting": 20.0, "tenure": date(2028, 7, 1), "programme": 20.0}
    of = worked(of_vintages(*rows, ends=ends))
    # two years, and of the third 182 of 366 days before July counted as 182/365 years of one year
    assert of.plan.future.sum() == pytest.approx(200 + 100 * 182 / 365)
    over = {"crediting": 20.0, "tenure": date(2025, 1, 1), "programme": 20.0}
    assert worked(of_vintages(*rows, ends=over)).value == 0


def test_past_and_future_are_priced_apart(of_vintages: Make) -> None:
    rows = (vintage(2024, 70, kind="issued"), vintage(2025, 50, kind="monitored"),
            vintage(2026, 30))  # fmt: skip
    cycle = {"monitoring_months": 12, "lag_months": 6}
    costs = FREE | {"verification": "100"}
    of = worked(of_vintages(*rows, cycle=cycle, costs=costs))
    # issued: 70 x 60 now; monitored: verified now for 100 and sold in half a year (181 days)
    later = 1.06 ** -(181 / 365)
    assert of.parts["past"] == pytest.approx(70 * 60 + 50 * 60 * later - 100)
    past, future = value(of.inputs).results.parts
    assert (past.lower, future.lower) == (120, 30)
    both = float(past.lending_value + future.lending_value)
    assert both == pytest.approx(of.lending_value, abs=0.011)


def test_past_tonnes_need_a_liquidity_haircut(of_vintages: Make) -> None:
    rows = (vintage(2025, 70, kind="issued"),)
    inputs = of_vintages(*rows, policy={"haircuts": []})
    with pytest.raises(ProjectError, match="liquidity"):
        worked(inputs)


def test_what_is_sold_promised_or_retired_is_worth_nothing(of_vintages: Make) -> None:
    rows = (vintage(2026, 100), vintage(2027, 100))
    assert worked(of_vintages(*rows)).plan.future == pytest.approx([100, 100])  # then it is over
    gone = {"reason": "sold", "tonnes": 100, "vintage_from": date(2026, 1, 1),
            "vintage_to": date(2027, 1, 1)}  # fmt: skip
    of = worked(of_vintages(*rows, withdrawn=[gone]))
    assert of.plan.future == pytest.approx([0, 100])  # the vintage that begins as the other ends
    assert of.plan.future_mean == pytest.approx([0, 100])  # nor is it drawn in the simulation
    # half sold of 100 with a bound of 100 - 1.281552 x 10: whole credits go, off both
    half = worked(of_vintages(vintage(2026, 100, se=10), withdrawn=[gone | {"tonnes": 50}]))
    assert half.plan.future_mean.sum() == pytest.approx(50)
    assert half.plan.future.sum() == pytest.approx(50 - 12.81552, abs=1e-5)
    with pytest.raises(ProjectError, match="these vintages have 100 t"):
        worked(of_vintages(*rows, withdrawn=[gone | {"tonnes": 101}]))


def test_nothing_is_deducted_twice_and_nothing_forgotten(of_vintages: Make) -> None:
    rows = (vintage(2026, 100),)
    twice = {"deducted": ["buffer", "leakage"], "buffer": 0.1}
    with pytest.raises(ProjectError, match="taken off again"):
        worked(of_vintages(*rows, tonnes=twice))
    with pytest.raises(ProjectError, match=r"tonnes\.leakage"):
        worked(of_vintages(*rows, tonnes={"deducted": ["buffer"]}))
    once = worked(of_vintages(*rows, tonnes={"deducted": ["leakage"], "buffer": 0.1}))
    assert once.plan.future.sum() == pytest.approx(90)


def test_a_row_without_an_error_counts_as_nothing(of_vintages: Make) -> None:
    none = vintage(2026, 100, se=None)
    # a bound of a higher level is lower, and will do; one of a lower level will not
    surer = vintage(2026, 100, se=None, lower_tCO2e=80, confidence=0.95)
    less_sure = vintage(2026, 100, se=None, lower_tCO2e=80, confidence=0.5)
    assert worked(of_vintages(none)).plan.future.sum() == 0
    assert worked(of_vintages(less_sure)).plan.future.sum() == 0
    assert worked(of_vintages(surer)).plan.future.sum() == pytest.approx(80)
    later = vintage(2027, 100, se=None)
    assert worked(of_vintages(later, surer)).plan.future.sum() == pytest.approx(80)


def test_what_counts_as_nothing_is_told_with_its_tonnes(of_vintages: Make) -> None:
    def bound(*rows: Vintage) -> Gate | None:
        gates = value(of_vintages(*rows)).results.gates
        return next((one for one in gates if one.id == "lower_bound"), None)

    none, known = vintage(2026, 100, se=None), vintage(2027, 50, se=5)
    assert bound(known) is None
    some, all_ = bound(none, known), bound(none)
    assert some is not None
    assert (some.level, some.value) == ("flag", 100)
    assert all_ is not None
    assert (all_.level, all_.value) == ("reject", 100)
    results = value(of_vintages(none)).results
    assert (results.lending_value, results.max_loan, results.bound_by) == (0, 0, "gate")
    assert results.tonnes_mean == 100  # the estimate is still shown


def test_no_draws_are_made_where_an_error_is_not_known(of_vintages: Make) -> None:
    draws = {"draws": 100, "seed": 1,
             "price": {"model": "gbm", "volatility": 0.2, "source": "SYN"}}  # fmt: skip
    known, none = vintage(2026, 100, se=5), vintage(2027, 100, se=None)
    assert value(of_vintages(known, simulation=draws)).results.draws is not None
    assert value(of_vintages(known, none, simulation=draws)).results.draws is None


def test_the_form_is_one_of_two(s03: Make, of_vintages: Make) -> None:
    with pytest.raises(ProjectError, match="table of vintages"):
        worked(of_vintages())
    with pytest.raises(ProjectError, match="table of vintages"):
        worked(s03(vintages=(vintage(2026, 1),)))


def test_a_table_of_vintages_is_read(tmp_path: Path, of_vintages: Make) -> None:
    file = tmp_path / "vintages.csv"
    file.write_text(
        "parcel_id,vintage_from,vintage_to,gross_tCO2e,net_tCO2e,se_tCO2e,lower_tCO2e,confidence,"
        "methodology,kind,serial_from,serial_to\n"
        "007,2026-01-01,2027-01-01,120,100,,85,0.90,ccer-14,ex_ante,,\n",
        encoding="utf-8",
    )
    (row,) = vintages_of(read_vintages(file))
    assert row.parcel_id == "007"
    assert row.se_tCO2e is None
    assert worked(of_vintages(row)).plan.future.sum() == 85


def test_a_row_without_tonnes_is_told(tmp_path: Path) -> None:
    file = tmp_path / "vintages.csv"
    head = ("parcel_id,vintage_from,vintage_to,gross_tCO2e,net_tCO2e,se_tCO2e,lower_tCO2e,"
            "confidence,methodology,kind,serial_from,serial_to\n")  # fmt: skip
    line = "007,2026-01-01,2027-01-01,120,{},10,,,ccer-14,ex_ante,,\n"
    file.write_text(head + line.format("100") + line.format("") + line.format("-5"), "utf-8")
    with pytest.raises(GepError, match=r"row 2: column net_tCO2e.*row 3: column net_tCO2e"):
        vintages_of(read_vintages(file))


def test_practice_counts_gross_tonnes_of_vintages(of_vintages: Make) -> None:
    rows = (vintage(2025, 80, kind="issued", gross_tCO2e=100.0),
            vintage(2026, 70, gross_tCO2e=90.0))  # fmt: skip
    gone = {"reason": "sold", "tonnes": 10, "vintage_from": date(2025, 1, 1),
            "vintage_to": date(2026, 1, 1)}  # fmt: skip
    (gross,) = value(of_vintages(*rows, withdrawn=[gone])).results.practice
    assert gross.limit == (100 + 90 - 10) * 60


def test_a_backlog_is_no_income_of_a_year(of_vintages: Make) -> None:
    cap = {"caps": {"max_ltv": 1.0, "max_multiple_of_annual": 1}}
    rule = [{"method": "MULTIPLE_OF_ANNUAL", "multiple": 1}]
    to_come = [vintage(2026 + k, 100, gross_tCO2e=120.0) for k in range(2)]
    backlog = (vintage(2023, 5000, kind="issued"), vintage(2024, 5000, kind="monitored"))
    # half of these 400 t grew in 2025: 200 are to come in 2026
    half = vintage(2025, 400, gross_tCO2e=400.0, vintage_to=date(2027, 1, 1))
    for rows, lower, gross in (
        (to_come, 100, 120), ([*backlog, *to_come], 100, 120), (backlog, 0, 0),
        ([half], 200, 200), ([half, to_come[1]], 150, 160),
    ):  # fmt: skip
        results = value(of_vintages(*rows, policy=cap, practice=rule)).results
        (limit,) = (one.limit for one in results.bounds if one.rule == "max_multiple_of_annual")
        (income,) = (one for one in results.practice if one.method == "MULTIPLE_OF_ANNUAL")
        assert (limit, income.limit) == (lower * 60, gross * 60)
    # what of 2026 is sold brings no income any more; what of the backlog is, never did
    gone = [{"reason": "sold", "tonnes": 60, "vintage_from": date(year, 1, 1),
             "vintage_to": date(year + 1, 1, 1)} for year in (2023, 2026)]  # fmt: skip
    sold = of_vintages(*backlog, *to_come, policy=cap, practice=rule, withdrawn=gone)
    assert worked(sold).yearly_income == (200 - 60) / 2 * 60
    gross_spot, income = value(sold).results.practice
    assert gross_spot.limit == (10_000 + 240 - 120) * 60
    assert income.limit == (240 - 60) / 2 * 60


def test_practice_counts_the_claim_where_a_loss_was_avoided(of_vintages: Make) -> None:
    # the forest lost 30, without the project it would have lost 130: 100 may be claimed
    rows = (vintage(2026, 100, gross_tCO2e=-30.0),)
    (gross,) = value(of_vintages(*rows)).results.practice
    assert gross.limit == 100 * 60


def test_issued_units_are_as_many_as_they_are(of_vintages: Make) -> None:
    rows = [vintage(2025, 100, se=20, kind=kind) for kind in ("issued", "monitored")]
    of = worked(of_vintages(*rows))
    # 100 - 1.281552 x 20 = 74.369
    assert of.plan.past == pytest.approx([100, 74.369], abs=5e-4)


def test_a_future_that_costs_more_than_it_brings_lowers_the_past(of_vintages: Make) -> None:
    rows = (vintage(2025, 100, kind="issued"),)
    of = worked(of_vintages(*rows, costs=FREE | {"development": "1000"}))
    assert of.parts == pytest.approx({"past": 6000, "future": -1000})
    assert of.lending_value == pytest.approx(5000 * of.factor)
    lost = worked(of_vintages(*rows, costs=FREE | {"development": "9000"}))
    assert lost.lending_value == 0


@pytest.mark.parametrize("kind", ["monitored", "issued"])
def test_nothing_is_monitored_or_issued_before_it_has_grown(of_vintages: Make, kind: str) -> None:
    # the base date is 1 January 2026: 2025 ends on it, as its interval is half-open
    assert worked(of_vintages(vintage(2025, 100, kind=kind))).plan.past.sum() == 100
    with pytest.raises(ProjectError, match=r"row 2 .* 2027-01-01, after the base date 2026-01-01"):
        of_vintages(vintage(2025, 100, kind=kind), vintage(2026, 100, kind=kind))


@pytest.mark.parametrize("level", [0.0, 1.0, 80.0])
def test_a_level_of_confidence_is_a_share(level: float) -> None:
    with pytest.raises(ValidationError, match="confidence"):
        vintage(2026, 100, lower_tCO2e=80, confidence=level)


def test_a_lower_bound_above_the_estimate_is_refused() -> None:
    assert vintage(2026, 100, lower_tCO2e=100, confidence=0.9).lower_tCO2e == 100
    with pytest.raises(ValidationError, match=r"100\.5 t is a lower bound and exceeds"):
        vintage(2026, 100, lower_tCO2e=100.5, confidence=0.9)


def test_what_was_sold_of_tonnes_that_are_lost_takes_what_is_left(of_vintages: Make) -> None:
    gone = {"reason": "sold", "tonnes": 95, "vintage_from": date(2026, 1, 1),
            "vintage_to": date(2027, 1, 1)}  # fmt: skip
    inputs = of_vintages(vintage(2026, 100), vintage(2027, 100), withdrawn=[gone])
    # a tenth less: 90 of each are left, and of the first all 90 were sold
    assert worked(stressed(inputs, tonnes=0.9)).plan.future == pytest.approx([0, 90])
    assert worked(stressed(inputs, tonnes=0.0)).plan.future.sum() == 0
    found = value(inputs)
    assert "tonnes" in {one.id for one in found.results.sensitivity}
    burnt = without_land(found, {"p": 0.6}, 0.6, {"p": date(2026, 1, 1)})
    assert burnt.results.tonnes_lower == 40
    assert recompute(burnt.to_json()).results == burnt.results


def test_what_was_sold_of_issued_units_is_still_sold_under_stress(of_vintages: Make) -> None:
    gone = {"reason": "sold", "tonnes": 95, "vintage_from": date(2025, 1, 1),
            "vintage_to": date(2026, 1, 1)}  # fmt: skip
    rows = (vintage(2025, 100, kind="issued"), vintage(2026, 100))
    lost = combined([find_scenario("area-60").resolved({}, {})])
    of = worked(shaken(of_vintages(*rows, withdrawn=[gone]), lost))
    assert (of.plan.past.sum(), of.plan.future.sum()) == pytest.approx((5, 40))


@pytest.mark.parametrize(("level", "told"), [(0.9, "90%"), (0.995, "99.5%"), (0.999, "99.9%")])
def test_a_level_is_told_with_its_digits(s03: Make, level: float, told: str) -> None:
    found = value(s03(policy={"confidence": level}))
    lower = next(one for one in found.steps if one.id == "lower")
    assert lower.note.en.startswith(f"{told} one-sided")
    assert percent(level) == amounts.level(level).replace(" ", "") == told


def units(first: str, last: str, **more: Any) -> Vintage:
    return vintage(2025, 1, kind="issued", serial_from=first, serial_to=last, **more)


def test_no_serial_counts_twice(of_vintages: Make, tmp_path: Path) -> None:
    apart = (units("A-1", "A-100"), units("A-101", "A-200"), units("B-1", "B-100"),
             units("1", "100"), vintage(2025, 100, kind="issued"))  # fmt: skip
    value(of_vintages(*apart))
    told = r"row 1 \(A-1–A-100\) and row 3 \(A-60–A-70\) share 11 serials \(A-60–A-70\)"
    # of another parcel, and with a series between them in the table
    other = units("A-60", "A-70", parcel_id="q")
    with pytest.raises(ProjectError, match=told):
        of_vintages(apart[0], apart[2], other)
    # a long range reaches over one that lies in it: rows 2 and 3 both meet the first
    with pytest.raises(GepError, match=r"row 2.*share 1 serials(.|\n)*row 3.*share 2 serials"):
        of_vintages(apart[0], units("A-5", "A-5"), units("A-99", "A-120"))
    file = tmp_path / "mine.csv"
    head = ("parcel_id,vintage_from,vintage_to,gross_tCO2e,net_tCO2e,se_tCO2e,lower_tCO2e,"
            "confidence,methodology,kind,serial_from,serial_to\n")  # fmt: skip
    line = "p,2025-01-01,2026-01-01,9,9,0,,,x,issued,{},{}\n"
    file.write_text(head + line.format("S1", "S9") + line.format("S9", "S17"), "utf-8")
    rows = vintages_of(read_vintages(file))
    with pytest.raises(ProjectError, match=r"mine\.csv: row 1 .* share 1 serials \(S9–S9\)"):
        check_counted_once(rows, file.name)


@pytest.mark.parametrize("other", ["gs-", "GS -", "ＧＳ-", " Gs\u200b-"])
def test_a_series_written_another_way_is_the_same_series(of_vintages: Make, other: str) -> None:
    rows = units("GS-1", "GS-9"), units(f"{other}9", f"{other}12")
    with pytest.raises(ProjectError, match=r"share 1 serials \(GS-9–GS-9\)"):
        of_vintages(*rows)


def test_a_row_of_units_without_serials_is_not_there_twice(of_vintages: Make) -> None:
    with pytest.raises(ProjectError, match="row 3 is the same as row 1"):
        of_vintages(units("", ""), vintage(2024, 1, kind="issued"), units("", ""))


def test_no_more_tonnes_are_issued_than_there_are_serials(of_vintages: Make) -> None:
    of_vintages(vintage(2025, 100, kind="issued", serial_from="A-1", serial_to="A-100"))
    with pytest.raises(ProjectError, match=r"row 1 has 101\.000 t and 100 serials, A-1–A-100"):
        of_vintages(vintage(2025, 101, kind="issued", serial_from="A-1", serial_to="A-100"))


@pytest.mark.parametrize(
    ("first", "last"), [("A-1", "B-9"), ("A-9", "A-1"), ("A-1", ""), ("", "A-1"), ("A-1", "A-")]
)
def test_serials_that_are_no_range_are_refused(of_vintages: Make, first: str, last: str) -> None:
    with pytest.raises(ProjectError, match="row 1 has the serials"):
        of_vintages(units(first, last))


@given(ranges=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=6))
def test_serials_are_refused_if_and_only_if_one_is_there_twice(
    ranges: list[tuple[int, int]],
) -> None:
    rows = [units(f"x{a}", f"x{a + n}") for a, n in ranges]
    every = [serial for a, n in ranges for serial in range(a, a + n + 1)]
    if len(set(every)) == len(every):
        check_counted_once(rows)
    else:
        with pytest.raises(GepError, match="share"):
            check_counted_once(rows)


def test_what_counts_twice_in_a_valuation_file_is_refused_too(of_vintages: Make) -> None:
    content = json.loads(value(of_vintages(units("A-1", "A-9"), vintage(2026, 100))).to_json())
    for row in (units("A-9", "A-12"), vintage(2026, 9)):
        more = json.loads(json.dumps(content))
        more["inputs"]["vintages"].append(row.model_dump(mode="json"))
        with pytest.raises(ProjectError, match="count twice"):
            recompute(json.dumps(more))


def test_no_day_of_a_parcel_counts_twice(of_vintages: Make) -> None:
    long = vintage(2024, 300, kind="monitored", vintage_to=date(2026, 1, 1))
    # other parcels, days that only touch, and units that are issued beside them
    of_vintages(long, vintage(2026, 9), vintage(2025, 9, parcel_id="q"))
    of_vintages(long, vintage(2025, 9, kind="issued"))
    told = r"parcel p has \[2024-01-01, 2026-01-01\).*and \[2025-01-01, 2026-01-01\)"
    for kind in ("ex_ante", "monitored"):
        with pytest.raises(ProjectError, match=told):
            of_vintages(vintage(2025, 100, kind=kind), long)
