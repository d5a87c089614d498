"""Draws of a portfolio: the same for any portions, and as wide as the analytic errors."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sinks.estimates import Estimates
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.fields import Field, Spread
from sinks.uncertainty.map_error import footprints_of_pixels, with_map_error
from sinks.uncertainty.portfolio import simulate
from sinks.uncertainty.random_fields import lattice_of, normal_numbers

DRAWS = 20_000
SIDE = 24


def portfolio(range_m: float = 400.0, **with_own) -> Estimates:
    """Return 64 parcels of 3 x 3 pixels in four townships, two pools each."""
    row, col = (a.ravel() for a in np.mgrid[:SIDE, :SIDE])
    parcel = row // 3 * 8 + col // 3
    prints = footprints_of_pixels(parcel, row, col, np.ones(SIDE**2), 30.0, 64)
    number = np.repeat(np.arange(64), 2)
    carbon = np.tile([30.0, 8.0], 64)
    bare = Estimates(
        keys=pd.DataFrame({"parcel_id": number, "township": number // 16, "pool": ["a", "b"] * 64}),
        value=carbon, shared={"fraction": 0.05 * carbon, "roots": np.tile([0.0, 1.5], 64)},
        own=np.full(128, with_own.get("own", 2.0)),
    )  # fmt: skip
    correlation = Correlation("exponential", range_m)
    return with_map_error(bare, "map", prints, correlation, 0.3 * carbon, number, side_m=60.0)


@pytest.mark.parametrize("range_m", [60.0, 400.0, 3000.0])
def test_totals_spread_as_the_analytic_errors_say(range_m: float) -> None:
    given = portfolio(range_m)
    drawn = simulate(given, draws=DRAWS, seed=1, by=["township"])
    towns = given.summed(["township"])
    assert drawn.keys["township"].tolist() == [0, 1, 2, 3]
    # the standard deviation of n draws is off by se / sqrt(2 n): 0.5 %; four of these
    assert drawn.totals.std(axis=0) == pytest.approx(towns.se, rel=0.02)
    assert drawn.totals.mean(axis=0) == pytest.approx(towns.value, abs=4 * max(towns.se) / 141)
    together = drawn.totals.sum(axis=1)
    assert together.std() == pytest.approx(given.summed(()).se[0], rel=0.02)
    covariance = np.cov(drawn.totals.T)
    pair = given.chosen(given.keys["township"].isin([0, 1]).to_numpy()).summed(()).se[0] ** 2
    exact = (pair - towns.se[0] ** 2 - towns.se[1] ** 2) / 2
    assert covariance[0, 1] == pytest.approx(exact, rel=0.08)


def test_quantiles_of_each_row_are_those_of_its_error() -> None:
    given = portfolio()
    drawn = simulate(given, draws=DRAWS, seed=2, quantiles=(0.05, 0.5, 0.95))
    off = (drawn.row_quantiles - given.value[:, None]) / given.se[:, None]
    # a quantile of n draws errs by sqrt(q (1 - q) / n) / density: 0.015 and 0.009
    assert off == pytest.approx(np.tile(stats.norm.ppf([0.05, 0.5, 0.95]), (128, 1)), abs=0.07)
    assert off.mean(axis=0) == pytest.approx(stats.norm.ppf([0.05, 0.5, 0.95]), abs=0.03)


def test_quantiles_are_within_a_bin_of_the_draws_themselves() -> None:
    given = portfolio()
    shares = np.array([0.01, 0.1, 0.5, 0.9, 0.975])
    drawn = simulate(given, draws=3000, seed=3, by=["parcel_id", "pool"], quantiles=shares)
    exact = np.quantile(drawn.totals, shares, axis=0).T
    assert drawn.row_quantiles == pytest.approx(exact, abs=given.se.max() / 20)


@pytest.mark.parametrize("cuts", [(100,), (64, 128, 192), (1, 2, 63, 65, 200)])
def test_any_portions_give_the_same_draws(cuts: tuple[int, ...]) -> None:
    given = portfolio()
    whole = simulate(given, draws=300, seed=11, by=["township"], at_least=0)
    ends = [*cuts, 300]
    parts = [
        simulate(given, draws=end - first, seed=11, by=["township"], at_least=0, first=first)
        for first, end in zip([0, *cuts], ends, strict=True)
    ]
    assert np.array_equal(np.concatenate([p.totals for p in parts]), whole.totals)


def test_a_seed_repeats_and_another_does_not() -> None:
    given = portfolio()
    one, same, other = (simulate(given, draws=50, seed=s).totals for s in (4, 4, 5))
    assert np.array_equal(one, same)
    assert not np.isclose(one, other).any()


def test_a_source_that_is_added_leaves_the_draws_of_the_others() -> None:
    bare = portfolio(own=0.0)
    more = bare.times(1.0, {"expansion": 0.1})
    one, two = (simulate(e, draws=500, seed=9).totals[:, 0] for e in (bare, more))
    extra = (two - one) / (0.1 * bare.value.sum())
    blocks = [normal_numbers(9, "expansion", b, (64,)) for b in range(8)]
    assert extra == pytest.approx(np.concatenate(blocks)[:500], abs=1e-3)


def test_no_stock_below_zero_where_asked() -> None:
    # of 10 +- 10 a draw below zero counts as zero: mean s (phi(m/s) + m/s Phi(m/s)) = 10.833
    given = Estimates(
        keys=pd.DataFrame({"parcel_id": range(50)}), value=np.full(50, 10.0), own=np.full(50, 10.0)
    )
    drawn = simulate(given, draws=DRAWS, seed=6, quantiles=(0.05, 0.95), at_least=0)
    assert drawn.totals.mean() / 50 == pytest.approx(10.833, abs=0.02)
    assert (drawn.row_quantiles[:, 0] == 0).all()
    free = simulate(given, draws=DRAWS, seed=6)
    assert (drawn.totals >= free.totals).all()


def test_what_is_not_known_is_not_drawn_and_what_is_certain_stays() -> None:
    given = Estimates(
        keys=pd.DataFrame({"parcel_id": range(4), "of": ["a", "b", "c", "c"]}),
        value=np.array([1.0, np.nan, 3.0, 4.0]), own=np.array([0.0, 1.0, np.nan, 1.0]),
    )  # fmt: skip
    drawn = simulate(given, draws=100, seed=1, by=["of"], quantiles=(0.5,), at_least=0)
    assert (drawn.totals[:, 0] == 1).all()
    assert np.isnan(drawn.totals[:, 1:]).all()
    assert drawn.row_quantiles[0, 0] == pytest.approx(1)
    assert np.isnan(drawn.row_quantiles[:, 0]).tolist() == [False, True, True, False]


def test_a_field_is_drawn_with_its_own_correlations() -> None:
    correlation = Correlation("exponential", 500.0)
    x, y = (a.ravel() for a in np.mgrid[:12, :7])
    spread = Spread.gathered(Field(correlation, 100.0), 84, np.arange(84), x, y, np.ones(84))
    lattice = lattice_of(spread)
    drawn = np.concatenate([lattice.drawn(1, "map", b, 500) for b in range(60)], axis=1)
    found = np.cov(drawn)
    table = spread.field.table(12)
    exact = table[np.abs(x[:, None] - x), np.abs(y[:, None] - y)]
    # the covariance of 30,000 draws errs by 0.006 to 0.008
    assert np.abs(found - exact).max() < 0.035
    assert np.abs(found - exact).mean() < 0.008
