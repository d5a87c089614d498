"""Classes from polygons: held out by whole blocks, and judged by counts redone by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data_catalog.errors import ProjectError
from data_catalog.parameters import bundled
from sinks.satellite.disturbance.accuracy import accuracy, change_matrix, change_of, wilson
from sinks.satellite.disturbance.classification import Labels, block_of, held_out, settings
from tiles.grid import Grid

GRID = Grid("EPSG:6933", (10.0, 0, 0.0, 0, -10.0, 400.0), 40, 40, 0.002)
FEW_TREES = 20


def polygons(shapes: list[shapely.Polygon], classes: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"one": classes, "two": classes}, geometry=shapes, crs="EPSG:6933")


def checkerboard() -> gpd.GeoDataFrame:
    """Sixteen polygons of 50 m, one to a square of 100 m, forest on the left half."""
    shapes = [shapely.box(x, y, x + 50, y + 50) for x in range(20, 400, 100)
              for y in range(20, 400, 100)]  # fmt: skip
    return polygons(shapes, ["Forest" if s.centroid.x < 200 else "Bare" for s in shapes])


def how() -> object:
    from dataclasses import replace

    return replace(settings(bundled()), trees=FEW_TREES)


def test_the_hyperparameters_are_rows() -> None:
    found = settings(bundled())
    assert (found.trees, found.least_leaf, found.seed, found.folds) == (300, 2, 1, 5)


def test_polygons_of_a_square_are_of_one_block() -> None:
    shapes = [shapely.box(x, 10, x + 20, 30) for x in (10, 60, 110, 160)]
    found = block_of(polygons(shapes, ["Forest"] * 4), 100.0)
    assert found[0] == found[1] != found[2]
    assert found[2] == found[3]


def test_no_polygon_is_judged_by_a_model_that_saw_its_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # the features are the polygon's number: what a model was taught can be read off its pixels
    from sinks.satellite.disturbance import classification

    labels = Labels.on(checkerboard(), ["one", "two"], "Forest", 200.0, GRID)
    taught: list[set[int]] = []
    judged: list[set[int]] = []
    whole_fit, whole_predict = classification.fitted, classification.forest_probability

    def fit(pixels: np.ndarray, forest: np.ndarray, rules: object) -> object:
        taught.append(set(pixels[:, 0].astype(int)))
        return whole_fit(pixels, forest, rules)

    def predict(model: object, pixels: np.ndarray) -> np.ndarray:
        judged.append(set(pixels[:, 0].astype(int)))
        return whole_predict(model, pixels)

    monkeypatch.setattr(classification, "fitted", fit)
    monkeypatch.setattr(classification, "forest_probability", predict)
    features = {0: labels.place[np.newaxis].astype(float)}
    held_out(labels, features, how())
    assert len(taught) == 4  # four blocks of four polygons, fewer than five folds
    for seen, unseen in zip(taught, judged, strict=True):
        blocks_seen = {labels.block[p] for p in seen}
        assert not blocks_seen & {labels.block[p] for p in unseen}
    assert set().union(*judged) == set(range(16))


def test_classes_that_the_features_tell_are_learnt() -> None:
    labels = Labels.on(checkerboard(), ["one", "two"], "Forest", 100.0, GRID)
    x = np.broadcast_to(np.arange(40.0), GRID.shape)
    noise = np.random.default_rng(1).normal(size=GRID.shape)
    polygon, judged = held_out(labels, {0: np.stack([x, noise])}, how())
    assert (judged[0] == labels.forest[0, polygon]).all()
    assert (np.bincount(polygon) == 25).all()  # 50 m x 50 m on cells of 10 m


def test_what_the_features_cannot_tell_is_not_claimed() -> None:
    # every polygon has a value of its own and nothing else: a split by pixels would be perfect
    labels = Labels.on(checkerboard(), ["one", "two"], "Forest", 100.0, GRID)
    own = np.random.default_rng(3).permutation(16).astype(float)
    features = {0: np.where(labels.place >= 0, own[labels.place], np.nan)[np.newaxis]}
    polygon, judged = held_out(labels, features, how())
    right = np.mean(judged[0] == labels.forest[0, polygon])
    assert right < 0.8


def test_one_block_or_one_class_is_refused() -> None:
    labels = Labels.on(checkerboard(), ["one", "two"], "Forest", 10_000.0, GRID)
    features = {0: np.ones((1, *GRID.shape))}
    with pytest.raises(ProjectError, match="all polygons lie in one block"):
        held_out(labels, features, how())
    halves = Labels(labels.place, labels.forest, (labels.forest[0]).astype(np.int64))
    with pytest.raises(ProjectError, match="all of one class"):
        held_out(halves, features, how())


def test_changes_are_named_by_both_dates() -> None:
    before, after = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    assert list(change_of(before, after)) == [0, 1, 2, 3]


def test_the_change_matrix_closes_on_the_area() -> None:
    before, after = np.array([[1, 1, 0, -1]]), np.array([[1, 0, 0, 1]])
    found = change_matrix(before, after, np.full((1, 4), 0.09))
    assert found.loc[1, 1] == found.loc[1, 0] == found.loc[0, 0] == pytest.approx(0.09)
    assert found.loc[0, 1] == 0
    assert found.to_numpy().sum() == pytest.approx(0.27)  # the unknown cell is left out


def test_an_error_matrix_by_hand() -> None:
    # polygons 0 and 1 are forest, 2 is loss; of 1 two thirds were mapped as loss
    polygon = np.array([0, 0, 1, 1, 1, 2, 2])
    mapped = np.array([0, 0, 1, 1, 0, 1, 1])
    found = accuracy(polygon, mapped, np.array([0, 0, 1]), 0.95)
    assert found.polygons.loc["forest", "forest"] == 1
    assert found.polygons.loc["loss", "forest"] == 1
    assert found.polygons.loc["loss", "loss"] == 1
    assert found.pixels.loc["forest", "forest"] == 3
    table = found.table.set_index(["class", "kind"])
    assert table.loc[("overall", "overall"), "share"] == pytest.approx(2 / 3)
    assert table.loc[("loss", "users"), "share"] == pytest.approx(1 / 2)
    assert table.loc[("forest", "producers"), "share"] == pytest.approx(1 / 2)
    assert np.isnan(table.loc[("gain", "users"), "share"])


def test_wilson_s_interval_of_eight_in_ten() -> None:
    # z = 1.96: (0.8 + 0.19207) / 1.38415 = 0.71674; half 0.22660: 0.4902 to 0.9433
    low, high = wilson(8, 10, 0.95)
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 5, 0.95)[0] == 0
    assert np.isnan(wilson(0, 0, 0.95)[0])
