"""Areas by class corrected for classification error, with published intervals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import TableError
from sinks.estimates import Estimates
from sinks.uncertainty.confusion import (
    class_areas,
    class_shares,
    share_covariance,
    with_clusters,
)
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.levels import half_width
from sinks.uncertainty.map_error import footprints_of_pixels, mean_correlation

OLOFSSON = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]]
PIXELS = [200_000, 150_000, 3_200_000, 6_450_000]
HA_PER_PIXEL = 0.09
CLASSES = ("loss", "gain", "forest", "other")
counts = st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=3, max_size=3)


def areas(mapped, matrix=OLOFSSON, classes=CLASSES) -> Estimates:
    mapped = np.atleast_2d(np.asarray(mapped, dtype=float))
    keys = pd.DataFrame({"parcel_id": [f"p{i}" for i in range(len(mapped))]})
    return class_areas(mapped, matrix, keys, classes)


def test_areas_and_intervals_of_olofsson_2014() -> None:
    # 21 158 +- 6 158; 11 686 +- 3 756; 285 770 +- 15 510; 581 386 +- 16 282 ha, at 1.96 se
    found = areas(np.multiply(PIXELS, HA_PER_PIXEL))
    assert found.keys["class"].tolist() == list(CLASSES)
    # class 1: 18 000 x 66/75 + 288 000 x 1/165 + 580 500 x 2/325 = 21 158
    assert found.value == pytest.approx([21_158, 11_686, 285_770, 581_386], abs=0.6)
    assert half_width(found.se, 0.95) == pytest.approx([6_158, 3_756, 15_510, 16_282], abs=0.8)


def test_a_sample_does_not_grow_by_being_used_on_more_parcels() -> None:
    # the same land in ten parcels has the same interval as in one
    whole = np.multiply(PIXELS, HA_PER_PIXEL)
    cut = np.random.default_rng(1).dirichlet(np.ones(10), 4).T * whole
    found = areas(cut).summed(["class"])
    one = areas(whole).summed(["class"])
    assert found.value == pytest.approx(one.value)
    assert found.se == pytest.approx(one.se)
    alone = areas(cut)
    independent = np.sqrt(alone.summed(["class"]).se ** 2).sum()
    assert np.sqrt((alone.se**2).sum()) < independent, "as independent they would shrink"


def test_a_buffer_of_openmrv_shows_the_change_it_hides() -> None:
    # p .57811, .39922, .02307; se .0067520, .0063466, .0037174 of the area
    matrix = [[271, 3, 1], [6, 193, 1], [2, 1, 27], [23, 0, 7]]
    found = class_areas(
        [[0.551, 0.407, 0.0137, 0.0287]],
        matrix,
        pd.DataFrame({"parcel_id": ["all"]}),
        ("forest", "other", "change"),
        strata=("forest", "other", "change", "buffer"),
    )
    assert found.value == pytest.approx([0.57811, 0.39922, 0.02307], abs=4e-4)
    assert found.se == pytest.approx([0.0067520, 0.0063466, 0.0037174], abs=2e-5)


def test_land_is_neither_made_nor_lost() -> None:
    mapped = np.random.default_rng(2).uniform(0, 50, (6, 4))
    by_parcel = areas(mapped).summed(["parcel_id"])
    assert by_parcel.value == pytest.approx(mapped.sum(axis=1))
    assert by_parcel.se == pytest.approx(0, abs=1e-9)


def test_carbon_of_a_class_takes_its_area_s_error_with_it() -> None:
    # two classes of 100 and 40 tC/ha: Var = a' (d' Cov d) a, class by class of the map
    matrix, density = [[45, 5], [2, 48]], np.array([100.0, 40.0])
    found = areas([[30.0, 70.0]], matrix, ("forest", "shrub")).times(density, {}).summed(())
    variance = sum(
        a**2 * density @ share_covariance(n) @ density
        for a, n in zip([30, 70], matrix, strict=True)
    )
    assert found.se[0] == pytest.approx(np.sqrt(variance))
    # 30 x (.9 x 100 + .1 x 40) + 70 x (.04 x 100 + .96 x 40)
    assert found.value[0] == pytest.approx(30 * 94 + 70 * 42.4)


@given(counts.filter(lambda m: all(sum(row) > 1 for row in m)))
def test_components_have_the_multinomial_covariance(matrix: list[list[int]]) -> None:
    found = areas(np.eye(3) * 100, matrix, ("a", "b", "c"))
    effects = np.stack(list(found.shared.values()) or [np.zeros(9)])
    for i in range(3):
        rows = slice(3 * i, 3 * i + 3)
        covariance = effects[:, rows].T @ effects[:, rows]
        assert covariance == pytest.approx(1e4 * share_covariance(matrix[i]), abs=1e-6)
    assert found.value.reshape(3, 3) == pytest.approx(100 * class_shares(matrix))


def test_mistakes_that_cluster_widen_a_parcel_more_than_a_county() -> None:
    row, col = (a.ravel() for a in np.mgrid[:40, :40])
    parcel = row // 4 * 10 + col // 4
    prints = footprints_of_pixels(parcel, row, col, np.ones(1600), 30.0, 100)
    mapped, matrix = np.full((100, 2), [1.0, 0.44]), [[180, 20], [10, 190]]
    sample = areas(mapped, matrix, ("forest", "other"))
    correlation = Correlation("exponential", 120.0)
    found = with_clusters(sample, mapped, matrix, prints, correlation)
    forest = found.chosen((found.keys["class"] == "forest").to_numpy())
    of_sample = sample.chosen((sample.keys["class"] == "forest").to_numpy())
    # of the parcel: a^2 q (1 - q) rho for each class of the map, beside the sample's error
    own = (0.9 * 0.1 + 0.44**2 * 0.05 * 0.95) * mean_correlation(prints, correlation)
    assert forest.se == pytest.approx(np.sqrt(of_sample.se**2 + own))
    widened = forest.se / of_sample.se
    total = forest.summed(()).se[0] / of_sample.summed(()).se[0]
    assert widened.min() > 5
    assert 1 < total < 2


def test_a_class_without_a_sample_is_named() -> None:
    with pytest.raises(TableError, match=r"map class shrub has 70\.00 ha but 1 reference units"):
        areas([[30.0, 70.0]], [[45, 5], [0, 1]], ("forest", "shrub"))
    with pytest.raises(ValueError, match="3 classes of the map"):
        class_areas(np.ones((1, 2)), [[45, 5], [4, 50]], pd.DataFrame({"parcel_id": ["a"]}),
                    ("forest", "other"), strata=("forest", "other", "buffer"))  # fmt: skip
    unused = areas([[30.0, 0.0]], [[45, 5], [0, 0]], ("forest", "shrub"))
    assert unused.value == pytest.approx([27, 3])
