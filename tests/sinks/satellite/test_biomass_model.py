"""A biomass model on made-up scenes whose true map is known."""

import hashlib
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from exactextract import exact_extract
from sklearn.ensemble import RandomForestRegressor

from data_catalog.errors import GepError
from sinks.satellite.biomass.declaration import PlotsEntry, read_declaration
from sinks.satellite.biomass.features import read_features, resolve_features
from sinks.satellite.biomass.making import CARD, TRAINING, make
from sinks.satellite.biomass.maps import AREA, MAPS, MEAN
from sinks.satellite.biomass.plots import read_plots
from sinks.satellite.biomass.sampling import sample
from tests.sinks.satellite.scene import (
    CELL,
    LEFT,
    SIZE,
    TOP,
    declare,
    make_case,
    make_scene,
    middles,
    read_map,
    write_plots,
)  # fmt: skip
from tiles.grid import Tile


def modelled(folder: Path, seed: int, **more):
    """Return what a model makes of a case: truth, held out cells, maps by name, card."""
    folder.mkdir(parents=True, exist_ok=True)
    truth, held, plots, features = make_case(folder, seed, **more)
    made = make(plots, features, folder / "out", tile=64, workers=1)
    return truth, held, {n: read_map(folder / "out", n) for n in MAPS}, made


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("biomass")
    return folder, *modelled(folder, 4)


def coverage(truth, held, maps):
    judged = held & (maps[AREA] == 1)
    within = (truth >= maps[f"{MEAN}_lower"]) & (truth <= maps[f"{MEAN}_upper"])
    return within[judged].mean()


def test_a_known_map_is_recovered_in_blocks_without_plots(one):
    _, truth, held, maps, made = one
    judged = held & (maps[AREA] == 1)
    error = (maps[MEAN] - truth)[judged]
    # the scene's own scatter about its reflectance is 12 t/ha at the mean biomass of 75 t/ha
    assert np.sqrt(np.mean(error**2)) < 18
    assert abs(error.mean()) < 3
    assert np.corrcoef(maps[MEAN][judged], truth[judged])[0, 1] > 0.85
    # the error that cross-validation by blocks states is the one that the held out blocks show
    assert made.card["accuracy"]["rmse"] == pytest.approx(np.sqrt(np.mean(error**2)), rel=0.2)


def test_intervals_of_90_per_cent_cover_blocks_that_were_never_seen(tmp_path):
    covers = [coverage(*modelled(tmp_path / str(s), s)[:3]) for s in range(5)]
    # a scene has some 35 blocks held out and 65 to calibrate with: a standard error of about
    # 0.028 each, 0.0125 for the mean of five; the guarantee is 0.9 to 0.9 + 1/66
    assert np.mean(covers) == pytest.approx(0.908, abs=0.025)
    assert min(covers) > 0.8


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_intervals_of_90_per_cent_cover_88_to_92_over_sixty_scenes(tmp_path):
    covers = [coverage(*modelled(tmp_path / str(s), s)[:3]) for s in range(60)]
    assert 0.88 <= np.mean(covers) <= 0.92


def test_errors_at_plots_that_the_model_saw_would_promise_too_much(one):
    # the usual mistake: half widths from the residuals of the training itself
    _, truth, held, maps, made = one
    x, y = made.taught.features, made.taught.plots.biomass
    forest = RandomForestRegressor(30, min_samples_leaf=3, random_state=0).fit(x, y)
    half = np.quantile(np.abs(forest.predict(x) - y), 0.9)
    judged = held & (maps[AREA] == 1)
    assert (np.abs(maps[MEAN] - truth) <= half)[judged].mean() < 0.85


