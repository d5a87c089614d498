"""A layer on a tile: what the file holds, whatever the tile and however missing is written."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_catalog.classes import crosswalks
from data_catalog.errors import LayerError
from data_catalog.variables import variable
from tests.county import write
from tiles import reading
from tiles.blocks import OUTSIDE, to_classes, to_numbers
from tiles.georeference import Place
from tiles.grid import Grid, Tile
from tiles.onto_grid import on_grid
from tiles.rasters import Raster, to_float
from tiles.reading import read_aligned
from tiles.tile import class_table

CRS = "EPSG:4549"
GRID = Grid(CRS, (30, 0, 402_000, 0, -30, 2_903_000), 40, 50, 0.002)
WHOLE = Tile(0, 40, 0, 50)
LEAST = 0.5
KINDS = {
    "uint8": 255, "int16": -32768, "uint16": 65535, "int32": -(2**31), "float32": -3.4e38,
    "float64": float("nan"),
}  # fmt: skip


def layer(
    path: Path,
    values: Any,
    transform: Affine = GRID.affine,
    crs: str = CRS,
    *,
    name: str = "elevation",
    nodata: float | None = None,
    **more: Any,
) -> Raster:
    """Write values and return them as a layer of the run."""
    write(path, values, transform, crs, nodata=nodata)
    with rasterio.open(path) as file:
        place = Place(path.name, crs, file.transform, file.shape)
        stored = None if nodata is None else float(np.asarray(nodata).astype(file.dtypes[0]))
        raster = Raster(
            variable=variable(name), path=str(path), bands=file.count, dtype=file.dtypes[0],
            shape=file.shape, nodata=stored, **more,
        )  # fmt: skip
    return on_grid(raster, place, GRID)


def read(raster: Raster, tile: Tile = WHOLE) -> Any:
    file = raster.open()
    try:
        return read_aligned(raster, file, tile, LEAST)
    finally:
        file.close()


def numbers(raster: Raster, stored: Any) -> Any:
    """Return stored values in the variable's units with NaN for missing, as a tile sees them."""
    out = np.empty(stored.shape)
    plain = raster.lattice is None and raster.bands == 1 and raster.nodata is not None
    inside = np.ones(stored.shape, np.bool_)
    to_numbers(stored, plain, raster.nodata or 0.0, raster.scale, raster.offset, inside, out)
    return out


