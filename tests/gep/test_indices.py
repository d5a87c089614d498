"""Price and volume indices: textbook identities, and two items by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gep.indices import (
    BASE,
    FORMULAS,
    Floats,
    chain,
    chained_contributions,
    constant_price_value,
    fisher,
    fisher_contributions,
    laspeyres,
    laspeyres_contributions,
    paasche,
    tornqvist,
    value_ratio,
    volume,
)

P0, Q0 = np.array([2.0, 5.0]), np.array([100.0, 20.0])
P1, Q1 = np.array([3.0, 4.0]), np.array([110.0, 30.0])
BY_HAND = (P0, Q0, P1, Q1)
EXACT = 1e-9

Items = tuple[Floats, Floats, Floats, Floats]
amounts = st.floats(min_value=1e-3, max_value=1e6)


@st.composite
def items(draw: st.DrawFn, years: int = 2) -> tuple[Floats, ...]:
    """Prices and quantities of the same items, year after year."""
    count = draw(st.integers(min_value=1, max_value=8))
    columns = st.lists(amounts, min_size=count, max_size=count)
    return tuple(np.array(draw(columns)) for _ in range(2 * years))


def turned(given_items: Items) -> Items:
    p0, q0, p1, q1 = given_items
    return p1, q1, p0, q0


# --- by hand


def test_laspeyres_by_hand() -> None:
    # old basket: 2 x 100 + 5 x 20 = 300 then, 3 x 100 + 4 x 20 = 380 now
    assert laspeyres(*BY_HAND) == pytest.approx(380 / 300, rel=1e-15)
    # at old prices: 2 x 110 + 5 x 30 = 370 now
    assert volume(laspeyres, *BY_HAND) == pytest.approx(370 / 300, rel=1e-15)


def test_paasche_by_hand() -> None:
    # new basket: 2 x 110 + 5 x 30 = 370 then, 3 x 110 + 4 x 30 = 450 now
    assert paasche(*BY_HAND) == pytest.approx(450 / 370, rel=1e-15)
    # at new prices: 3 x 100 + 4 x 20 = 380 then, 450 now
    assert volume(paasche, *BY_HAND) == pytest.approx(450 / 380, rel=1e-15)


def test_tornqvist_by_hand() -> None:
    # shares 200/300 and 100/300, then 330/450 and 120/450: means 0.7 and 0.3
    # the ratios of the prices are 3/2 and 4/5, those of the amounts 110/100 and 30/20
    assert tornqvist(*BY_HAND) == pytest.approx(1.5**0.7 * 0.8**0.3, rel=1e-12)
    assert volume(tornqvist, *BY_HAND) == pytest.approx(1.1**0.7 * 1.5**0.3, rel=1e-12)


def test_contributions_by_hand() -> None:
    # Laspeyres: 2 x (110 - 100) / 300 and 5 x (30 - 20) / 300
    assert laspeyres_contributions(*BY_HAND) == pytest.approx([20 / 300, 50 / 300], rel=1e-12)
    # Fisher: prices 2 + 3 / P_F and 5 + 4 / P_F, P_F = sqrt(380/300 x 450/370) = 1.241199
    # -> 4.417023 and 8.222698; base 441.7023 + 164.4540 = 606.1563
    level = math.sqrt(380 / 300 * 450 / 370)
    prices = [2 + 3 / level, 5 + 4 / level]
    base = 100 * prices[0] + 20 * prices[1]
    want = [10 * prices[0] / base, 10 * prices[1] / base]
    assert fisher_contributions(*BY_HAND) == pytest.approx(want, rel=1e-12)
    assert want == pytest.approx([0.0728693, 0.1356531], rel=1e-5)


def test_the_value_at_constant_prices_is_the_amounts_at_the_base_years_prices() -> None:
    assert constant_price_value(P0, Q1) == 370


def test_the_chain_by_hand() -> None:
    # 100, x 1.1 = 110, x 0.9 = 99
    assert chain([1.1, 0.9]) == pytest.approx([100, 110, 99], rel=1e-15)


# --- laws


@given(items())
def test_fisher_is_the_geometric_mean_of_laspeyres_and_paasche(of: Items) -> None:
    want = math.sqrt(laspeyres(*of) * paasche(*of))
    assert fisher(*of) == pytest.approx(want, rel=EXACT)


@given(items())
def test_fisher_turns_with_time(of: Items) -> None:
    assert fisher(*of) * fisher(*turned(of)) == pytest.approx(1, rel=EXACT)
    assert volume(fisher, *of) * volume(fisher, *turned(of)) == pytest.approx(1, rel=EXACT)


@given(items())
def test_tornqvist_turns_with_time(of: Items) -> None:
    assert tornqvist(*of) * tornqvist(*turned(of)) == pytest.approx(1, rel=EXACT)


@given(items())
def test_fisher_price_times_fisher_volume_is_the_change_of_value(of: Items) -> None:
    got = fisher(*of) * volume(fisher, *of)
    assert got == pytest.approx(value_ratio(*of), rel=EXACT)


@given(items())
def test_laspeyres_price_times_paasche_volume_is_the_change_of_value(of: Items) -> None:
    for one, other in ((laspeyres, paasche), (paasche, laspeyres)):
        got = one(*of) * volume(other, *of)
        assert got == pytest.approx(value_ratio(*of), rel=EXACT)


@given(items())
def test_unchanged_prices_give_a_price_index_of_one_and_the_volume_is_the_value(of: Items) -> None:
    p0, q0, _, q1 = of
    for formula in FORMULAS.values():
        assert formula(p0, q0, p0, q1) == pytest.approx(1, rel=EXACT)
    for formula in (laspeyres, paasche, fisher):
        assert volume(formula, p0, q0, p0, q1) == pytest.approx(
            value_ratio(p0, q0, p0, q1), rel=EXACT
        )


@given(items(), amounts)
def test_prices_that_all_rise_alike_give_that_rise(of: Items, factor: float) -> None:
    p0, q0, _, q1 = of
    for formula in FORMULAS.values():
        assert formula(p0, q0, factor * p0, q1) == pytest.approx(factor, rel=EXACT)


@given(items())
def test_every_index_lies_between_the_smallest_and_the_largest_ratio(of: Items) -> None:
    p0, _, p1, _ = of
    ratios = p1 / p0
    for formula in FORMULAS.values():
        got = formula(*of)
        assert got >= ratios.min() * (1 - EXACT)
        assert got <= ratios.max() * (1 + EXACT)


@given(items(), st.lists(amounts, min_size=8, max_size=8))
def test_other_units_of_the_amounts_change_no_index(of: Items, per_unit: list[float]) -> None:
    p0, q0, p1, q1 = of
    unit = np.array(per_unit[: len(p0)])
    for formula in FORMULAS.values():
        other = (p0 * unit, q0 / unit, p1 * unit, q1 / unit)
        assert formula(*other) == pytest.approx(formula(*of), rel=EXACT)
        assert volume(formula, *other) == pytest.approx(volume(formula, *of), rel=EXACT)


@given(items())
def test_contributions_add_up_to_the_growth_of_the_volume(of: Items) -> None:
    for formula, parts in ((laspeyres, laspeyres_contributions), (fisher, fisher_contributions)):
        growth = volume(formula, *of) - 1
        found = parts(*of)
        assert found.sum() == pytest.approx(growth, abs=EXACT * (1 + np.abs(found).sum()))


@given(items())
def test_an_item_whose_amount_stays_contributes_nothing(of: Items) -> None:
    p0, q0, p1, q1 = of
    q1 = np.r_[q0[0], q1[1:]]
    for parts in (laspeyres_contributions, fisher_contributions):
        assert parts(p0, q0, p1, q1)[0] == 0


@given(items())
def test_a_chain_of_one_link_is_the_direct_index(of: Items) -> None:
    for formula in FORMULAS.values():
        first, last = chain([formula(*of)])
        assert first == BASE
        assert last == pytest.approx(BASE * formula(*of), rel=1e-15)


@given(items(years=4))
def test_contributions_to_a_chain_add_up_over_years_and_items(of: tuple[Floats, ...]) -> None:
    links = [of[i : i + 4] for i in (0, 2, 4)]
    for formula, parts in ((laspeyres, laspeyres_contributions), (fisher, fisher_contributions)):
        levels = chain(volume(formula, *link) for link in links)
        found = chained_contributions(levels, [parts(*link) for link in links])
        size = sum(np.abs(f).sum() for f in found)
        growth = levels[-1] / BASE - 1
        assert sum(f.sum() for f in found) == pytest.approx(growth, abs=EXACT * (1 + size))


# --- where there is no answer


def test_a_missing_price_makes_the_index_missing_and_never_counts_as_zero() -> None:
    # the Paasche volume alone does not read the prices of year 0
    p0 = np.array([2.0, np.nan])
    for formula in FORMULAS.values():
        assert math.isnan(formula(p0, Q0, P1, Q1))
    for formula in (laspeyres, fisher, tornqvist):
        assert math.isnan(volume(formula, p0, Q0, P1, Q1))
    assert np.isnan(laspeyres_contributions(p0, Q0, P1, Q1)).all()


def test_an_item_that_appears_has_a_volume_index_but_for_tornqvist() -> None:
    # 0 then 30 at the price of 4: Laspeyres (2 x 110 + 4 x 30) / (2 x 100)
    p0, q0 = np.array([2.0, 4.0]), np.array([100.0, 0.0])
    assert volume(laspeyres, p0, q0, P1, Q1) == pytest.approx(340 / 200, rel=1e-15)
    assert math.isnan(volume(tornqvist, p0, q0, P1, Q1))
    assert laspeyres_contributions(p0, q0, P1, Q1) == pytest.approx([20 / 200, 120 / 200])


def test_nothing_to_start_from_has_no_index() -> None:
    nothing = np.zeros(2)
    for formula in FORMULAS.values():
        assert math.isnan(volume(formula, P0, nothing, P1, Q1))
    assert np.isnan(fisher_contributions(P0, nothing, P1, Q1)).all()