def test_each_map_is_whole_inside_the_area_and_empty_outside(one):
    _, _, _, maps, made = one
    inside = maps[AREA] == 1
    for name in set(MAPS) - {AREA}:
        assert np.isfinite(maps[name][inside]).all()
        assert np.isnan(maps[name][~inside]).all()
    lower, upper = maps[f"{MEAN}_lower"][inside], maps[f"{MEAN}_upper"][inside]
    assert (lower >= 0).all()
    assert (lower <= maps[MEAN][inside]).all()
    assert (maps[MEAN][inside] <= upper).all()
    area = made.card["applicability"]
    assert area["cells_inside"] == inside.sum()
    assert area["cells"] == np.isfinite(maps[AREA]).sum()


def test_land_unlike_any_plot_is_outside_the_area_of_applicability(tmp_path):
    truth = make_scene(tmp_path, 6)
    with rasterio.open(tmp_path / "scene.tif", "r+") as file:
        bands = file.read()
        bands[0, :, 80:] = 3000  # bright red and dark infrared: a quarry, not a forest
        bands[1, :, 80:] = 1500
        file.write(bands)
    rng = np.random.default_rng(0)
    plots = write_plots(tmp_path, truth, *(rng.integers(0, n, 200) for n in (SIZE, 80)))
    made = make(plots, declare(tmp_path), tmp_path / "out", tile=64, workers=1)
    area = read_map(tmp_path / "out", AREA)
    assert (area[:, 80:] == 0).all()
    assert (area[:, :80] == 1).mean() > 0.85
    assert np.isnan(read_map(tmp_path / "out", MEAN)[:, 80:]).all()
    assert any("area of applicability" in n["en"] for n in made.card["notices"])


def test_a_model_of_noise_says_that_it_explains_nothing(tmp_path):
    # biomass that has nothing to do with the features: cross-validation must not find any skill
    truth = make_scene(tmp_path, 9)
    rng = np.random.default_rng(1)
    rows, cols = rng.integers(0, SIZE, (2, 200))
    shuffled = truth.copy()
    shuffled[rows, cols] = rng.permutation(truth[rows, cols])
    plots = write_plots(tmp_path, shuffled, rows, cols)
    made = make(plots, declare(tmp_path), tmp_path / "out", tile=64, workers=1)
    assert made.card["accuracy"]["explained_share"] < 0.05


@pytest.mark.parametrize("kind", ["random_forest", "gradient_boosting"])
def test_the_same_bytes_for_any_tile_and_any_number_of_workers(tmp_path, kind):
    rows = (
        "biomass_forest_trees,12,1,test\nbiomass_boosting_trees,20,1,test\nbiomass_folds,3,1,test\n"
    )
    _, _, plots, _ = make_case(tmp_path, 2, plots=120)
    features = declare(tmp_path, f'model = "{kind}"', "parameter,value,units,source\n" + rows)
    digests = []
    for tile, workers in ((64, 1), (33, 2), (512, 1)):
        out = tmp_path / f"{tile}-{workers}"
        make(plots, features, out, tile=tile, workers=workers)
        names = (*(f"{n}.tif" for n in MAPS), CARD, TRAINING, "model_card.md", "model_card.zh.md")
        digests.append([hashlib.sha256((out / n).read_bytes()).hexdigest() for n in names])
    assert digests[0] == digests[1] == digests[2]


