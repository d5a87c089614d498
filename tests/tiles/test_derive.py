"""Derived layers: chosen, computed on their source's grid, refused where they would be wrong."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from data_catalog.derived import DERIVED, middle_days, month_lengths
from data_catalog.errors import GepError, LayerError, LayerMissing, OutputError, TooCoarse
from data_catalog.parameters import bundled
from tests.county import write
from tiles import derive
from tiles.derive import Derivations
from tiles.inputs import resolve
from tiles.project import read_project

CRS = "EPSG:4549"
LEFT, TOP = 402_000, 2_903_000
SHAPE = (60, 70)
METRES = Affine(30, 0, LEFT, 0, -30, TOP)
DEGREES = Affine(1 / 3600, 0, 119.02, 0, -1 / 3600, 26.24)
UNITS = {"elevation": "m", "temperature": "degC"}
BY_ID = {d.id: d for d in DERIVED}


def derivations(
    folder: Path,
    layers: dict[str, Any],
    transform: Affine = METRES,
    crs: str = CRS,
    region: shapely.Geometry | None = None,
) -> Derivations:
    """Write a project with these layers and return what can be derived from them."""
    text = '[project]\nname = "derived"\nyear = 2019\ngrid = "land_cover"\n'
    text += '[layers.land_cover]\npath = "cover.tif"\nclasses = "clcd"\n'
    shape = next(iter(layers.values())).shape[-2:]
    write(folder / "cover.tif", np.full(shape, 2, np.uint8), transform, crs)
    if region is not None:
        gpd.GeoDataFrame(geometry=[region], crs=crs).to_file(folder / "region.gpkg")
        text = text.replace("year", 'region = "region.gpkg"\nyear', 1)
    for name, values in layers.items():
        write(folder / f"{name}.tif", values, transform, crs, nodata=-9999)
        text += f'[layers.{name}]\npath = "{name}.tif"\nunits = "{UNITS[name]}"\n'
    (folder / "project.toml").write_text(text, encoding="utf-8")
    inputs = resolve(read_project(folder / "project.toml"))
    return Derivations(inputs, bundled(), lambda _: "HJ1173", "cn-open")


def stored(at_hand: Derivations, name: str, folder: Path) -> Any:
    """Derive a variable; return it as it is stored."""
    assert at_hand.obtain(name) is None, at_hand.reasons
    at_hand.store(folder)
    with rasterio.open(folder / "derived" / f"{name}.tif") as file:
        return file.read(1)


def hills(shape: tuple[int, int] = SHAPE) -> Any:
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    return (500 + 200 * np.sin(rows / 7) * np.cos(cols / 9)).astype(np.float32)


def months(shape: tuple[int, int] = (9, 11)) -> Any:
    year = 17 + 10 * np.sin(np.linspace(0, 2 * np.pi, 12))[:, np.newaxis, np.newaxis]
    return (year + np.random.default_rng(4).uniform(-3, 3, (12, *shape))).astype(np.float32)


def coefficients(id_: str) -> dict[str, Any]:
    return BY_ID[id_].coefficients(bundled())


# Slope


def test_the_slope_of_a_tilted_plane_in_metres(tmp_path):
    # 3 m up a cell of 30 m to the east, 4 m down to the south: hypot(0.1, 4 / 30) of rise
    rows, cols = np.mgrid[:20, :25]
    plane = (800 + 3.0 * cols - 4.0 * rows).astype(np.float32)
    slope = stored(derivations(tmp_path, {"elevation": plane}), "slope", tmp_path)
    expected = np.degrees(np.arctan(np.hypot(3 / 30, 4 / 30)))
    np.testing.assert_allclose(slope[1:-1, 1:-1], expected, rtol=1e-6)


def test_the_slope_of_a_tilted_plane_in_degrees(tmp_path):
    # one arc second at 26.24 N is 27.75 m along the parallel and 30.78 m along the meridian
    rows, cols = np.mgrid[:20, :25]
    for name, plane, metres in (
        ("east", 800 + 3.0 * cols, 27.756),
        ("north", 800 - 3.0 * rows, 30.777),
    ):
        folder = tmp_path / name
        folder.mkdir()
        at_hand = derivations(folder, {"elevation": plane.astype(np.float32)}, DEGREES, "EPSG:4326")
        slope = stored(at_hand, "slope", folder)
        expected = np.degrees(np.arctan(3 / metres))
        np.testing.assert_allclose(slope[1:-1, 1:-1], expected, rtol=1e-4)


def test_a_gap_in_the_elevation_is_a_gap_in_the_slope_and_nowhere_else(tmp_path):
    elevation = hills()
    elevation[10, 12] = -9999
    slope = stored(derivations(tmp_path, {"elevation": elevation}), "slope", tmp_path)
    assert np.isnan(slope[10, 12])
    assert np.isnan(slope).sum() == 1


@pytest.mark.parametrize(
    ("transform", "crs", "size"),
    [
        (Affine(120, 0, LEFT, 0, -120, TOP), CRS, "120"),
        (Affine(0.001, 0, 119.02, 0, -0.001, 26.24), "EPSG:4326", "105"),
    ],
    ids=["120 m", "0.001 degrees"],
)
def test_an_elevation_too_coarse_for_slope_is_refused_with_both_sizes(
    tmp_path, transform, crs, size
):
    at_hand = derivations(tmp_path, {"elevation": hills((20, 20))}, transform, crs)
    for name in ("slope", "slope_length_steepness"):
        reason = at_hand.obtain(name)
        assert isinstance(reason, TooCoarse)
        assert f"cells are {size} m" in reason.say("en")
        assert "100 m or finer" in reason.say("en")
    assert at_hand.made == []
    assert at_hand.store(tmp_path) == {}


def test_a_layer_that_cannot_be_made_names_all_that_is_lacking_and_no_chain(tmp_path):
    at_hand = derivations(tmp_path, {"elevation": hills((20, 20))})
    reason = at_hand.obtain("soil_erodibility")
    assert isinstance(reason, LayerMissing)
    assert reason.say("en") == (
        "soil_erodibility: there is no layer of soil erodibility K. Give one, or what is lacking "
        "to make it: sand content, silt content, clay content, soil organic carbon content."
    )
    # C from vegetation cover, cover from NDVI and two parameters: the cover itself is not named
    reason = at_hand.obtain("cover_factor")
    assert reason.brief("en") == (
        "there is no layer of cover and management factor C. Give one, or what is lacking to make "
        "it: NDVI of the growing season, parameter ndvi_of_bare_soil (NDVI of bare soil), "
        "parameter ndvi_of_full_vegetation (NDVI of full vegetation)."
    )
    assert reason.brief("zh").startswith("没有覆盖管理因子图层。请提供该图层，或补齐推算它所缺的：")
    assert at_hand.made == []


def test_slope_and_ls_follow_each_other_on_the_grid_of_the_elevation(tmp_path):
    at_hand = derivations(tmp_path, {"elevation": hills()})
    ls = stored(at_hand, "slope_length_steepness", tmp_path)
    with rasterio.open(tmp_path / "derived" / "slope.tif") as file:
        slope = file.read(1)
        assert file.transform == METRES
    maker = BY_ID["slope_length_steepness_hj1173"]
    expected = maker(
        slope=slope, cell_size=np.array([[30.0]]),
        **coefficients("slope_length_steepness_hj1173"),
    )  # fmt: skip
    np.testing.assert_allclose(ls, expected, rtol=1e-12)


# Series


def test_thornthwaite_stored_is_the_kernel_on_all_bands(tmp_path):
    cell = 0.1
    transform = Affine(cell, 0, 119, 0, -cell, 28)
    temperature = months()
    temperature[5, 2, 3] = -9999
    at_hand = derivations(tmp_path, {"temperature": temperature}, transform, "EPSG:4326")
    found = stored(at_hand, "potential_evapotranspiration", tmp_path)
    bands = temperature.astype(np.float64)
    bands[bands == -9999] = np.nan
    latitude = (28 - cell * (np.arange(9) + 0.5))[:, np.newaxis]
    id_ = "potential_evapotranspiration_thornthwaite"
    expected = BY_ID[id_](
        temperature=bands, latitude=np.broadcast_to(latitude, (9, 11)),
        day_of_year=middle_days(2019), days=month_lengths(2019), **coefficients(id_),
    )  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.isnan(found[2, 3])
    assert np.isnan(found).sum() == 1


def test_one_band_a_year_is_refused_where_months_are_needed(tmp_path):
    at_hand = derivations(tmp_path, {"temperature": months()[:1]})
    reason = at_hand.obtain("potential_evapotranspiration")
    assert isinstance(reason, LayerError)
    assert "needs a band a month" in reason.say("en")


# However it is cut


@pytest.mark.parametrize("cells", [1, 1000, 10_000, 1 << 20])
def test_stored_layers_are_the_same_for_any_block(tmp_path, monkeypatch, cells):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    found = []
    for folder, most in ((whole, 1 << 30), (cut, cells)):
        folder.mkdir()
        monkeypatch.setattr(derive, "BLOCK_CELLS", most)
        at_hand = derivations(folder, {"elevation": hills(), "temperature": months(SHAPE)})
        for name in ("slope_length_steepness", "potential_evapotranspiration"):
            assert at_hand.obtain(name) is None
        at_hand.store(folder)
        found.append([
            rasterio.open(folder / "derived" / f"{name}.tif").read(1).tobytes()
            for name in ("slope", "slope_length_steepness", "potential_evapotranspiration")
        ])  # fmt: skip
    assert found[0] == found[1]


def test_only_the_part_under_the_grid_is_made_and_it_is_the_same(tmp_path):
    whole, part = tmp_path / "whole", tmp_path / "part"
    region = shapely.box(LEFT + 605, TOP - 1195, LEFT + 1495, TOP - 605)
    found = []
    for folder, area in ((whole, None), (part, region)):
        folder.mkdir()
        at_hand = derivations(folder, {"elevation": hills()}, region=area)
        found.append(stored(at_hand, "slope", folder))
    # rows 20 to 39 and columns 20 to 49 with two cells to spare, but for the edge of the edge
    assert found[1].shape[0] < 30
    assert found[1].shape[1] < 40
    with rasterio.open(part / "derived" / "slope.tif") as file:
        col, row = (round(x) for x in ~METRES @ (file.transform.c, file.transform.f))
    rows, cols = found[1].shape
    np.testing.assert_array_equal(found[1], found[0][row : row + rows, col : col + cols])


# What cannot be stored, or read


def test_a_value_outside_its_range_is_told_with_the_cure(tmp_path):
    elevation = hills()
    elevation[3, 3] = 32767
    at_hand = derivations(tmp_path, {"elevation": elevation})
    assert at_hand.obtain("slope") is None
    with pytest.raises(LayerError, match=r"elevation\.tif: elevation has 32767.*nodata"):
        at_hand.store(tmp_path)


def test_a_source_that_is_cut_off_is_not_called_a_full_disk(tmp_path):
    at_hand = derivations(tmp_path, {"elevation": hills((400, 400))})
    assert at_hand.obtain("slope") is None
    path = tmp_path / "elevation.tif"
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(GepError, match=r"elevation\.tif: the file cannot be read") as raised:
        at_hand.store(tmp_path)
    assert isinstance(raised.value, LayerError)
    assert not list((tmp_path / "derived").iterdir())


def test_a_layer_that_did_not_reach_the_disk_whole_is_an_error(tmp_path, monkeypatch):
    at_hand = derivations(tmp_path, {"elevation": hills()})
    assert at_hand.obtain("slope") is None
    check = derive.check_written

    def cut_off(path: Path, values: int) -> None:
        path.write_bytes(path.read_bytes()[:-4000])
        check(path, values)

    monkeypatch.setattr(derive, "check_written", cut_off)
    with pytest.raises(OutputError, match="the disk is full"):
        at_hand.store(tmp_path)
    assert not list((tmp_path / "derived").iterdir())
