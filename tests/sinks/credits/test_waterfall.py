"""Laws of the waterfall: it adds up, nothing is created, a surer claim is never worth less."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from sinks.credits.deductions import deduction
from sinks.credits.vintages import shared_out
from sinks.credits.waterfall import STEPS, counted, tonnes, waterfall

amounts = st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=12)
share = st.floats(0, 1)
RULES = [("graded_of_uncertainty", "ar-acm0003"), ("graded", "ar-cm"),
         ("normal_discount", "vcs-4.4"), ("excess", "gs-403"), ("excess", "vm0047-1.1"),
         ("confidence_deduction", "car-fpp-5.1")]  # fmt: skip
each_rule = pytest.mark.parametrize(("rule", "chosen"), RULES)


@given(amounts, share, share, st.floats(0, 1e4))
def test_every_step_adds_up_to_what_may_be_issued_exactly(
    gross: list[float], deducted: float, buffer: float, leakage: float
) -> None:
    found = waterfall(gross, leakage=leakage, deducted=deducted, buffer=buffer)
    table = found.in_tonnes()
    assert (found.steps[list(STEPS)].sum(axis=1) == found.issuable).all()
    assert int(found.steps.to_numpy().sum()) == int(found.issuable.sum())
    assert table["issuable"].to_numpy() == pytest.approx(
        table[list(STEPS)].sum(axis=1).to_numpy(), abs=1e-6
    )


@given(amounts, share, share, st.floats(0, 1e4))
def test_credits_never_exceed_gross_removal(
    gross: list[float], deducted: float, buffer: float, leakage: float
) -> None:
    found = waterfall(gross, leakage=leakage, deducted=deducted, buffer=buffer)
    assert (found.issuable >= 0).all()
    assert (np.cumsum(found.issuable) <= np.maximum.accumulate(
        np.maximum(np.cumsum(counted(gross)), 0)
    )).all()  # fmt: skip
    assert (found.issuable <= np.maximum(counted(gross), 0)).all()


@given(amounts, share, share, share)
def test_a_larger_deduction_or_buffer_never_gives_more(
    gross: list[float], deducted: float, more: float, buffer: float
) -> None:
    less = waterfall(gross, deducted=deducted, buffer=buffer).issuable
    worse = waterfall(gross, deducted=max(deducted, more), buffer=buffer).issuable
    assert (worse <= less).all()
    assert (waterfall(gross, deducted=deducted, buffer=max(buffer, more)).issuable <= less).all()


@each_rule
@given(u=st.floats(0, 2), more=st.floats(0, 2))
@settings(deadline=None)
def test_a_deduction_never_falls_when_uncertainty_grows(
    rule: str, chosen: str, u: float, more: float
) -> None:
    known = bundled()
    assert 0 <= deduction(rule, u, chosen, known) <= deduction(rule, u + more, chosen, known) <= 1


def test_a_loss_is_made_up_for_before_anything_more_is_claimed() -> None:
    # 100, then -40, then 30 (10 are still owed), then 50: 40 of them are new
    found = waterfall([100.0, -40.0, 30.0, 50.0])
    assert tonnes(found.issuable).tolist() == [100, 0, 0, 40]
    assert found.in_tonnes()["reversal"].tolist() == [0, 40, -30, -10]
    assert found.outstanding == 0


def test_a_loss_at_the_end_is_owed_and_the_buffer_is_said() -> None:
    found = waterfall([100.0, -40.0], buffer=0.25)
    assert (tonnes(found.outstanding), tonnes(found.buffer)) == (40, 25)


def test_a_plantation_claims_its_long_term_average_at_most() -> None:
    # 60 + 60 up to an average of 100 over the start; the harvest is no reversal
    found = waterfall([60.0, 60.0, -120.0, 60.0, 60.0], cap=100.0)
    assert tonnes(found.issuable).tolist() == [60, 40, 0, 0, 0]
    assert found.in_tonnes()["average"].tolist() == [0, -20, 0, 0, 0]
    assert found.outstanding == 0


def test_units_are_whole_and_the_rest_is_shown() -> None:
    found = waterfall([10.75])
    assert found.in_tonnes()[["rounding", "issuable"]].iloc[0].tolist() == [-0.75, 10]


def test_what_was_held_back_of_stocks_before_the_start_is_never_given_back() -> None:
    # 20 less are held back at the end than at the start: the claim stays the removal
    assert tonnes(waterfall([50.0], held=[-20.0]).issuable).tolist() == [50]
    # 15 are held back in the first year, and 10 of them come back in the second
    assert tonnes(waterfall([50.0, 50.0], held=[15.0, 5.0]).issuable).tolist() == [35, 60]


@given(st.integers(0, 10**7), st.lists(st.floats(0, 1e6), min_size=1, max_size=40))
def test_shares_of_parcels_add_up_to_the_whole(units: int, weights: list[float]) -> None:
    of = np.array(weights)
    found = shared_out(units, of)
    assert found.sum() == (units if of.sum() else 0)
    assert (found >= 0).all()
    assert (found[of == 0] == 0).all()
    if of.sum():
        assert np.abs(found - units * of / of.sum()).max() <= 1


@given(st.permutations(range(5)))
def test_the_order_of_parcels_changes_no_share_but_that_of_equals(order: list[int]) -> None:
    weights = np.array([1.0, 2.5, 3.7, 4.1, 9.9])
    found = shared_out(1000, weights)
    again = shared_out(1000, weights[order])
    assert (again == found[order]).all()