def test_the_training_table_is_what_the_model_met(one):
    folder, _, _, _, made = one
    table = (folder / "out" / TRAINING).read_text(encoding="utf-8").splitlines()
    assert len(table) == 1 + made.card["plots"]["used"]
    assert table[0].endswith("red,nir,ndvi,slope")
    first = dict(zip(table[0].split(","), table[1].split(","), strict=True))
    row = int((TOP - float(first["y_m"])) // CELL)
    col = int((float(first["x_m"]) - LEFT) // CELL)
    with rasterio.open(folder / "scene.tif") as file:
        red, nir = file.read()[:, row, col] / 10_000
    assert float(first["red"]) == pytest.approx(red)
    assert float(first["ndvi"]) == pytest.approx((nir - red) / (nir + red))


def test_the_card_names_its_inputs_and_adds_up(one):
    folder = one[0]
    card = json.loads((folder / "out" / CARD).read_text(encoding="utf-8"))
    assert (
        card["plots"]["sha256"] == hashlib.sha256((folder / "plots.csv").read_bytes()).hexdigest()
    )
    files = {f["file"]: f["sha256"] for f in card["features"] if "file" in f}
    for name, digest in files.items():
        assert digest == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert set(files) == {"scene.tif", "elevation.tif"}
    assert sum(f.get("importance", 0) for f in card["features"]) == pytest.approx(1)
    for part in ("folds", "by_observed_class", "by_predicted_class"):
        assert sum(row["plots"] for row in card[part]) == card["plots"]["used"] == 300
    errors = sum(row["plots"] * row["rmse"] ** 2 for row in card["folds"]) / 300
    assert card["accuracy"]["rmse"] == pytest.approx(errors**0.5)
    names = {row["parameter"]: row for row in card["parameters"]}
    assert names["biomass_forest_trees"]["set"] == "project"
    assert "biomass_boosting_rate" not in names
    assert {"scikit-learn", "scipy", "gep-toolkit"} <= set(card["software"])


def test_dense_stands_come_out_too_low_and_the_card_says_so(one):
    *_, made = one
    saturation = made.card["saturation"]
    assert saturation["plots"] > 0
    assert saturation["bias"] < 0
    assert saturation["largest_predicted"] < saturation["largest_observed"]
    assert any("saturation" in n["en"] for n in made.card["notices"])


def features_of(folder):
    found = resolve_features(read_declaration(declare(folder)), folder)
    return found, read_features(found, Tile(0, SIZE, 0, SIZE))


def test_a_plot_with_an_area_has_the_mean_under_it(tmp_path):
    make_scene(tmp_path, 3)
    found, values = features_of(tmp_path)
    x, y = middles(50, 60)
    # one and a half cells wide, from the left edge of column 60: weights 30 and 15
    box = shapely.box(x - 15, y - 15, x + 30, y + 15)
    gpd.GeoDataFrame({"plot": ["a"], "agb": [50.0]}, geometry=[box], crs="EPSG:32650").to_file(
        tmp_path / "plots.gpkg"
    )
    entry = PlotsEntry(id="plot", biomass="agb", units="t_dm/ha", source="made up")
    plots = read_plots(tmp_path / "plots.gpkg", entry, found.grid)
    got = sample(plots, found, 64).values[0]
    assert got == pytest.approx((30 * values[:, 50, 60] + 15 * values[:, 50, 61]) / 45)


def test_round_plots_agree_with_exactextract_wherever_tiles_cut_them(tmp_path):
    make_scene(tmp_path, 3)
    found, _ = features_of(tmp_path)
    rng = np.random.default_rng(4)
    at = rng.uniform(200, SIZE * CELL - 200, (2, 25))
    areas = rng.uniform(0.04, 2, 25)
    rows = [f"p{i:02d},{LEFT + at[0, i]},{TOP - at[1, i]},60,{ha}" for i, ha in enumerate(areas)]
    file = tmp_path / "plots.csv"
    file.write_text("\n".join(["plot,x,y,agb,area", *rows]), encoding="utf-8")
    entry = PlotsEntry(id="plot", biomass="agb", units="t_dm/ha", source="made up",
                       crs="EPSG:32650", area="area")  # fmt: skip
    plots = read_plots(file, entry, found.grid)
    got = sample(plots, found, 17).values
    assert (got == sample(plots, found, 100).values).all()
    frame = gpd.GeoDataFrame({"id": plots.ids}, geometry=plots.shapes, crs="EPSG:32650")
    theirs = exact_extract(str(tmp_path / "scene.tif"), frame, "mean", output="pandas")
    for i, band in enumerate(("band_1_mean", "band_2_mean")):
        assert got[:, i] == pytest.approx(theirs[band].to_numpy() / 10_000, rel=1e-6)


def test_biomass_in_other_units_is_converted(tmp_path):
    make_scene(tmp_path, 3)
    found, _ = features_of(tmp_path)
    x, y = middles(5, 5)
    file = tmp_path / "plots.csv"
    file.write_text(f"plot,x,y,agb\na,{x},{y},6.5\n", encoding="utf-8")
    # 6.5 kg of dry matter a square metre are 65 t a hectare
    entry = PlotsEntry(id="plot", biomass="agb", units="kg_dm/m2", source="m", crs="EPSG:32650")
    assert read_plots(file, entry, found.grid).biomass == pytest.approx([65])


def test_plots_in_degrees_lie_where_those_in_metres_do(tmp_path):
    make_scene(tmp_path, 3)
    found, _ = features_of(tmp_path)
    x, y = middles(np.array([5, 90]), np.array([7, 100]))
    degrees = gpd.GeoSeries(gpd.points_from_xy(x, y), crs="EPSG:32650").to_crs("EPSG:4326")
    rows = [f"p{i},{p.x!r},{p.y!r},60" for i, p in enumerate(degrees)]
    file = tmp_path / "plots.csv"
    file.write_text("\n".join(["plot,x,y,agb", *rows]), encoding="utf-8")
    entry = PlotsEntry(id="plot", biomass="agb", units="t_dm/ha", source="m", crs="EPSG:4326")
    got = sample(read_plots(file, entry, found.grid), found, 64)
    assert got.cells.tolist() == [5 * SIZE + 7, 90 * SIZE + 100]


def test_features_of_another_grid_are_aligned_by_the_engine(tmp_path):
    # elevation at a third of the cell: the engine's mean of nine cells, and its slope of those
    make_scene(tmp_path, 3)
    fine = np.random.default_rng(0).uniform(500, 900, (SIZE * 3, SIZE * 3)).astype("float32")
    with rasterio.open(tmp_path / "elevation.tif") as old:
        profile = old.profile | {"width": SIZE * 3, "height": SIZE * 3}
        profile["transform"] = old.transform @ old.transform.scale(1 / 3)
    with rasterio.open(tmp_path / "elevation.tif", "w", **profile) as out:
        out.write(fine, 1)
    declared = read_declaration(declare(tmp_path))
    entries = declared.features | {
        "elevation": declared.features["elevation"].model_copy(update={"use": True})
    }
    declared = declared.model_copy(update={"features": entries})
    found = resolve_features(declared, tmp_path)
    values = read_features(found, Tile(0, SIZE, 0, SIZE))
    height = values[found.used.index("elevation")]
    assert height == pytest.approx(
        fine.astype(float).reshape(SIZE, 3, SIZE, 3).mean(axis=(1, 3)), rel=1e-9
    )
    assert np.isfinite(values[found.used.index("slope")]).all()


def refused(folder, plots, features, lang="en"):
    with pytest.raises(GepError) as caught:
        make(plots, features, folder / "out", tile=64, workers=1)
    assert not (folder / "out").exists()
    assert not list(folder.glob("*.unfinished"))
    assert caught.value.say("zh") != caught.value.say("en")
    return caught.value.say(lang)


@pytest.fixture
def case(tmp_path):
    truth = make_scene(tmp_path, 3)
    rng = np.random.default_rng(7)
    rows, cols = rng.integers(0, SIZE, (2, 80))
    return tmp_path, truth, rows, cols, declare(tmp_path)


def test_too_few_plots_are_refused(case):
    folder, truth, rows, cols, features = case
    said = refused(folder, write_plots(folder, truth, rows[:12], cols[:12]), features)
    assert "12 plots" in said
    assert "30" in said


def test_plots_of_one_block_are_refused(case):
    folder, truth, rows, cols, features = case
    said = refused(folder, write_plots(folder, truth, rows % 5 + 3, cols % 5 + 3), features)
    assert "in 1 block;" in said
    assert "at least 10" in said


def test_plots_outside_are_listed(case):
    folder, truth, rows, cols, features = case
    plots = write_plots(folder, truth, rows, cols)
    plots.write_text(plots.read_text() + "far,1,1,50\n", encoding="utf-8")
    said = refused(folder, plots, features)
    assert "1 of 81 plots lie outside the features: far" in said


def test_plots_without_a_crs_are_refused(case):
    folder, truth, rows, cols, features = case
    features.write_text(features.read_text().replace('crs = "EPSG:32650"\n', ""), encoding="utf-8")
    said = refused(folder, write_plots(folder, truth, rows, cols), features)
    assert "have no CRS" in said
    assert "EPSG:4326" in said


def test_all_plots_in_the_wrong_crs_are_refused_with_the_cause(case):
    folder, truth, rows, cols, features = case
    features.write_text(features.read_text().replace("32650", "32633"), encoding="utf-8")
    said = refused(folder, write_plots(folder, truth, rows, cols), features)
    assert "all plots lie outside" in said
    assert "[plots] crs" in said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("scene.tif", "gone.tif", "there is no file gone.tif"),
        ("band = 2", "band = 7", "has 2 bands. Write `band`, 1 to 2"),
        ("band = 2\n", "", "has 2 bands"),
        ('["nir", "red"]', '["nri", "red"]', "'nri'"),
        ("high = 1.0", "high = 0.01", "Check its scale"),
        ("side = 360.0", "side = 100.0", "residuals are correlated over 300 m"),
        ('units = "t_dm/ha"', 'units = "t_C/ha"', "cannot be converted to t_dm/ha"),
        ('biomass = "agb"', 'biomass = "abg"', "has no column 'abg'"),
        ("[features.ndvi]", "[features.ndvi]\nratio = ['nir', 'red']", "exactly one of"),
        ("[blocks]", "[blocks]\nsides = 3", "unknown key"),
        ('["nir", "red"]', '["nir", "elevation"]', "are in 1 and m: give both in one unit"),
    ],
)
def test_what_cannot_be_used_is_told_in_words(case, old, new, words):
    folder, truth, rows, cols, features = case
    features.write_text(features.read_text().replace(old, new), encoding="utf-8")
    assert words in refused(folder, write_plots(folder, truth, rows, cols), features)