@given(
    st.lists(st.floats(width=32) | st.just(-9999.0), min_size=12, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.sampled_from([1.0, -0.5, 0.01]),
)
def test_the_range_of_a_block_is_that_of_its_cells_with_a_value(values, within, scale):
    stored = np.array(values, np.float32).reshape(3, 4)
    inside, out = np.array(within).reshape(3, 4), np.empty((3, 4))
    seen, least, most = to_numbers(stored, True, -9999.0, scale, 2.0, inside, out)
    with np.errstate(invalid="ignore"):
        known = stored[inside & (stored != -9999.0)].astype(np.float64) * scale + 2.0
    known = known[~np.isnan(known)]
    assert (seen, least, most) == (
        len(known),
        min(known, default=np.inf),
        max(known, default=-np.inf),
    )


def classes(raster: Raster, stored: Any) -> tuple[Any, Any]:
    """Return class numbers, and how many cells have each unknown code."""
    out = np.empty(stored.shape, np.uint8)
    unknown = np.zeros((1 << 16) + (1 << 15) + 1, np.int64)
    to_classes(
        stored, raster.nodata is not None, raster.nodata or 0.0, raster.nodata_class,
        class_table(raster), np.ones(stored.shape, np.bool_), out, unknown,
    )  # fmt: skip
    return out, unknown


def some(kind: str, shape: tuple[int, ...], seed: int = 3) -> Any:
    random = np.random.default_rng(seed)
    if np.dtype(kind).kind == "f":
        return random.uniform(0, 3000, shape).astype(kind)
    return random.integers(0, 200, shape).astype(kind)


# The same grid


@pytest.mark.parametrize("kind", KINDS)
def test_on_the_same_grid_a_tile_holds_what_rasterio_reads(tmp_path, kind):
    values = some(kind, GRID.shape)
    raster = layer(tmp_path / "a.tif", values)
    assert raster.method.en == "same grid, cell by cell"
    found = read(raster, Tile(7, 31, 11, 50))
    assert found.dtype == kind
    np.testing.assert_array_equal(found, values[7:31, 11:50])


@pytest.mark.parametrize("kind", KINDS)
def test_nodata_of_every_kind_is_missing(tmp_path, kind):
    values = some(kind, GRID.shape)
    values[3, 4] = values[39, 49] = np.asarray(KINDS[kind]).astype(kind)
    raster = layer(tmp_path / "a.tif", values, nodata=KINDS[kind])
    found = numbers(raster, read(raster))
    gaps = np.zeros(GRID.shape, bool)
    gaps[3, 4] = gaps[39, 49] = True
    np.testing.assert_array_equal(np.isnan(found), gaps)
    np.testing.assert_array_equal(found[~gaps], values[~gaps].astype(np.float64))


def test_nodata_that_is_also_a_number_is_missing_only_where_it_is_stored(tmp_path):
    # twelve months of which none is 0 have a mean of 0: that is a temperature, not a gap
    months = np.full((12, *GRID.shape), -5, np.int16)
    months[6:] = 5
    months[4, 2, 2] = 0
    raster = layer(tmp_path / "t.tif", months, name="temperature", nodata=0)
    found = numbers(raster, read(raster))
    assert np.isnan(found[2, 2])
    found[2, 2] = 0
    assert (found == 0).all()


def test_twelve_months_are_summed_and_a_gap_in_one_is_a_gap_in_the_year(tmp_path):
    months = some("uint16", (12, *GRID.shape))
    months[7, 5, 6] = 65535
    raster = layer(tmp_path / "p.tif", months, name="precipitation", nodata=65535)
    found = numbers(raster, read(raster))
    expected = months.sum(axis=0, dtype=np.float64)
    assert np.isnan(found[5, 6])
    expected[5, 6] = found[5, 6] = 0
    np.testing.assert_array_equal(found, expected)


def test_bands_of_several_kinds_lose_nothing(tmp_path):
    # the first band holds whole numbers, the others a half more: 12 x 3 + 11 x 0.5 = 41.5
    for month in range(12):
        kind, value = (np.int16, 3) if month == 0 else (np.float32, 3.5)
        write(tmp_path / f"{month}.tif", np.full((6, 8), value, kind), GRID.affine, CRS)
    geo = ", ".join(str(n) for n in GRID.affine.to_gdal())
    kinds = ["Int16", *["Float32"] * 11]
    bands = "".join(
        f'<VRTRasterBand dataType="{kind}" band="{m + 1}"><SimpleSource><SourceFilename '
        f'relativeToVRT="1">{m}.tif</SourceFilename></SimpleSource></VRTRasterBand>'
        for m, kind in enumerate(kinds)
    )
    head = f'<VRTDataset rasterXSize="8" rasterYSize="6"><SRS>{CRS}</SRS><GeoTransform>{geo}'
    path = tmp_path / "rain.vrt"
    path.write_text(f"{head}</GeoTransform>{bands}</VRTDataset>", encoding="utf-8")
    raster = Raster(variable=variable("precipitation"), path=str(path), bands=12, dtype="int16",
                    shape=(6, 8), nodata=None)  # fmt: skip
    file = raster.open()
    assert (file.read(0, 6, 0, 8) == 41.5).all()
    file.close()


def test_twelve_temperatures_are_averaged(tmp_path):
    months = some("int16", (12, *GRID.shape))
    raster = layer(tmp_path / "t.tif", months, name="temperature")
    np.testing.assert_array_equal(read(raster), months.sum(axis=0) / 12)


def test_a_stored_number_becomes_one_in_the_variables_units(tmp_path):
    raster = layer(tmp_path / "a.tif", some("int16", GRID.shape), scale=0.1, offset=-50.0)
    stored = read(raster)
    np.testing.assert_array_equal(numbers(raster, stored), stored * 0.1 - 50.0)


# Partly or wholly outside


@pytest.mark.parametrize("kind", ["uint8", "int16", "float32"])
@pytest.mark.parametrize("rows", [-9, 0, 12])
@pytest.mark.parametrize("cols", [-7, 0, 21])
def test_cells_outside_the_file_are_missing_and_the_others_in_place(tmp_path, kind, rows, cols):
    nodata = KINDS[kind]
    values = some(kind, GRID.shape)
    values[20, 20] = np.asarray(nodata).astype(kind)
    moved = GRID.affine @ Affine.translation(cols, rows)
    raster = layer(tmp_path / "a.tif", values, moved, nodata=nodata)
    expected = np.full(GRID.shape, np.nan)
    floats = to_float(values, raster.nodata)
    at = [slice(max(0, s), n + min(0, s)) for s, n in zip((rows, cols), GRID.shape, strict=True)]
    of = [slice(max(0, -s), n - max(0, s)) for s, n in zip((rows, cols), GRID.shape, strict=True)]
    expected[tuple(at)] = floats[tuple(of)]
    for tile in (WHOLE, Tile(0, 10, 0, 10), Tile(33, 40, 41, 50)):
        window = slice(tile.row_from, tile.row_to), slice(tile.col_from, tile.col_to)
        np.testing.assert_array_equal(numbers(raster, read(raster, tile)), expected[window])


def test_a_class_outside_the_file_is_no_class_even_where_nodata_is_one(tmp_path):
    walk = crosswalks()["forest-mask"]
    values = np.full(GRID.shape, 255, np.uint8)
    values[:, :20] = 1
    raster = layer(
        tmp_path / "f.tif", values, GRID.affine @ Affine.translation(10, 0), name="forest",
        nodata=255, classes=walk.codes(), nodata_class=walk.of_nodata(),
    )  # fmt: skip
    found, unknown = classes(raster, read(raster))
    assert (found[:, :10] == 0).all()
    assert (found[:, 10:30] == 11).all()
    assert (found[:, 30:] == 99).all()
    assert unknown.sum() == 0


def test_nodata_of_a_class_map_is_no_class_unless_its_crosswalk_says_so(tmp_path):
    values = np.full(GRID.shape, 2, np.uint8)
    values[:, :20] = 0
    raster = layer(
        tmp_path / "c.tif", values, name="land_cover", nodata=0,
        classes=crosswalks()["clcd"].codes(),
    )  # fmt: skip
    found, unknown = classes(raster, read(raster))
    assert (found[:, :20] == 0).all()
    assert (found[:, 20:] == 11).all()
    assert unknown.sum() == 0


def test_codes_that_no_crosswalk_knows_are_counted_one_by_one(tmp_path):
    values = np.full(GRID.shape, 2, np.int16)
    values[0, :5], values[1, :3], values[2, 0] = 77, -1, 30000
    raster = layer(
        tmp_path / "c.tif", values, name="land_cover", classes=crosswalks()["clcd"].codes()
    )
    _, unknown = classes(raster, read(raster))
    least = -(1 << 15)
    assert {int(i) + least: int(unknown[i]) for i in np.flatnonzero(unknown)} == {
        77: 5, -1: 3, 30000: 1,
    }  # fmt: skip


def test_a_constant_is_the_same_everywhere():
    raster = Raster(
        variable=variable("precipitation"), path="", bands=1, dtype="float64", shape=(0, 0),
        nodata=None, constant=1992.9,
    )  # fmt: skip
    assert (read_aligned(raster, None, Tile(3, 9, 4, 6), LEAST) == 1992.9).all()


# Other grids


OTHERS = {
    "coarse, same CRS": (Affine(1000, 0, 401_583, 0, -1000, 2_903_333), CRS, (4, 4)),
    "finer, same CRS": (Affine(7, 0, 401_990, 0, -7, 2_903_005), CRS, (180, 220)),
    "degrees": (Affine(0.004, 0, 119.01, 0, -0.004, 26.245), "EPSG:4326", (9, 10)),
    "fine degrees": (Affine(1e-4, 0, 119.0178, 0, -1e-4, 26.2372), "EPSG:4326", (140, 180)),
    "south up": (Affine(90, 0, 401_950, 0, 90, 2_901_700), CRS, (16, 20)),
}


def other(tmp_path: Path, place: str, kind: str, name: str, **more: Any) -> Raster:
    transform, crs, shape = OTHERS[place]
    values = some(kind, shape, 11)
    values[1, 1] = values[-1, 0] = np.asarray(KINDS[kind]).astype(kind)
    return layer(
        tmp_path / "other.tif", values, transform, crs, name=name, nodata=KINDS[kind], **more
    )


@pytest.mark.parametrize("kind", ["int16", "uint16", "float32", "float64"])
@pytest.mark.parametrize("place", OTHERS)
@settings(
    deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_cut_into_tiles_gives_the_bytes_of_the_whole(tmp_path, place, kind, data):
    raster = other(tmp_path, place, kind, "elevation")
    assert raster.lattice is not None
    whole = read(raster)
    assert np.isfinite(whole).any()
    check_cuts(raster, whole, data)


@pytest.mark.parametrize("place", OTHERS)
@settings(
    deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_cut_into_tiles_gives_the_classes_of_the_whole(tmp_path, place, data):
    codes = {code: 11 + code % 3 for code in range(200)}
    raster = other(tmp_path, place, "uint8", "land_cover", classes=codes)
    whole = read(raster)
    assert (whole != OUTSIDE).any()
    check_cuts(raster, whole, data)


def check_cuts(raster: Raster, whole: Any, data: st.DataObject) -> None:
    sides = [
        [0, *sorted(data.draw(st.lists(st.integers(1, n - 1), max_size=3, unique=True))), n]
        for n in GRID.shape
    ]
    for row, row_to in pairwise(sides[0]):
        for col, col_to in pairwise(sides[1]):
            part = read(raster, Tile(row, row_to, col, col_to))
            assert part.tobytes() == whole[row:row_to, col:col_to].tobytes()


@pytest.mark.parametrize("place", ["finer, same CRS", "fine degrees"])
def test_a_tile_read_in_strips_is_the_tile_read_at_once(tmp_path, monkeypatch, place):
    raster = other(tmp_path, place, "float32", "elevation")
    whole = read(raster)
    monkeypatch.setattr(reading, "WINDOW_CELLS", 2000)
    assert read(raster).tobytes() == whole.tobytes()


def test_a_finer_layer_becomes_the_mean_of_the_pixels_under_each_cell(tmp_path):
    values = some("float64", (400, 500))
    fine = GRID.affine @ Affine.scale(1 / 10)
    raster = layer(tmp_path / "fine.tif", values, fine)
    expected = values.reshape(40, 10, 50, 10).mean(axis=(1, 3))
    np.testing.assert_allclose(read(raster), expected, rtol=1e-12)


def test_a_cell_with_less_than_the_least_share_of_values_is_missing(tmp_path):
    values = some("float64", (80, 100))
    values[0, 0] = values[0, 2] = values[1, 2] = values[1, 3] = np.nan  # a quarter; three quarters
    values[2, 0] = values[3, 1] = np.nan  # half: just enough is left
    raster = layer(
        tmp_path / "half.tif", values, GRID.affine @ Affine.scale(1 / 2), nodata=float("nan")
    )
    found = read(raster)
    assert found[0, 0] == pytest.approx(np.nanmean(values[:2, :2]))
    assert np.isnan(found[0, 1])
    assert found[1, 0] == pytest.approx(np.nanmean(values[2:4, :2]))


def test_the_class_of_a_cell_is_the_one_that_covers_most_of_it(tmp_path):
    values = np.full((80, 100), 2, np.uint8)
    values[0, 0:2] = values[1, 0] = 4  # three of four pixels
    values[2, 0:2] = 5  # two of four: the smaller code wins
    raster = layer(
        tmp_path / "c.tif", values, GRID.affine @ Affine.scale(1 / 2), name="land_cover",
        classes=crosswalks()["clcd"].codes(),
    )  # fmt: skip
    found = read(raster)
    assert found[0, 0] == 4
    assert found[1, 0] == 2
    assert (found[2:] == 2).all()


def test_a_class_may_have_a_code_of_many_digits_on_any_grid(tmp_path):
    values = np.full((80, 100), 70_001, np.int32)
    values[0:2, 0:2] = -9999
    raster = layer(
        tmp_path / "c.tif", values, GRID.affine @ Affine.scale(1 / 2), name="land_cover",
        nodata=-9999, classes={2: 11, 70_001: 12},
    )  # fmt: skip
    found, unknown = classes(raster, read(raster))
    assert found[0, 0] == 0
    assert (found[1:] == 12).all()
    assert unknown.sum() == 0


def test_nodata_below_zero_may_be_a_class_on_any_grid(tmp_path):
    walk = crosswalks()["forest-mask"]
    values = np.full((80, 100), -9999, np.int16)
    values[:, :20] = 1
    raster = layer(
        tmp_path / "f.tif", values, GRID.affine @ Affine.scale(1 / 2), name="forest",
        nodata=-9999, classes=walk.codes(), nodata_class=walk.of_nodata(),
    )  # fmt: skip
    found, unknown = classes(raster, read(raster))
    assert (found[:, :10] == 11).all()
    assert (found[:, 10:] == 99).all()
    assert unknown.sum() == 0


def test_of_equals_the_smallest_code_wins_however_large_it_is(tmp_path):
    values = np.full((80, 100), 90_000, np.int32)
    values[0, 0:2] = -3
    raster = layer(tmp_path / "c.tif", values, GRID.affine @ Affine.scale(1 / 2), name="land_cover")
    found = read(raster)
    assert found[0, 0] == -3
    assert (found[1:] == 90_000).all()


def test_more_codes_than_any_class_map_has_are_refused(tmp_path):
    values = np.arange(400 * 500, dtype=np.int32).reshape(400, 500)
    raster = layer(
        tmp_path / "c.tif", values, GRID.affine @ Affine.scale(1 / 10), name="land_cover"
    )
    with pytest.raises(LayerError, match="65535 codes or more"):
        read(raster)
