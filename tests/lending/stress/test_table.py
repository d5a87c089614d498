"""Every row of lending.md 4.10 on the base case S03: the loan is 300,000 yuan."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from data_catalog.errors import GepError
from data_catalog.parameters import GRADES
from data_catalog.references import references
from data_catalog.text import Text
from lending.loans.ladder import Ladder, Zone
from lending.stress import of_valuation
from lending.stress.holdings import bundled
from lending.stress.scenarios import NO_SHOCK, Shock, combined, find_scenario, scenarios
from lending.stress.table import Case, Outcome, stress_table
from tests.lending.stress.base_case import inputs, policy, vintage
from tests.lending.stress.textbook import S03, npv, shaken, worth

LADDER = Ladder(
    max_ltv=Decimal("0.60"), yellow_ltv=Decimal("0.60"), orange_ltv=Decimal("0.80"),
    red_ltv=Decimal(1),
    yellow_fall=Decimal("0.15"), red_fall=Decimal("0.25"), release_margin=Decimal("0.05"),
)  # fmt: skip
PINE = {"pine": Decimal("0.6")}


def shock(names: str, losses: Mapping[str, Decimal] | None = None) -> Shock:
    return combined(find_scenario(n).resolved(losses or {}, PINE) for n in names.split("+"))


def of_the_valuation(names: str) -> Outcome:
    case = Case(names, Text(names, names), shock(names))
    return stress_table(
        inputs(), [case], Decimal(300_000), shaken=of_valuation.shaken,
        revalue=of_valuation.revalued, ladder=Ladder.of(policy()),
    )[1]  # fmt: skip


def outcome(names: str, losses: Mapping[str, Decimal] | None = None) -> Outcome:
    case = Case(names, Text(names, names), shock(names, losses))
    found = stress_table(S03, [case], Decimal(300_000), shaken=shaken, revalue=worth, ladder=LADDER)
    return found[1]


def test_the_base_case_is_that_of_the_reference() -> None:
    first = stress_table(S03, [], Decimal(300_000), shaken=shaken, revalue=worth, ladder=LADDER)[0]
    assert float(first.worth.value) == pytest.approx(929_798.68, abs=0.01)
    assert float(first.worth.lending_value) == pytest.approx(506_798.39, abs=0.01)
    assert first.standing.ltv is not None
    assert float(first.standing.ltv) == pytest.approx(0.592, abs=5e-4)
    assert first.standing.zone is Zone.GREEN


@pytest.mark.parametrize(
    ("names", "value", "lending_value", "ltv"),
    [
        ("price-20", 724_449.69, 394_870.36, 0.760),
        ("price-2025", 510_886.73, 278_465.20, 1.077),
        ("price-peak-2025", 462_629.72, 252_162.11, 1.190),
        ("price-60", 313_751.70, 171_014.28, 1.754),
        ("area-10", 827_124.18, 450_834.38, 0.665),
        ("area-25", 673_112.44, 366_888.35, 0.818),
        ("area-40", 519_100.69, 282_942.32, 1.060),
        ("area-60", 313_751.70, 171_014.28, 1.754),
        ("pine-wilt", 313_751.70, 171_014.28, 1.754),
        ("issuance-late", 816_853.08, 445_235.98, 0.674),
        ("registry-frozen", 871_681.04, 475_120.65, 0.631),
        ("price-2025+area-25+issuance-late", 308_780.63, 168_304.74, 1.782),
        # 4.5: r 8 %; haircuts keep .75 x .90 x .95 x .85 = .5450625 of it
        ("rate-2", 793_620.35, 432_572.69, 0.694),
    ],
)
@pytest.mark.parametrize("by", ["textbook", "valuation"])
def test_a_row_of_the_reference(
    by: str, names: str, value: float, lending_value: float, ltv: float
) -> None:
    found = outcome(names) if by == "textbook" else of_the_valuation(names)
    assert float(found.worth.value) == pytest.approx(value, abs=0.01)
    assert float(found.worth.lending_value) == pytest.approx(lending_value, abs=0.01)
    assert found.standing.ltv is not None
    assert float(found.standing.ltv) == pytest.approx(ltv, abs=5e-4)


def test_a_closed_programme_leaves_no_carbon_value_and_no_ltv() -> None:
    found = outcome("programme-closed")
    assert found.worth.value == found.worth.lending_value == 0
    assert found.standing.ltv is None
    assert found.standing.zone is Zone.RED
    assert found.standing.cash_top_up == 300_000
    assert found.standing.reasons[0].en.startswith("the security is worth nothing")


def test_closing_comes_before_all_else_in_a_combination() -> None:
    assert outcome("price-rebound-2026+programme-closed").worth.value == 0


def test_a_rebound_gives_room_again() -> None:
    # 57.74 -> 83.20 is +44.1 %; 60 x 1.441 = 86.46: 17,112.4162 a yuan x 26.46 more
    found = outcome("price-rebound-2026")
    assert float(found.worth.value) == pytest.approx(929_798.68 + 17_112.4162 * 26.46, abs=1)
    assert found.standing.zone is Zone.GREEN
    assert found.standing.release > 0


def test_a_typhoon_asks_for_its_loss_and_then_costs_what_the_same_area_costs() -> None:
    with pytest.raises(GepError) as told:
        outcome("typhoon")
    assert "--loss typhoon=0.25" in told.value.say("zh")
    assert "no published share" in told.value.say("en")
    assert outcome("typhoon", {"typhoon": Decimal("0.25")}).worth == outcome("area-25").worth


def test_pine_wilt_asks_for_the_share_of_pine() -> None:
    with pytest.raises(GepError, match="--share pine"):
        find_scenario("pine-wilt").resolved({}, {})
    with pytest.raises(GepError, match="from 0 to 1"):
        find_scenario("pine-wilt").resolved({}, {"pine": Decimal(60)})
    with pytest.raises(GepError, match="NaN"):
        find_scenario("pine-wilt").resolved({}, {"pine": Decimal("NaN")})


def test_an_unknown_scenario_comes_with_the_nearest_name() -> None:
    with pytest.raises(GepError, match="price-2025"):
        find_scenario("price-2052")


def test_the_order_of_a_combination_does_not_matter() -> None:
    one, other = shock("price-20+area-40+rate-2"), shock("rate-2+area-40+price-20")
    assert one == other
    assert combined([]) == NO_SHOCK


def test_prices_and_areas_multiply_delays_and_rates_add_up() -> None:
    both = shock("price-20+price-60+area-10+area-40+registry-frozen+issuance-late+rate-2+rate-2")
    # .8 x .4; .9 x .6; 12 + 24 months; 2 + 2 points
    assert both == Shock(
        price_factor=Decimal("0.32"), area_factor=Decimal("0.54"), lag_months=36,
        rate_added=Decimal("0.04"),
    )  # fmt: skip


def test_the_same_share_of_price_and_of_area_cost_the_same_since_costs_stay() -> None:
    price, area = outcome("price-60").worth, outcome("area-60").worth
    assert abs(price.value - area.value) < Decimal("1e-6")
    # a tenth off the price costs more than a tenth of the value
    assert npv(shaken(S03, Shock(price_factor=Decimal("0.9")))) < 0.9 * npv(S03)


def test_every_scenario_has_its_source_and_words_in_both_languages() -> None:
    for row in scenarios().values():
        assert row.source in references(), row.id
        assert row.grade in GRADES
        assert row.where
        assert row.title.zh
        assert row.title.en
        assert row.note


# Of a valuation file


def test_the_ladder_is_that_of_the_policy() -> None:
    assert Ladder.of(policy()) == LADDER


def test_a_lost_area_takes_the_tonnes_to_come_and_leaves_those_that_were_issued() -> None:
    rows = (vintage("issued", 100, 2024), vintage("ex_ante", 100, 2026))
    base = inputs(holding=None).model_copy(update={"vintages": rows})
    after = of_valuation.shaken(base, Shock(area_factor=Decimal("0.5")))
    assert [v.net_tCO2e for v in after.vintages] == [100, 50]
    assert base.vintages == rows


def test_a_built_up_discount_rate_is_raised_too() -> None:
    parts = {"parts": [{"name": "a", "rate": 0.04, "source": "SYN"},
                       {"name": "b", "rate": 0.02, "source": "SYN"}],
             "day_count": "years"}  # fmt: skip
    content = policy().model_dump() | {"discount": parts}
    base = inputs().model_copy(update={"policy": type(policy()).model_validate(content)})
    after = of_valuation.shaken(base, Shock(rate_added=Decimal("0.02")))
    assert after.policy.discount.yearly() == pytest.approx(0.08)


def test_what_can_be_worked_out_depends_on_the_shares_given() -> None:
    ready, lacking = of_valuation.open_cases({}, {})
    assert set(lacking) == {"typhoon", "fire", "pine-wilt"}
    assert "price-2025" in ready
    ready, lacking = of_valuation.open_cases({"fire": Decimal("0.2")}, PINE)
    assert set(lacking) == {"typhoon"}


def test_the_tenure_may_end_before_a_late_issuance_but_the_tonnes_are_those_grown_by_then() -> None:
    # a right that ends after 7 years: the tonnes of years 8 to 10 are nobody's collateral
    short = inputs(ends={"crediting": 10, "tenure": 7, "programme": 30})
    assert of_valuation.revalued(short).value < of_valuation.revalued(inputs()).value


def test_what_a_gate_refuses_secures_nothing_under_stress_or_in_a_bundle() -> None:
    # 24.5 t/mu a year are 62.8 times the usual 0.39
    refused = inputs(holding={
        "area_mu": 10_000, "yield_tCO2e_per_mu": 24.5, "cv": 0.15, "source": "SYN",
    })  # fmt: skip
    case = Case("price-60", Text("", ""), shock("price-60"))
    found = stress_table(
        refused, [case], Decimal(300_000), shaken=of_valuation.shaken,
        revalue=of_valuation.revalued, ladder=Ladder.of(policy()),
    )  # fmt: skip
    assert [one.worth.lending_value for one in found] == [0, 0]
    assert Zone.GREEN not in {one.standing.zone for one in found}
    assert bundled(refused, {"a": Decimal(100), "b": Decimal(200)}).lending_value == 0