def test_plots_that_repeat_or_hold_no_biomass_are_all_told_at_once(case):
    folder, truth, rows, cols, features = case
    plots = write_plots(folder, truth, rows, cols)
    lines = plots.read_text().splitlines()
    x, y = lines[1].split(",")[1:3]
    plots.write_text(
        "\n".join([*lines, lines[1], f"q,{x},{y},-3", f"r,{x},{y},?"]), encoding="utf-8"
    )
    said = refused(folder, plots, features)
    assert "have an id that another has, too: p0000, p0000" in said
    assert "have no biomass within 0–1500 t_dm/ha: q, r" in said


def test_plots_on_gaps_are_left_out_and_named(case):
    folder, truth, rows, cols, features = case
    with rasterio.open(folder / "scene.tif", "r+") as file:
        bands = file.read()
        bands[:, rows[0], cols[0]] = -1
        file.write(bands)
    made = make(write_plots(folder, truth, rows, cols), features, folder / "out", tile=64,
                workers=1)  # fmt: skip
    assert made.card["plots"]["left_out"] == ["p0000"]
    assert made.card["plots"]["used"] == 79
    assert np.isnan(read_map(folder / "out", AREA)[rows[0], cols[0]])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("biomass_forest_trees,0,1,test", "is 0 1, outside 1 to"),
        ("biomass_interval_level,120,percent,test", "is 120 percent, outside 0.5 to 0.999"),
        ("biomass_forest_leaf_plots,3,t_dm/ha,test", "is in t_dm/ha, but 1 is needed"),
        ("biomass_forest_tree,30,1,test", "biomass_forest_tree"),
    ],
)
def test_a_row_of_one_s_own_that_cannot_be_is_refused(case, row, words):
    folder, truth, rows, cols, _ = case
    features = declare(folder, rows=f"parameter,value,units,source\n{row}\n")
    assert words in refused(folder, write_plots(folder, truth, rows, cols), features)


