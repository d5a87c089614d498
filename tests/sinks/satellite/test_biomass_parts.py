"""The parts of a biomass model, each redone by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.satellite.biomass.accuracy import by_class, overall, saturation
from sinks.satellite.biomass.applicability import applicability, outlier_free_maximum
from sinks.satellite.biomass.conformal import block_quantile, covered_by_others, least_blocks
from sinks.satellite.biomass.folds import blocks_of, folds_of
from sinks.satellite.biomass.variogram import Lags, Variogram, fitted, semivariances


def test_with_one_plot_a_block_the_quantile_is_that_of_split_conformal_prediction():
    # 19 plots, 90 %: the ceil(20 x 0.9) = 18th smallest
    scores = np.random.default_rng(3).permutation(np.arange(1.0, 20.0))
    assert block_quantile(scores, np.arange(19), 0.9) == 18.0
    # 9 plots: ceil(10 x 0.9) = 9th, the largest; with 8 no interval is wide enough
    assert block_quantile(np.arange(1.0, 10.0), np.arange(9), 0.9) == 9.0
    assert block_quantile(np.arange(1.0, 9.0), np.arange(8), 0.9) == np.inf


def test_a_block_of_many_plots_weighs_as_much_as_one_of_a_single_plot():
    # three blocks, so each weighs 1/4 and infinity 1/4; block 0 has four plots of 1/16 each:
    # sorted 1 1 1 1 | 5 | 9 give 4/16, 8/16, 12/16. At 50 % it is 5, at 75 % it is 9.
    scores = np.array([1.0, 1.0, 1.0, 1.0, 5.0, 9.0])
    blocks = np.array([0, 0, 0, 0, 1, 2])
    assert block_quantile(scores, blocks, 0.25) == 1.0
    assert block_quantile(scores, blocks, 0.5) == 5.0
    assert block_quantile(scores, blocks, 0.75) == 9.0
    assert block_quantile(scores, blocks, 0.76) == np.inf


@pytest.mark.parametrize(("level", "blocks"), [(0.9, 9), (0.95, 19), (0.5, 1), (0.8, 4)])
def test_so_many_blocks_reach_a_level_and_one_less_does_not(level, blocks):
    assert least_blocks(level) == blocks
    assert np.isfinite(block_quantile(np.ones(blocks), np.arange(blocks), level))
    assert block_quantile(np.ones(blocks - 1), np.arange(blocks - 1), level) == np.inf


def test_intervals_by_block_cover_plots_of_new_blocks_and_those_by_plot_do_not():
    # errors of a block share a draw: 30 blocks of 40 plots, then 30 new blocks, 400 times over
    rng = np.random.default_rng(11)
    blocks = np.repeat(np.arange(30), 40)
    by_block, as_if_apart = [], []
    for _ in range(400):
        scale = np.abs(rng.standard_normal((2, 30, 1))) + 0.1
        old, new = np.abs(scale * rng.standard_normal((2, 30, 40)))
        within = new <= block_quantile(old.ravel(), blocks, 0.9)
        by_block.append(within.mean())
        as_if_apart.append((new <= block_quantile(old.ravel(), np.arange(1200), 0.9)).mean())
    # the guarantee is 0.9 to 0.9 + 1/31
    assert 0.9 - 0.01 < np.mean(by_block) < 0.9 + 1 / 31 + 0.01
    assert np.mean(as_if_apart) < np.mean(by_block)


def test_the_coverage_of_a_plot_is_judged_by_other_blocks_only():
    # 20 blocks; one plot is off by 50. Its own block must not widen its interval.
    scores, blocks = np.ones(20), np.arange(20)
    scores[7] = 50
    within = covered_by_others(scores, blocks, 0.9)
    assert not within[7]
    assert within.sum() == 19


def test_dissimilarity_by_hand():
    # one feature 0, 2, 4, 10: standard deviation sqrt((16+4+0+36)/3) = sqrt(56/3) with mean 4.
    # Distances in it: 2 4 10 2 8 6, mean 32/6 = 16/3; scale and weight cancel in the index.
    # Folds {0, 2} and {4, 10}: nearest of the other fold 4, 2, 2, 8 -> over 16/3.
    features = np.array([[0.0], [2.0], [4.0], [10.0]])
    area = applicability(features, np.array([0.7]), np.array([0, 0, 1, 1]), 1.5)
    assert area.training == pytest.approx(np.array([4, 2, 2, 8]) / (16 / 3))
    # quartiles of 2 2 4 8 are 2 and 5: all up to 5 + 1.5 x 3 = 9.5 count, so 8 -> 1.5
    assert area.threshold == pytest.approx(1.5)
    # a cell at 13 is 3 from the nearest plot, one at 25 is 15
    found = area.dissimilarity(np.array([[13.0], [25.0]]))
    assert found == pytest.approx(np.array([3, 15]) / (16 / 3))
    assert (found <= area.threshold).tolist() == [True, False]


def test_a_feature_without_weight_makes_no_cell_dissimilar():
    rng = np.random.default_rng(5)
    area = applicability(rng.normal(size=(30, 2)), np.array([1.0, 0.0]), np.arange(30) % 5, 1.5)
    near, far = area.dissimilarity(np.array([[0.1, 0.0], [0.1, 1e6]]))
    assert near == far


def test_the_threshold_is_the_largest_that_is_no_outlier():
    # 1..8 and 100: quartiles 3 and 7, outliers from 7 + 1.5 x 4 = 13
    assert outlier_free_maximum(np.array([1, 2, 3, 4, 5, 6, 7, 8, 100.0]), 1.5) == 8


def test_semivariances_by_hand():
    # plots at 0, 1 and 3 m with 0, 2 and 6: pairs 1 m: (2)^2/2 = 2; 2 m: 4^2/2 = 8; 3 m: 6^2/2 = 18
    # three classes of 1 m up to 3 m; a distance at a limit goes to the next, the last is beyond
    lags = semivariances(np.array([0, 1.0, 3]), np.zeros(3), np.array([0, 2.0, 6]), 3, 1.0)
    assert lags.distance.tolist() == [1, 2]
    assert lags.pairs.tolist() == [1, 1]
    assert lags.semivariance.tolist() == [2, 8]


def test_a_variogram_that_is_exponential_is_found_again():
    distance = np.linspace(100, 3000, 15)
    semivariance = 2 + 5 * (1 - np.exp(-3 * distance / 900))
    found = fitted(Lags(distance=distance, pairs=np.full(15, 40), semivariance=semivariance))
    assert found.nugget == pytest.approx(2, rel=1e-3)
    assert found.sill == pytest.approx(5, rel=1e-3)
    assert found.range_m == pytest.approx(900, rel=1e-3)
    assert found.correlated_share == pytest.approx(5 / 7, rel=1e-3)


def test_correlation_falls_to_five_per_cent_of_the_correlated_share_at_the_range():
    one = Variogram(nugget=1.0, sill=3.0, range_m=600.0, longest_m=2000.0)
    # 3/4 exp(-3) = 0.0373; a place and itself are one
    assert one.correlation(np.array([0.0, 600.0])) == pytest.approx([1.0, 0.75 * np.exp(-3)])


def test_residuals_of_a_known_field_have_its_range():
    # an exponential field of practical range 500 m, drawn by its covariance, 40 times
    rng = np.random.default_rng(2)
    x, y = rng.uniform(0, 4000, (2, 150))
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    root = np.linalg.cholesky(np.exp(-3 * apart / 500) + 1e-9 * np.eye(150))
    ranges = [fitted(semivariances(x, y, root @ rng.standard_normal(150), 12, 0.5)).range_m
              for _ in range(40)]  # fmt: skip
    assert np.median(ranges) == pytest.approx(500, rel=0.3)


def test_the_fold_of_a_plot_is_that_of_its_block():
    rng = np.random.default_rng(8)
    x, y = rng.uniform(0, 5000, (2, 300))
    blocks = blocks_of(x, y, 700, np.arange(300), np.arange(300))
    folds = folds_of(blocks, 7, 3)
    assert set(np.unique(folds)) == set(range(7))
    for block in np.unique(blocks):
        assert len(set(folds[blocks == block])) == 1
        here = blocks == block
        assert len({(a, b) for a, b in zip(x[here] // 700, y[here] // 700, strict=True)}) == 1


def test_plots_that_share_a_cell_are_never_in_different_folds():
    # plots 0 and 1 lie in different blocks (x 99 and 101, side 100) and both touch cell 5;
    # plot 2 touches cell 6 with plot 1; plot 3 is on its own
    x, y = np.array([99.0, 101.0, 180.0, 150.0]), np.zeros(4)
    plots, cells = np.array([0, 1, 1, 2, 3]), np.array([5, 5, 6, 6, 9])
    blocks = blocks_of(x, y, 100, plots, cells)
    assert blocks[0] == blocks[1] == blocks[2]
    assert blocks[3] != blocks[0]


@given(st.integers(2, 12), st.integers(0, 5), st.randoms(use_true_random=False))
def test_no_cell_is_in_two_folds_whatever_the_plots(folds, seed, random):
    size = 40
    x = np.array([random.uniform(0, 1000) for _ in range(size)])
    cells = (x // 25).astype(np.int64)  # several plots a cell, cells across the edges of blocks
    found = folds_of(blocks_of(x, np.zeros(size), 110.0, np.arange(size), cells), folds, seed)
    for cell in np.unique(cells):
        assert len(set(found[cells == cell])) == 1


def test_accuracy_by_hand():
    # errors +2, -4, 0: bias -2/3, RMSE sqrt(20/3), mean absolute 2
    # scatter of 10 20 60 about 30: 400 + 100 + 900 = 1400, so 1 - 20/1400 is explained
    observed, predicted = np.array([10.0, 20, 60]), np.array([12.0, 16, 60])
    found = overall(observed, predicted)
    assert found["bias"] == pytest.approx(-2 / 3)
    assert found["rmse"] == pytest.approx((20 / 3) ** 0.5)
    assert found["mean_absolute_error"] == pytest.approx(2)
    assert found["explained_share"] == pytest.approx(1 - 20 / 1400)


def test_classes_hold_each_plot_once_and_a_limit_belongs_to_the_higher_one():
    observed = np.array([0.0, 49.9, 50, 130, 400])
    rows = by_class(observed, observed, observed - 10, np.array([50.0, 125]))
    assert [r["plots"] for r in rows] == [2, 1, 2]
    assert [(r["from"], r["to"]) for r in rows] == [(0, 50), (50, 125), (125, None)]
    assert all(r["bias"] == pytest.approx(-10) for r in rows)


def test_saturation_is_the_bias_of_dense_stands():
    # plots of 130 and 200 come out 120 and 150: -10 and -50, mean -30
    found = saturation(np.array([20.0, 130, 200]), np.array([25.0, 120, 150]), 125)
    assert found["plots"] == 2
    assert found["bias"] == pytest.approx(-30)
    assert found["largest_predicted"] == 150
    assert "bias" not in saturation(np.array([20.0]), np.array([25.0]), 125)
