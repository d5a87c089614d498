"""Post-stratified totals: by hand, their laws, and that their intervals cover."""

import numpy as np
import pandas as pd
import pytest

from data_catalog.errors import TableError
from sinks.sampling.effects import turned
from sinks.sampling.post_strata import PostStrata
from sinks.uncertainty.levels import quantile


def one_unit(place: list[int], weight: list[float], area: float = 100.0) -> PostStrata:
    return PostStrata(
        place=np.array(place), unit=np.zeros(len(weight), dtype=int), weight=np.array(weight),
        area=np.array([area]), names=tuple(f"s{k}" for k in range(len(weight))),
    )  # fmt: skip


def test_a_total_by_hand() -> None:
    # means 2 and 6, weights .75 and .25: 100 (1.5 + 1.5) = 300
    # s^2 2 and 8, n 4: 100^2/4 (.75 * 2 + .25 * 8 + (.25 * 2 + .75 * 8) / 4) = 2500 * 5.125
    found = one_unit([0, 0, 1, 1], [0.75, 0.25])
    y = np.array([[1.0], [3], [4], [8]])
    total = found.estimates(pd.DataFrame({"of": ["carbon"]}), y)
    assert total.value[0] == pytest.approx(300)
    assert total.se[0] ** 2 == pytest.approx(2500 * 5.125)


def test_plots_stand_for_the_area_of_their_stratum() -> None:
    found = one_unit([0, 0, 0, 1, 1], [0.6, 0.4])
    assert found.expansion == pytest.approx([20, 20, 20, 20, 20])
    assert one_unit([0, 0, 1, 1, 1], [0.6, 0.4]).expansion[0] == pytest.approx(30)


def test_units_err_apart() -> None:
    y = np.array([[1.0], [3], [4], [8]])
    both = PostStrata(
        place=np.array([0, 0, 1, 1]), unit=np.array([0, 1]), weight=np.ones(2),
        area=np.array([50.0, 10.0]), names=("a", "b"),
    )  # fmt: skip
    # 50 * 2 + 10 * 6; 50^2 * 2/2 + 10^2 * 8/2
    assert both.totals(y)[0] == pytest.approx(160)
    assert (both.effects(y) ** 2).sum() == pytest.approx(2500 + 400)


def test_what_is_summed_from_the_same_plots_errs_together() -> None:
    draw = np.random.default_rng(1)
    y = draw.gamma(3, 10, (30, 3))
    found = one_unit([0] * 18 + [1] * 12, [0.55, 0.45])
    parts = found.estimates(pd.DataFrame({"of": ["a", "b", "c"]}), y)
    whole = found.estimates(pd.DataFrame({"of": ["all"]}), y.sum(axis=1, keepdims=True))
    assert parts.summed(()).value[0] == pytest.approx(whole.value[0])
    assert parts.summed(()).se[0] == pytest.approx(whole.se[0])
    assert len(parts.shared) == 3, "as many sources as totals, not as plots"


def test_turned_sources_have_the_covariance_of_all() -> None:
    effects = np.random.default_rng(2).normal(size=(40, 4))
    few = turned(effects)
    assert few.shape == (4, 4)
    assert few.T @ few == pytest.approx(effects.T @ effects)


def test_a_ratio_errs_by_what_does_not_go_together() -> None:
    x = np.array([1.0, 0.5, 0, 1, 0.8, 0])
    found = one_unit([0, 0, 0, 1, 1, 1], [0.5, 0.5])
    assert found.ratio(80 * x, x) == (pytest.approx(80), pytest.approx(0, abs=1e-9))


def test_intervals_of_a_total_cover_the_truth() -> None:
    draw = np.random.default_rng(4)
    stratum = draw.random(20_000) < 0.35
    land = np.where(stratum, draw.gamma(9, 10, 20_000), draw.gamma(2, 8, 20_000))
    weight, truth, hits = [1 - stratum.mean(), stratum.mean()], land.mean() * 100, 0
    for _ in range(1000):
        plots = draw.choice(20_000, 60, replace=False)
        found = one_unit(stratum[plots].astype(int).tolist(), weight)
        y = land[plots][:, None]
        half = quantile(0.9, 58) * np.sqrt((found.effects(y) ** 2).sum())
        hits += abs(found.totals(y)[0] - truth) <= half
    # 1,000 draws at 90 %: two standard errors are 1.9 %
    assert 0.88 <= hits / 1000 <= 0.92


def test_weights_that_do_not_fill_the_unit_are_refused() -> None:
    with pytest.raises(TableError, match=r"add up to 0\.900000, not to 1"):
        one_unit([0, 0, 1, 1], [0.6, 0.3])


def test_a_stratum_with_one_plot_is_refused_in_words() -> None:
    with pytest.raises(TableError, match="stratum 's1' has 1 plot"):
        one_unit([0, 0, 1], [0.6, 0.4]).effects(np.ones((3, 1)))