def test_a_level_in_per_cent_is_the_same_level(case):
    folder, truth, rows, cols, _ = case
    plots = write_plots(folder, truth, rows, cols)
    text = "parameter,value,units,source\nbiomass_forest_trees,10,1,test\nbiomass_folds,3,1,test\n"
    found = []
    for level in ("80,percent", "0.8,1"):
        features = declare(folder, rows=f"{text}biomass_interval_level,{level},test\n")
        found.append(make(plots, features, folder / "out", tile=64, workers=1, overwrite=True))
    assert found[0].card["interval"] == found[1].card["interval"]
    assert found[0].card["interval"]["level"] == pytest.approx(0.8)


def test_features_that_tell_no_plot_from_another_are_refused(case):
    folder, truth, rows, cols, features = case
    with rasterio.open(folder / "scene.tif", "r+") as file:
        file.write(np.full_like(file.read(), 500))
    with rasterio.open(folder / "elevation.tif", "r+") as file:
        file.write(np.full_like(file.read(), 800))
    said = refused(folder, write_plots(folder, truth, rows, cols), features)
    assert "tell no plot from another" in said


def test_a_raster_that_holds_infinity_is_refused(case):
    folder, truth, rows, cols, features = case
    with rasterio.open(folder / "elevation.tif", "r+") as file:
        heights = file.read()
        heights[0, 3, 4] = np.inf
        file.write(heights)
    assert "has inf, outside" in refused(folder, write_plots(folder, truth, rows, cols), features)


