"""The biomass of parcels, with an error that covers parcels and their total."""

import re

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from data_catalog.errors import GepError
from sinks.satellite.biomass.making import PARCELS, make
from sinks.satellite.biomass.maps import AREA, MEAN
from sinks.satellite.biomass.parcels import RESIDUALS, jackknife, read_polygons
from sinks.uncertainty.ledger import ledger, source_title
from tests.sinks.satellite.scene import (
    CELL,
    CRS,
    LEFT,
    SIZE,
    TOP,
    declare,
    make_case,
    make_scene,
    read_map,
    write_plots,
)

CELLS = 10
"""Cells along a square parcel."""
HECTARES = CELL**2 / 1e4
SIDE = SIZE // CELLS


def squares():
    width = CELLS * CELL
    shapes = [
        shapely.box(LEFT + i * width, TOP - (j + 1) * width, LEFT + (i + 1) * width,
                    TOP - j * width)
        for j in range(SIDE) for i in range(SIDE)
    ]  # fmt: skip
    ids = [f"{i:03d}" for i in range(SIDE**2)]
    return gpd.GeoDataFrame({"parcel_id": ids}, geometry=shapes, crs=CRS)


def by_parcel(cells):
    """Return sums of a map over the square parcels, (parcel,)."""
    return cells.reshape(SIDE, CELLS, SIDE, CELLS).sum(axis=(1, 3)).ravel()


def case(folder, seed, parcels=None):
    folder.mkdir(parents=True, exist_ok=True)
    truth, _, plots, features = make_case(folder, seed)
    given = squares() if parcels is None else parcels
    made = make(plots, features, folder / "out", tile=64, workers=1, parcels=given)
    return truth, made.parcels


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parcels")
    return folder, *case(folder, 3)


def test_the_jackknife_by_hand():
    # without each of three groups a total is 9, 10 and 14: mean 11, deviations -2, -1, 3.
    # variance 2/3 (4 + 1 + 9) = 28/3
    effects = jackknife(np.array([[9.0], [10.0], [14.0]]))
    assert effects.ravel() == pytest.approx(np.array([-2, -1, 3]) * (2 / 3) ** 0.5)
    assert (effects**2).sum() == pytest.approx(28 / 3)


def test_a_parcel_holds_what_the_map_shows_on_it(one):
    folder, _, found = one
    mean, area = (read_map(folder / "out", name).astype(float) for name in (MEAN, AREA))
    assert found.estimates.value == pytest.approx(
        by_parcel(np.nan_to_num(mean)) * HECTARES, rel=1e-6
    )
    assert found.area == pytest.approx(np.full(SIDE**2, 9.0))  # 100 cells of 0.09 ha
    assert found.share == pytest.approx(by_parcel(area) / CELLS**2)


def test_the_error_of_all_parcels_is_more_than_if_they_were_apart_and_less_than_their_sum(one):
    *_, found = one
    whole = found.estimates.summed(())
    assert whole.value[0] == pytest.approx(found.estimates.value.sum())
    assert np.sqrt((found.estimates.se**2).sum()) < whole.se[0] < found.estimates.se.sum()


def test_what_the_model_errs_adds_up_linearly_over_parcels(one):
    *_, found = one
    whole = found.estimates.summed(())
    for source, effect in found.estimates.shared.items():
        assert whole.shared[source][0] == pytest.approx(effect.sum())
    assert sum("fold" in s for s in found.estimates.shared) == 10
    assert RESIDUALS in found.estimates.spatial


def test_intervals_of_90_per_cent_cover_parcels_and_those_of_cells_apart_do_not(tmp_path):
    covers, apart = [], []
    for seed in range(4):
        truth, found = case(tmp_path / str(seed), seed)
        out = tmp_path / str(seed) / "out"
        inside = read_map(out, AREA) == 1
        true = by_parcel(np.where(inside, truth, 0)) * HECTARES
        error = np.abs(found.estimates.value - true)
        covers.append((error <= 1.645 * found.estimates.se).mean())
        # the usual mistake: cells independent of each other
        sd = np.nan_to_num(read_map(out, f"{MEAN}_sd")).astype(float)
        apart.append((error <= 1.645 * np.sqrt(by_parcel(sd**2)) * HECTARES).mean())
        whole = found.estimates.summed(())
        assert abs(whole.value[0] - true.sum()) < 2.6 * whole.se[0]  # 99 % of totals
    # a scene has 144 parcels, alike where near: a standard error of some 0.03, of four 0.015
    assert np.mean(covers) == pytest.approx(0.9, abs=0.03)
    assert np.mean(apart) < 0.75


