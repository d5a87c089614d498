"""The deductions of carbon.md, section 7, and of acc_deductions.csv, one each."""

import math

import numpy as np
import pytest

from data_catalog.errors import ParameterMissing, Problems
from data_catalog.parameters import bundled
from sinks.credits.deductions import deduction
from sinks.credits.formulas import ARB_CREDITS, CAR_REDUCTIONS, RELATIVE_HALF_WIDTH, buffer_product
from sinks.credits.nprt import Answers, NaturalRisk, rating
from sinks.credits.waterfall import net_credits, waterfall
from sinks.uncertainty.levels import half_width, quantile
from sinks.uncertainty.propagation import product


def deducted(rule: str, uncertainty: float, chosen: str) -> float:
    return deduction(rule, uncertainty, chosen, bundled())


def test_the_sample_of_ar_tool14_errs_by_8_percent_and_nothing_is_deducted() -> None:
    # mean 45.328, s 12.776, n 34: SEM 12.776 / sqrt(34) = 2.191, t(.10, 33) = 1.692
    sem, t = 12.776 / math.sqrt(34), float(quantile(0.90, 33))
    assert (sem, t) == (pytest.approx(2.191, abs=5e-4), pytest.approx(1.692, abs=5e-4))
    assert t * sem == pytest.approx(3.707, abs=2e-3)
    u = float(RELATIVE_HALF_WIDTH(mean=45.328, standard_error=sem, quantile=t))
    assert u == pytest.approx(0.0818, abs=5e-5)
    assert deducted("graded_of_uncertainty", u, "ar-acm0003") == 0


def test_60_plus_minus_9_is_57_75_for_the_project_and_62_25_for_the_baseline() -> None:
    # U = 9 / 60 = 15 %: a quarter of it, 3.75 % of 60 = 2.25
    share = deducted("graded_of_uncertainty", 9 / 60, "ar-acm0003")
    assert share == pytest.approx(0.0375)
    assert 60 * (1 - share) == pytest.approx(57.75)
    assert 60 * (1 + share) == pytest.approx(62.25)


@pytest.mark.parametrize(
    ("u", "share"), [(0.10, 0), (0.15, 0.0375), (0.20, 0.10), (0.30, 0.225), (0.31, 0.31)]
)
def test_ar_tool14_deducts_0_25_50_75_and_100_percent_of_u(u: float, share: float) -> None:
    assert deducted("graded_of_uncertainty", u, "ar-acm0003") == pytest.approx(share)


def test_two_parts_of_2_and_5_percent_make_5_4_percent() -> None:
    # sqrt(0.02^2 + 0.05^2) = 0.05385
    assert float(product(np.array([0.02, 0.05]))) == pytest.approx(0.05385, abs=5e-6)


def test_vcs_deducts_8_6_percent_of_100_000_with_a_standard_error_of_20_000() -> None:
    # U = 1.6449 x 20 000 / 100 000 = 32.898 %; 0.32898 / 1.6449 x 0.4307 = 8.614 %
    u = float(half_width(20_000, 0.90)) / 100_000
    assert u == pytest.approx(0.32898, abs=2e-5)
    share = deducted("normal_discount", u, "vcs-4.4")
    assert share == pytest.approx(0.08614, abs=1e-5)
    assert 100_000 * (1 - share) == pytest.approx(91_386, abs=1)


def test_vcs_deducts_nothing_up_to_10_percent_and_all_above_100() -> None:
    assert deducted("normal_discount", 0.10, "vcs-4.4") == 0
    assert deducted("normal_discount", 0.1001, "vcs-4.4") > 0.02
    assert deducted("normal_discount", 1.01, "vcs-4.4") == 1


def test_gold_standard_deducts_what_exceeds_20_percent() -> None:
    # 100 at 23 %: 3 % more than allowed
    assert 100 * (1 - deducted("excess", 0.23, "gs-403")) == pytest.approx(97)


def test_vm0047_deducts_what_exceeds_10_percent_and_never_more_than_all() -> None:
    assert deducted("excess", 0.10, "vm0047-1.1") == 0
    assert deducted("excess", 0.25, "vm0047-1.1") == pytest.approx(0.15)
    assert deducted("excess", 3.0, "vm0047-1.1") == 1


def test_car_deducts_the_excess_over_5_percent_and_all_from_20() -> None:
    # 1.645 standard errors of 6 % are 9.87 %: 4.87 %
    assert deducted("confidence_deduction", 0.05, "car-fpp-5.1") == 0
    assert deducted("confidence_deduction", 0.0987, "car-fpp-5.1") == pytest.approx(0.0487)
    assert deducted("confidence_deduction", 0.199, "car-fpp-5.1") == pytest.approx(0.149)
    assert deducted("confidence_deduction", 0.20, "car-fpp-5.1") == 1


@pytest.mark.parametrize(("u", "share"), [(0.10, 0), (0.15, 0.06), (0.25, 0.11), (0.31, 1)])
def test_ar_cm_deducts_0_6_and_11_percent_by_class(u: float, share: float) -> None:
    assert deducted("graded", u, "ar-cm") == pytest.approx(share)


def test_vm0010_deducts_nothing_up_to_15_percent_and_beyond_its_rule_is_not_known() -> None:
    assert deducted("within_precision", 0.15, "vm0010-1.4") == 0
    with pytest.raises(ParameterMissing, match=r"vm0010-1\.4.*uncertainty_deduction_share"):
        deducted("within_precision", 0.16, "vm0010-1.4")


