"""Concentration, joint events, losses, index insurance and bundling."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import GepError
from lending.stress.bundling import break_even_area, bundle
from lending.stress.concentration import (
    Position,
    concentrations,
    effective_number,
    herfindahl,
    over_limits,
)
from lending.stress.copula import distance_decay, event_correlation, events, factor_correlation
from lending.stress.index_insurance import IndexPolicy, PayoutStep, basis_risk, index_loss
from lending.stress.losses import Borrowed, loss_distribution, security_from_carbon, strikes
from lending.stress.of_valuation import revalued
from sinks.estimates import Estimates
from sinks.uncertainty.portfolio import simulate
from tests.lending.stress.base_case import inputs
from tests.lending.stress.textbook import S03, Holding, npv


def yuan(*amounts: float) -> list[Decimal]:
    return [Decimal(str(one)) for one in amounts]


# Concentration


def test_the_index_of_the_reference() -> None:
    # shares .6 .2 .1 .1: .36 + .04 + .01 + .01
    assert herfindahl(yuan(300, 100, 50, 50)) == Decimal("0.42")
    assert float(effective_number(yuan(300, 100, 50, 50))) == pytest.approx(2.381, abs=5e-4)


@given(st.lists(st.decimals("0.01", "999999", places=2), min_size=1, max_size=30))
def test_the_index_lies_between_even_and_alone(amounts: list[Decimal]) -> None:
    slack = Decimal("1e-20")
    assert Decimal(1) / len(amounts) - slack <= herfindahl(amounts) <= 1 + slack


def test_a_portfolio_without_value_has_no_index() -> None:
    for amounts in ([0, 0], [1, -1], [3, -1]):
        with pytest.raises(GepError, match="add up to"):
            herfindahl(yuan(*amounts))


def positions() -> list[Position]:
    return [
        Position("A", Decimal(600), {"watershed": "W1", "species": "pine"}),
        Position("B", Decimal(200), {"watershed": "W1", "species": "bamboo"}),
        Position("B", Decimal(200), {"watershed": "W2"}),
    ]


def test_shares_by_dimension_name_what_is_not_known() -> None:
    by = {one.dimension: one for one in concentrations(positions())}
    assert set(by) == {"single", "watershed", "species"}
    assert by["watershed"].shares == {"W1": Decimal("0.8"), "W2": Decimal("0.2")}
    assert by["single"].shares == {"A": Decimal("0.6"), "B": Decimal("0.4")}
    assert by["species"].shares[""] == Decimal("0.2")


def test_what_is_above_a_limit_is_told() -> None:
    limits = {"watershed": Decimal("0.6"), "single": Decimal("0.6"), "buyer": Decimal(0)}
    (found,) = over_limits(concentrations(positions()), limits)  # .6 is not above .6
    assert found.text.en == "watershed W1: 80.0% is above the limit of 60.0%"
    assert found.text.zh == "小流域 W1：占 80.0%，超过上限 60.0%"


# Joint events


def portfolio_of_twenty() -> Borrowed:
    return Borrowed(
        exposure=np.ones(20), default_probability=np.full(20, 0.02), security=np.zeros(20),
        recovered=np.zeros(20),
    )  # fmt: skip


DRAWS = 60_000


def test_twenty_independent_loans_of_two_percent() -> None:
    # P(any) = 1 - .98^20 = .3324; variance 20 x .02 x .98 = .392
    losses = loss_distribution(portfolio_of_twenty(), 0.0, draws=DRAWS, seed=1)
    assert losses.any_default == pytest.approx(0.3324, abs=4 * np.sqrt(0.3324 * 0.6676 / DRAWS))
    assert losses.loss.var(ddof=1) == pytest.approx(0.392, rel=0.03)
    assert losses.mean == pytest.approx(0.4, abs=4 * losses.standard_error)


def test_the_same_loans_with_defaults_correlated_by_three_tenths() -> None:
    # .392 x (1 + 19 x .3) = 2.6264: the mean stays, the tail does not
    factor = factor_correlation(0.02, 0.3)
    assert factor == pytest.approx(0.70, abs=0.005)
    losses = loss_distribution(portfolio_of_twenty(), factor, draws=DRAWS, seed=1)
    assert losses.loss.var(ddof=1) == pytest.approx(2.6264, rel=0.08)
    assert losses.mean == pytest.approx(0.4, abs=4 * losses.standard_error)
    alone = loss_distribution(portfolio_of_twenty(), 0.0, draws=DRAWS, seed=1)
    assert losses.any_default < alone.any_default
    assert losses.shortfall(0.99) > 2 * alone.shortfall(0.99)


@pytest.mark.parametrize("factor", [0.1, 0.4, 0.8])
def test_the_correlation_of_events_agrees_with_an_integral_over_the_factor(factor: float) -> None:
    # P(both) = integral of Phi((c - sqrt(r) z) / sqrt(1 - r))^2 phi(z) dz
    from scipy import stats

    z = np.linspace(-9, 9, 20_001)
    line = stats.norm.ppf(0.05)
    each = stats.norm.cdf((line - np.sqrt(factor) * z) / np.sqrt(1 - factor))
    both = np.trapezoid(each**2 * stats.norm.pdf(z), z)
    wanted = (both - 0.05**2) / (0.05 * 0.95)
    assert event_correlation(0.05, factor) == pytest.approx(wanted, abs=1e-5)


@given(st.floats(0.005, 0.5), st.floats(0.0, 0.9))
@settings(max_examples=25, deadline=None)
def test_the_factor_behind_a_correlation_leads_back_to_it(p: float, correlation: float) -> None:
    factor = factor_correlation(p, correlation)
    assert event_correlation(p, factor) == pytest.approx(correlation, abs=1e-4)
    assert factor >= correlation - 1e-4  # events are less correlated than what is behind them


@given(st.floats(0, 0.95), st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_the_mean_loss_does_not_depend_on_the_correlation(factor: float, seed: int) -> None:
    loans = Borrowed(
        exposure=np.array([100.0, 50.0, 10.0]), default_probability=np.array([0.1, 0.3, 0.5]),
        security=np.array([80.0, 80.0, 0.0]), recovered=np.array([0.5, 0.5, 0.5]),
    )  # fmt: skip
    # lost in default: 60, 10, 10; 6 + 3 + 5
    losses = loss_distribution(loans, factor, draws=20_000, seed=seed)
    assert losses.mean == pytest.approx(14, abs=5 * losses.standard_error)


def test_all_default_together_at_a_correlation_of_one() -> None:
    losses = loss_distribution(portfolio_of_twenty(), 1.0, draws=20_000, seed=5)
    assert set(losses.defaults.tolist()) == {0, 20}
    assert losses.quantile(0.97) == 0
    assert losses.quantile(0.99) == 20


def test_draws_do_not_depend_on_how_many_are_made() -> None:
    few = np.concatenate(list(events([0.2] * 3, 0.5, draws=100, seed=9, stream="x")))
    many = np.concatenate(list(events([0.2] * 3, 0.5, draws=1000, seed=9, stream="x")))
    assert np.array_equal(few, many[:100])


def test_what_has_another_name_is_independent_at_the_same_seed() -> None:
    one, other = (
        np.concatenate(list(events([0.5], 0.0, draws=20_000, seed=7, stream=name))).ravel()
        for name in ("defaults", "strikes")
    )
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(20_000)


def test_a_factor_or_a_matrix_that_does_not_fit_is_refused() -> None:
    for factor in (-0.1, 1.1):
        with pytest.raises(GepError, match="from 0 to 1"):
            list(events([0.1], factor, draws=1, seed=0, stream="x"))
    with pytest.raises(GepError, match="no correlation matrix of 3"):
        list(events([0.5] * 3, np.eye(2), draws=1, seed=0, stream="x"))


def test_probabilities_that_are_none_are_refused() -> None:
    with pytest.raises(GepError, match="from 0 to 1"):
        list(events([1.2], 0.0, draws=10, seed=0, stream="x"))
    with pytest.raises(GepError, match="between 0 and 1"):
        factor_correlation(0.0, 0.3)


# Disturbance that strikes near forests together

XY = np.array([[0.0, 0.0], [1000.0, 0.0], [0.0, 30_000.0]])


def test_correlation_decays_with_distance_and_rises_with_the_same_species() -> None:
    found = distance_decay(
        XY, ["pine", "bamboo", "pine"], everywhere=0.1, near=0.4, reach=1000, same_species=0.2
    )
    # .1 + .4 / e = .2472; .1 + .4 e^-30 + .2 = .3
    assert found[0, 1] == pytest.approx(0.1 + 0.4 / np.e)
    assert found[0, 2] == pytest.approx(0.3)
    assert np.array_equal(np.diag(found), np.ones(3))
    assert np.array_equal(found, found.T)


@given(st.integers(0, 10**6))
@settings(max_examples=20)
def test_every_such_matrix_can_be_one_of_correlations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    xy, species = rng.uniform(0, 1e4, (30, 2)), rng.choice(["a", "b", "c"], 30)
    found = distance_decay(xy, species, everywhere=0.2, near=0.5, reach=2000, same_species=0.3)
    assert np.linalg.eigvalsh(found).min() > -1e-9


def test_parts_that_are_no_correlation_are_refused() -> None:
    with pytest.raises(GepError, match="more than 1"):
        distance_decay(XY, ["a"] * 3, everywhere=0.5, near=0.5, reach=1, same_species=0.1)
    with pytest.raises(GepError, match="no correlation matrix"):
        list(events([0.5] * 3, np.ones((3, 3)) - 2 * np.eye(3), draws=1, seed=0, stream="x"))


def test_what_strikes_near_forests_together_makes_the_tail_longer_and_not_the_mean() -> None:
    value = np.full(3, 100.0)
    near = distance_decay(XY, ["p"] * 3, everywhere=0, near=0.9, reach=5000, same_species=0)
    together = strikes(value, 0.1, 0.5, near, draws=DRAWS, seed=2).sum(axis=1)
    apart = strikes(value, 0.1, 0.5, np.eye(3), draws=DRAWS, seed=2).sum(axis=1)
    # 300 less 3 x .1 x 50
    assert together.mean() == pytest.approx(285, abs=0.6)
    assert apart.mean() == pytest.approx(285, abs=0.6)
    # the first two stand 1 km apart: more often both are lost
    assert (together <= 200).mean() > 1.5 * (apart <= 200).mean()


def test_security_that_falls_when_borrowers_fail_costs_more() -> None:
    loans = Borrowed(
        exposure=np.full(3, 60.0), default_probability=np.full(3, 0.1),
        security=np.full(3, 100.0), recovered=np.full(3, 0.7),
    )  # fmt: skip
    struck = strikes(np.full(3, 100.0), 0.2, 0.5, np.eye(3), draws=DRAWS, seed=3)
    fixed = loss_distribution(loans, 0.2, draws=DRAWS, seed=4)
    falling = loss_distribution(loans, 0.2, draws=DRAWS, seed=4, security=struck)
    assert fixed.mean == 0  # 70 is recovered of 60
    # struck: 35 recovered of 60: 3 loans x .1 x .2 x 25
    assert falling.mean == pytest.approx(1.5, abs=5 * falling.standard_error)
    with pytest.raises(GepError, match="must have"):
        loss_distribution(loans, 0.2, draws=10, seed=4, security=struck)


def test_what_parcels_share_in_their_tonnes_moves_all_security_together() -> None:
    def total(shared: Iterable[float], own: float) -> float:
        estimates = Estimates(
            keys=pd.DataFrame({"parcel_id": ["a", "b"]}), value=np.array([100.0, 100.0]),
            shared={"carbon_fraction": np.array(list(shared))}, own=np.array([own, own]),
        )  # fmt: skip
        drawn = simulate(estimates, draws=20_000, seed=1, by=["parcel_id"], at_least=0)
        worth = security_from_carbon(drawn, [["a"], ["b"]], np.array([1000.0, 1000.0]))
        assert worth.mean(axis=0) == pytest.approx([1000, 1000])
        return float(worth.sum(axis=1).std())

    # 10 % each: shared 2 x 100, a parcel's own 100 x sqrt(2)
    assert total((10, 10), 0) == pytest.approx(200, rel=0.03)
    assert total((0, 0), 10) == pytest.approx(100 * np.sqrt(2), rel=0.03)


def test_a_loan_on_a_parcel_without_draws_is_refused() -> None:
    estimates = Estimates(keys=pd.DataFrame({"parcel_id": ["a"]}), value=np.ones(1), own=np.ones(1))
    drawn = simulate(estimates, draws=10, seed=1, by=["parcel_id"])
    with pytest.raises(GepError, match="parcel b"):
        security_from_carbon(drawn, [["b"]], np.ones(1))


# Index insurance: the steps are an example's, none is published

POLICY = IndexPolicy(
    sum_insured=Decimal(1_000_000), limit=Decimal(600_000), deductible=Decimal(20_000),
    steps=(PayoutStep(Decimal(100), Decimal("0.1")), PayoutStep(Decimal(300), Decimal("0.4")),
           PayoutStep(Decimal(600), Decimal(1))),
    perils=frozenset({"fire"}), tonnes=Decimal(2000), valid_from=date(2026, 1, 1),
    valid_to=date(2027, 1, 1), loss_payee="bank",
)  # fmt: skip


@pytest.mark.parametrize(
    ("index", "payout", "recovery"),
    [
        ("99.99", 0, 0),
        ("100", 100_000, 80_000),
        ("300", 400_000, 380_000),
        ("599", 400_000, 380_000),
        ("600", 600_000, 580_000),  # the whole sum, limited
    ],
)
def test_a_payout_by_the_table(index: str, payout: int, recovery: int) -> None:
    assert POLICY.trigger == 100
    assert POLICY.payout(Decimal(index)) == payout
    assert POLICY.recovery(Decimal(index)) == recovery
    assert POLICY.recoveries(np.array([float(index)]))[0] == recovery


def test_the_index_adds_up_losses_and_forgets_gains() -> None:
    assert index_loss(yuan(50, -30, 60)) == 110


def test_basis_risk_by_hand() -> None:
    loss = np.array([10.0, 200.0, 300.0, 400.0, 500.0])
    recovery = np.array([0.0, 0.0, 0.0, 250.0, 500.0])
    found = basis_risk(loss, recovery, 100)
    assert found.probability == 0.5  # two of the four above 100
    assert found.beyond == 4
    assert found.mean_not_covered == pytest.approx((200 + 300 + 150 + 0) / 4)
    assert basis_risk(loss, recovery, 1000).probability is None


def test_an_index_that_is_the_loss_has_no_basis_risk_above_its_trigger() -> None:
    loss = np.random.default_rng(1).gamma(2, 150, 5000)
    found = basis_risk(loss, POLICY.recoveries(loss), above=100)
    assert found.probability == 0
    # a noisy index misses some
    noisy = np.clip(loss + np.random.default_rng(2).normal(0, 150, 5000), 0, None)
    missed = basis_risk(loss, POLICY.recoveries(noisy), above=100).probability
    assert missed is not None
    assert missed > 0


def test_gaps_between_contract_and_pledge_are_told() -> None:
    gaps = [g.en for g in POLICY.gaps(
        tonnes=Decimal(2500), perils={"fire", "drought"}, start=date(2026, 1, 1),
        end=date(2029, 1, 1), payee="other bank",
    )]  # fmt: skip
    assert len(gaps) == 4
    assert "2000 t are insured" in gaps[0]
    assert gaps[1] == "drought is not insured"
    assert not list(POLICY.gaps(tonnes=Decimal(2000), perils={"fire"}, start=date(2026, 1, 1),
                                end=date(2027, 1, 1), payee="bank"))  # fmt: skip


def test_a_payout_table_that_falls_is_refused() -> None:
    falling = (PayoutStep(Decimal(1), Decimal("0.5")), PayoutStep(Decimal(2), Decimal("0.4")))
    for steps in ((), falling, (PayoutStep(Decimal(1), Decimal(2)),)):
        with pytest.raises(GepError, match="payout table"):
            IndexPolicy(sum_insured=Decimal(1), limit=Decimal(1), steps=steps, tonnes=Decimal(1),
                        valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1))  # fmt: skip


# Bundling


def value_at(price: float, base: Holding = S03) -> "Value":
    return Value(price, base)


class Value:
    """The base case by area in mu."""

    def __init__(self, price: float, base: Holding) -> None:
        self.price, self.base = price, base

    def __call__(self, area: Decimal) -> Decimal:
        from dataclasses import replace

        return Decimal(repr(npv(replace(self.base, price=self.price, area=float(area)))))


@pytest.mark.parametrize(
    ("price", "area"), [(15, 3776.8), (30, 1888.4), (60, 944.2), (75.19, 753.5)]
)
def test_the_break_even_areas_of_the_reference(price: float, area: float) -> None:
    assert float(break_even_area(value_at(price), Decimal(1000))) == pytest.approx(area, abs=0.05)


def test_the_valuation_says_the_same_area() -> None:
    def value(area: Decimal) -> Decimal:
        held = inputs().facts.holding
        assert held is not None
        sized = held.model_copy(update={"area_mu": float(area)})
        facts = inputs().facts.model_copy(update={"holding": sized})
        return revalued(inputs().model_copy(update={"facts": facts})).value

    assert float(break_even_area(value, Decimal(1000))) == pytest.approx(944.2, abs=0.05)


def test_small_holdings_are_worth_nothing_alone_and_something_together() -> None:
    # each of 500 mu is below 944.2; 2,000 mu are above: slope 929,798.68 / (10,000 - 944.2)
    found = bundle({name: Decimal(500) for name in "abcd"}, value_at(60))
    assert all(value < 0 for value in found.alone.values())
    assert found.worthwhile
    per_mu = 929_798.68 / (10_000 - 944.2)
    assert float(found.together) == pytest.approx(per_mu * (2000 - 944.2), rel=1e-4)
    assert found.gain == found.together
    assert sum(found.shares.values()) <= found.gain
    assert len(set(found.shares.values())) == 1


@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=8))
def test_bundling_never_costs_where_fixed_costs_are_shared(areas: list[int]) -> None:
    named = {str(i): Decimal(a) for i, a in enumerate(areas)}
    found = bundle(named, value_at(60))
    if found.together > 0:
        assert found.gain >= Decimal("-0.001")


def test_no_area_breaks_even_where_a_mu_costs_more_than_it_brings() -> None:
    with pytest.raises(GepError, match="no area breaks even"):
        break_even_area(lambda area: Decimal(-1000) - area, Decimal(10))
    with pytest.raises(GepError, match="area of more than nothing"):
        bundle({"a": Decimal(0)}, value_at(60))