def test_parcels_do_not_depend_on_tiles_and_cut_cells_by_area(tmp_path):
    # a parcel that cuts cells in halves, and the two halves of another
    x, y = LEFT + 615, TOP - 915
    whole = shapely.box(x, y - 450, x + 450, y)
    west, east = shapely.box(x, y - 450, x + 200, y), shapely.box(x + 200, y - 450, x + 450, y)
    frame = gpd.GeoDataFrame({"parcel_id": ["a", "b", "c"]}, geometry=[whole, west, east], crs=CRS)
    _, _, plots, features = make_case(tmp_path, 5, plots=150)
    found = [
        make(plots, features, tmp_path / str(tile), tile=tile, workers=1, parcels=frame).parcels
        for tile in (16, 200)
    ]
    for name in (PARCELS, "above_ground_biomass.tif"):
        first, second = ((tmp_path / str(t) / name).read_bytes() for t in (16, 200))
        assert first == second
    one, two, three = found[0].estimates.value
    assert one == pytest.approx(two + three)
    assert found[0].area == pytest.approx([20.25, 9.0, 11.25])


def test_polygons_with_an_id_twice_or_without_ids_are_refused(tmp_path):
    box = shapely.box(LEFT, TOP - 60, LEFT + 60, TOP)
    frame = gpd.GeoDataFrame({"code": ["01", "01"]}, geometry=[box, box], crs=CRS)
    frame.to_file(tmp_path / "parcels.gpkg")
    with pytest.raises(GepError, match="twice: 01"):
        read_polygons(tmp_path / "parcels.gpkg", "code")
    with pytest.raises(GepError, match="no column 'cod'"):
        read_polygons(tmp_path / "parcels.gpkg", "cod")


def test_a_grid_in_degrees_has_a_map_and_is_refused_for_parcels(tmp_path):
    _, _, plots, _ = make_case(tmp_path, 2, plots=150)
    features = declare(tmp_path, 'crs = "EPSG:4326"\nresolution = 0.0003')
    with pytest.raises(GepError, match="grid in metres"):
        make(plots, features, tmp_path / "out", tile=64, workers=1, parcels=squares())
    assert not (tmp_path / "out").exists()
    card = make(plots, features, tmp_path / "out", tile=64, workers=1).card
    assert card["applicability"]["share_inside"] > 0.8
    # cells of 0.0003 degrees blur what 30 m show, but not the whole of it
    assert card["accuracy"]["explained_share"] > 0.5


def test_parcels_beyond_the_scene_or_in_a_quarry_have_no_biomass_and_say_so(tmp_path):
    truth, features = make_scene(tmp_path, 2), declare(tmp_path)
    at = np.random.default_rng(0).integers(20, SIZE, (2, 150))
    plots = write_plots(tmp_path, truth, *at)
    with rasterio.open(tmp_path / "scene.tif", "r+") as file:
        bands = file.read()
        bands[:, :20, :20] = np.array([3000, 1500])[:, None, None]  # like no plot's reflectance
        file.write(bands)
    quarry = shapely.box(LEFT + 60, TOP - 360, LEFT + 360, TOP - 60)
    edge = shapely.box(LEFT + 1800, TOP - 300, LEFT + 2100, TOP + 300)  # half of it in the scene
    shapes = gpd.GeoSeries([quarry, edge], crs=CRS)
    frame = gpd.GeoDataFrame({"parcel_id": ["a", "b"]}, geometry=shapes)
    found = make(plots, features, tmp_path / "out", tile=64, workers=1, parcels=frame).parcels
    assert found.area == pytest.approx([9, 18])
    assert found.share[0] == 0
    assert 0.4 < found.share[1] <= 0.5
    lines = (tmp_path / "out" / PARCELS).read_text(encoding="utf-8").splitlines()
    assert lines[1].endswith(",0.0,,,")
    only = frame.iloc[:1].reset_index(drop=True)
    found = make(plots, features, tmp_path / "out", tile=64, workers=1, parcels=only,
                 overwrite=True).parcels  # fmt: skip
    assert found.estimates.value.tolist() == [0]
    away = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=shapes[:1].translate(1e6), crs=CRS)
    with pytest.raises(GepError, match="outside the features"):
        make(plots, features, tmp_path / "new", tile=64, workers=1, parcels=away)


def test_the_ledger_tells_what_map_and_model_cost(one):
    *_, found = one
    rows = ledger(found.estimates, 0.9)
    assert rows["variance_share"].sum() == pytest.approx(1)
    assert RESIDUALS in set(rows["source"])
    for source in rows["source"]:
        assert re.search(r"[\u4e00-\u9fff]", source_title(source).zh), source