def test_a_plot_that_lies_mostly_beyond_the_grid_has_no_features(tmp_path):
    make_scene(tmp_path, 3)
    found, _ = features_of(tmp_path)
    shapes = [shapely.box(LEFT - west, TOP - 90, LEFT + 40, TOP) for west in (60, 0)]
    columns = {"plot": ["a", "b"], "agb": [1.0, 2.0]}
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=found.grid.crs)
    frame.to_file(tmp_path / "plots.gpkg")
    entry = PlotsEntry(id="plot", biomass="agb", units="t_dm/ha", source="made up")
    got = sample(read_plots(tmp_path / "plots.gpkg", entry, found.grid), found, 64)
    assert got.share == pytest.approx([0.4, 1.0])
    assert np.isnan(got.values[0]).all()
    assert np.isfinite(got.values[1]).all()


def test_no_plot_reaches_the_predictions_of_its_own_fold(case):
    # the biomass of one plot is changed: whatever saw it changes, and nothing of its fold did
    folder, truth, rows, cols, features = case
    first = make(write_plots(folder, truth, rows, cols), features, folder / "a", tile=64,
                 workers=1).taught  # fmt: skip
    changed = truth.copy()
    changed[rows[11], cols[11]] = 900
    second = make(write_plots(folder, changed, rows, cols), features, folder / "b", tile=64,
                  workers=1).taught  # fmt: skip
    assert first.plots.ids[11] == "p0011"
    fold = first.checked.folds == first.checked.folds[11]
    assert (first.checked.folds == second.checked.folds).all()
    before, after = first.checked, second.checked
    assert (before.predicted[fold] == after.predicted[fold]).all()
    assert (before.sd / first.sd_factor)[fold] == pytest.approx((after.sd / second.sd_factor)[fold])
    assert (before.predicted[~fold] != after.predicted[~fold]).mean() > 0.5