def test_the_confidence_deduction_of_car_is_of_stocks() -> None:
    # 1000 (1 - 0.05) - 900 (1 - 0.02) - 10 = 950 - 882 - 10 = 58; products 0.8 (5 - 2) = 2.4
    made = CAR_REDUCTIONS(
        stock=1000, stock_before=900, deduction=0.05, deduction_before=0.02, baseline_change=10,
        soil_change=0, products=5, baseline_products=2, secondary_effects=-1.4, carried=0,
        product_share=0.8,
    )  # fmt: skip
    assert made == pytest.approx(58 + 2.4 - 1.4)


def test_california_counts_effects_elsewhere_only_as_a_loss() -> None:
    # 1000 (1 - 0.02) - 600 + 0.8 (50 - 30) = 980 - 600 + 16 = 396
    terms = {"onsite": 1000.0, "confidence_deduction": 0.02, "baseline": 600.0, "products": 50.0,
             "baseline_products": 30.0, "product_share": 0.8}  # fmt: skip
    assert ARB_CREDITS(**terms, secondary_effects=25.0) == pytest.approx(396)
    assert ARB_CREDITS(**terms, secondary_effects=-25.0) == pytest.approx(371)


def test_the_buffer_of_car_is_one_minus_the_product() -> None:
    # 1 - 0.95 x 0.98 x 0.96 = 1 - 0.893760
    assert buffer_product(0.05, 0.02, 0.04) == pytest.approx(0.10624)


def example() -> Answers:
    return Answers(
        PM=("c", "h"), FV=("c", "h"), OC=("d", "i"), LT=("b", "n"), years=40, legal_agreement=True,
        registration_requested=2024, governance=-0.5, governance_mitigated=True,
        climate_factor=1.2, natural=(
            NaturalRisk(risk="fire", damage="minor", frequency="10_25", mitigation="prevention"),
            NaturalRisk(risk="pest", damage="major", frequency="25_50"),
            NaturalRisk(risk="wind", damage="insignificant", frequency="more_than_10"),
            NaturalRisk(risk="geological", damage="insignificant", frequency="50_100",
                        climate=False),
        ),
    )  # fmt: skip


def test_the_worked_example_of_the_risk_tool_sets_aside_3_300_of_10_000() -> None:
    found = rating(example(), bundled())
    # PM 2 - 2 = 0; FV payback of 8 years 2 + half secured 1 = 3; OC 0 - 2 -> 0, PL 25 - 40/4 = 15
    assert [found.scores[c] for c in ("PM", "FV", "OC", "PL")] == [0, 3, 0, 15]
    assert found.internal == 18
    # LT 2 - 2 = 0, SE 0, PC 4 - 2 = 2
    assert found.external == 2
    # (4 x 0.5 + 4 + 4) 1.2 + 1 = 13
    assert found.natural == pytest.approx(13)
    assert (found.rating, found.failed) == (33, ())
    assert waterfall([10_000.0], buffer=found.share).buffer == 3_300_000  # of 0.001 t


def test_first_the_estimate_then_its_uncertainty_then_the_buffer() -> None:
    # 1000 (1 - 0.1) = 900; 900 (1 - 0.2) = 720; a loss is never negative credit
    left = net_credits(np.array([1000.0, -50.0]), np.array([0.1, 0.1]), np.array([0.2, 0.2]))
    assert left == pytest.approx([720, 0])
    steps = waterfall([1000.0], deducted=0.1, buffer=0.2).in_tonnes()
    assert steps[["uncertainty", "buffer", "issuable"]].iloc[0].tolist() == [-100, -180, 720]


def test_levels_of_confidence_are_not_mixed() -> None:
    # 90 % of CDM, VCS and CAR is 1.645 standard errors, 95 % of IPCC 1.960
    assert float(quantile(0.95) / quantile(0.90)) == pytest.approx(1.95996 / 1.64485, abs=1e-5)


def test_the_rating_is_rounded_up_and_never_under_12() -> None:
    # internal 0 (an agreement of 100 years), external 0, natural 4 x 0.25 x 1.1 = 1.1
    safe = example().model_copy(update={
        "FV": ("e", "i"), "years": 100.0, "governance": 0.9, "climate_factor": 1.1,
        "natural": (NaturalRisk(risk="fire", damage="minor", frequency="10_25",
                                mitigation="both"),),
    })  # fmt: skip
    found = rating(safe, bundled())
    assert found.natural == pytest.approx(1.1)
    assert found.rating == 12
    more = safe.model_copy(update={"LT": ("d",), "SE": ("a",)})  # 5 + 10 + 1.1 = 16.1
    assert rating(more, bundled()).rating == 17


def test_money_on_call_lowers_the_funding_alone() -> None:
    # payback 3 + funding 1 - min(2, 1) = 3
    on_call = example().model_copy(update={"FV": ("b", "h", "j")})
    assert rating(on_call, bundled()).scores["FV"] == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"FV": ("a", "i")}, "payback >20 y"),
        ({"years": 39.0}, "39 years, fewer than 40"),
        ({"LT": ("c", "f")}, "external risk of 22 is above 20"),
        ({"PM": ("gate",)}, "adaptive management"),
    ],
)
def test_a_project_fails_for_a_reason_that_is_said(change: dict[str, object], said: str) -> None:
    failed = rating(example().model_copy(update=change), bundled()).failed
    assert any(said in why.en for why in failed), failed


def test_a_project_of_before_2024_may_last_30_years() -> None:
    early = example().model_copy(update={"registration_requested": 2023, "years": 39.0})
    assert rating(early, bundled()).failed == ()


def test_two_answers_to_one_question_and_unknown_items_are_refused_at_once() -> None:
    wrong = example().model_copy(update={"FV": ("c", "d"), "PM": ("z",), "climate_factor": 2.0})
    with pytest.raises(Problems) as told:
        rating(wrong, bundled())
    for words in ("c, d: one of them", "no item is named 'z'", "between 1 and 1.4"):
        assert words in told.value.say("en")
