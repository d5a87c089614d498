"""The file of a scene set: what it may say, what is refused and how; STAC in its place."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_catalog.errors import GepError, LayerError, ProjectError
from data_catalog.parameters import bundled
from sinks.satellite.scenes.declared import read_scenes
from sinks.satellite.scenes.reading import Files, grid_of, scenes_on_grid
from sinks.satellite.scenes.scale import check_scale, medians
from tests.small_scenes import BURNT, FOREST, SENSOR, SHAPE, square, write, write_scene, write_set
from tiles.grid import Tile

BANDS = ("red", "nir", "swir22")
EARLY, LATE = date(2019, 7, 1), date(2020, 7, 1)
WHOLE = Tile(0, SHAPE[0], 0, SHAPE[1])


def refused(file: Path) -> str:
    with pytest.raises(GepError) as error:
        read_scenes(file)
    return str(error.value)


def test_a_scene_is_read_scaled_and_masked(tmp_path: Path) -> None:
    burnt, cloudy = square(5, 5, 4, 4), square(20, 20, 6, 6)
    scenes = read_scenes(write_set(tmp_path, write_scene(tmp_path, EARLY, burnt, cloudy)))
    grid = grid_of(scenes)
    with Files() as files:
        (one,) = scenes_on_grid(scenes, grid, BANDS)
        bands = one.reflectance(BANDS, WHOLE, files)
    assert grid.shape == SHAPE
    assert bands[:, 0, 0] == pytest.approx(list(FOREST.values()))
    assert bands[:, 6, 6] == pytest.approx(list(BURNT.values()))
    assert (np.isnan(bands).all(axis=0) == cloudy).all()


def test_a_mask_of_coarser_pixels_lies_on_the_cells_under_it(tmp_path: Path) -> None:
    # 60 m on 30 m: each class covers four cells, as Sentinel-2's 20 m on 10 m
    entry = write_scene(tmp_path, EARLY)
    coarse = np.full((20, 30), 4, np.uint8)
    coarse[3, 7] = 9
    write(tmp_path / f"{EARLY}_scl.tif", coarse, side=60.0, nodata=0)
    scenes = read_scenes(write_set(tmp_path, entry))
    with Files() as files:
        (one,) = scenes_on_grid(scenes, grid_of(scenes), BANDS)
        clear = one.clear(WHOLE, files)
    assert (clear == ~square(6, 14, 2, 2)).all()


def test_a_cell_outside_zero_to_one_is_missing(tmp_path: Path) -> None:
    entry = write_scene(tmp_path, EARLY)
    values = np.full((3, *SHAPE), 3000, np.uint16)
    values[1, 4, 4] = 12_000  # 1.2
    write(tmp_path / f"{EARLY}.tif", values)
    scenes = read_scenes(write_set(tmp_path, entry))
    with Files() as files:
        (one,) = scenes_on_grid(scenes, grid_of(scenes), BANDS)
        bands = one.reflectance(BANDS, WHOLE, files)
    assert (np.isnan(bands).all(axis=0) == square(4, 4, 1, 1)).all()


def test_another_grid_may_be_asked_for(tmp_path: Path) -> None:
    file = write_set(tmp_path, {EARLY: square(0, 0, 2, 4)})
    text = file.read_text().replace('name = "small"', 'name = "small"\nresolution = 60.0')
    file.write_text(text)
    scenes = read_scenes(file)
    grid = grid_of(scenes)
    assert grid.shape == (20, 30)
    with Files() as files:
        (one,) = scenes_on_grid(scenes, grid, BANDS)
        red = one.reflectance(BANDS, Tile(0, 20, 0, 30), files)[0]
    assert red[0, :3] == pytest.approx([BURNT["red"], BURNT["red"], FOREST["red"]])


# The tenfold scale trap


def checked(file: Path, tile: int = 64) -> Any:
    scenes = read_scenes(file)
    grid = grid_of(scenes)
    with Files() as files:
        footage = scenes_on_grid(scenes, grid, BANDS)
        return check_scale(footage, grid, tile, files, bundled(), scenes.entries.set.median_ratio)


def test_a_scene_ten_times_another_is_refused_with_what_to_write(tmp_path: Path) -> None:
    # NIR stays within 0..1 in neither: 0.40 x 10 = 4 is caught at once; red, 0.3, is caught by the
    # other scene's 0.03
    entries = write_scene(tmp_path, EARLY, times=100_000) + write_scene(tmp_path, LATE)
    with pytest.raises(GepError) as error:
        checked(write_set(tmp_path, entries))
    said = str(error.value)
    assert "[[scene]] 2019-07-01: with scale = 0.0001, 100.0% of band nir" in said
    assert "such as scales = { nir = 1e-05 }" in said
    assert "band red has a median of 0.3, 10.0 times that of scene 2020-07-01 (0.03)" in said
    assert "write scales = { red = 1e-05 } on it" in said
    assert "if 2020-07-01 is, write scales = { red = 0.001 } there" in said


def test_what_the_message_says_to_write_helps(tmp_path: Path) -> None:
    entry = write_scene(tmp_path, EARLY, times=100_000)
    fixed = entry + "scales = { red = 1e-5, nir = 1e-5, swir22 = 1e-5 }\n"
    seen = checked(write_set(tmp_path, fixed + write_scene(tmp_path, LATE)))
    assert seen["2019-07-01", "red"][0] == pytest.approx(0.03)


def test_land_that_did_change_so_much_can_be_declared(tmp_path: Path) -> None:
    everywhere = np.ones(SHAPE, np.bool_)
    # swir22 0.06 and 0.20: 3.3 times, within four; red 0.03 and 0.16 are not
    entries = write_scene(tmp_path, EARLY) + write_scene(tmp_path, LATE, everywhere)
    file = write_set(tmp_path, entries)
    late = np.stack([np.full(SHAPE, v, np.uint16) for v in (1600, 1500, 2000)])
    write(tmp_path / f"{LATE}.tif", late)
    with pytest.raises(LayerError, match="median_ratio in"):
        checked(file)
    file.write_text(file.read_text().replace('"small"', '"small"\nmedian_ratio = 6.0'))
    assert checked(file)


def test_medians_do_not_depend_on_the_tiles(tmp_path: Path) -> None:
    scenes = read_scenes(
        write_set(tmp_path, write_scene(tmp_path, EARLY, square(3, 3, 20, 20), noise=0.01))
    )
    grid = grid_of(scenes)
    with Files() as files:
        footage = scenes_on_grid(scenes, grid, BANDS)
        found = [medians(footage, grid, tile, files, cells=300) for tile in (16, 23, 64)]
    assert found[0] == found[1] == found[2]


# STAC


def collection(folder: Path, days: list[date], href: str) -> dict[str, Any]:
    names = list(FOREST)
    for day in days:  # an asset holds one band: files of their own
        write_scene(folder, day, square(5, 5, 8, 8) if day == LATE else None)
        import rasterio

        with rasterio.open(folder / f"{day}.tif") as file:
            stored = file.read()
        for name, values in zip(names, stored, strict=True):
            write(folder / f"{day}_{name}.tif", values)
    band = {"raster:bands": [{"scale": 0.0001, "offset": 0.0}]}
    items = [
        {
            "type": "Feature", "stac_version": "1.0.0", "id": str(day), "links": [],
            "geometry": None, "stac_extensions": [],
            "properties": {"datetime": f"{day}T02:30:00Z", "platform": "sentinel-2"},
            "assets": {
                **{n: {"href": f"{href}{day}_{n}.tif", **band} for n in names},
                "scl": {"href": f"{href}{day}_scl.tif"},
            },
        }
        for day in days
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": items}


def stac_set(folder: Path, address: str, **replace: str) -> Path:
    sensor = SENSOR.replace("red = 1, nir = 2, swir22 = 3", 'red = "red", nir = "nir", '
                            'swir22 = "swir22"').replace("scale = 0.0001", "")  # fmt: skip
    for old, new in replace.items():
        sensor = sensor.replace(old, new)
    file = folder / "stac.toml"
    file.write_text(f'[set]\nname = "stac"\nstac = "{address}"\n{sensor}', encoding="utf-8")
    return file


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Serve the folder on the loopback interface; the address. A process of its own: GDAL waits."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}/"
        server.terminate()


def test_a_stac_collection_gives_the_same_scenes_as_the_file(tmp_path: Path) -> None:
    items = collection(tmp_path, [EARLY, LATE], "./")
    (tmp_path / "items.json").write_text(json.dumps(items))
    from_stac = read_scenes(stac_set(tmp_path, "items.json"))
    from_file = read_scenes(write_set(tmp_path, {EARLY: None, LATE: square(5, 5, 8, 8)}))
    assert [s.date for s in from_stac.scenes] == [EARLY, LATE]
    grid = grid_of(from_file)
    assert grid_of(from_stac) == grid
    with Files() as files:
        for a, b in zip(scenes_on_grid(from_stac, grid, BANDS),
                        scenes_on_grid(from_file, grid, BANDS), strict=True):  # fmt: skip
            ours, theirs = (one.reflectance(BANDS, WHOLE, files) for one in (a, b))
            assert np.array_equal(ours, theirs, equal_nan=True)


def test_a_stac_collection_is_read_from_a_server(tmp_path: Path, served: str) -> None:
    items = collection(tmp_path, [EARLY], "")
    (tmp_path / "items.json").write_text(json.dumps(items))
    scenes = read_scenes(stac_set(tmp_path, f"{served}items.json"))
    assert scenes.scenes[0].bands["red"].path == f"{served}{EARLY}_red.tif"
    with Files() as files:
        (one,) = scenes_on_grid(scenes, grid_of(scenes), BANDS)
        bands = one.reflectance(BANDS, WHOLE, files)
    assert bands[:, 0, 0] == pytest.approx(list(FOREST.values()))


def test_what_is_wrong_with_stac_is_said(tmp_path: Path) -> None:
    items = collection(tmp_path, [EARLY], "./")
    (tmp_path / "items.json").write_text(json.dumps(items))
    assert "cannot be read as a STAC" in refused(stac_set(tmp_path, "absent.json"))
    assert "has no asset B8 (there are: red, nir" in refused(
        stac_set(tmp_path, "items.json", **{'"nir"': '"B8"'})
    )
    assert "is of platform sentinel-2" in refused(
        stac_set(tmp_path, "items.json", **{"sensors.sentinel-2": "sensors.landsat"})
    )
    del items["features"][0]["assets"]["scl"]
    (tmp_path / "items.json").write_text(json.dumps(items))
    assert "has no asset scl / SCL" in refused(stac_set(tmp_path, "items.json"))


# What is refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sensor = "sentinel-2"', 'sensor = "sentinel"', "Did you mean sentinel-2"),
        ("sentinel2-scl", "sentinel-scl", "Did you mean sentinel2-scl"),
        ('path = "2019-07-01.tif"', "", "path is missing"),
        ("scale = 0.0001", "scael = 0.0001", "unknown key"),
        ("date = 2019-07-01", 'date = "July"', "date"),
        ('mask = { kind = "sentinel2-scl" }', "", "does not say of which kind"),
        ('mask = "2019-07-01_scl.tif"', 'mask = "2019-07-01_scl.tif"\nscales = { rde = 1.0 }',
         "no band 'rde'. Did you mean red"),
        ("[[scene]]", '[disturbance]\nbefore = [2019-01-01]\n[[scene]]',
         "it must be a list of 2 or more"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = write_set(tmp_path, {EARLY: None})
    file.write_text(file.read_text().replace(old, new, 1))
    assert said in refused(file)


def test_a_scene_twice_and_none_at_all_are_refused(tmp_path: Path) -> None:
    entry = write_scene(tmp_path, EARLY)
    assert "scene 2019-07-01 is there twice" in refused(write_set(tmp_path, entry + entry))
    assert "holds neither scenes nor" in refused(write_set(tmp_path, ""))


def test_the_nearest_scene_needs_a_day(tmp_path: Path) -> None:
    rest = '[disturbance]\ncomposite = "nearest"\n'
    assert "the day it is near to" in refused(write_set(tmp_path, {EARLY: None}, rest))


def test_a_file_or_band_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = write_set(tmp_path, {EARLY: None})
    (tmp_path / f"{EARLY}_scl.tif").unlink()
    scenes = read_scenes(file)
    with pytest.raises(LayerError, match=r"2019-07-01_scl\.tif: there is no such file"):
        scenes_on_grid(scenes, grid_of(scenes), BANDS)
    file.write_text(file.read_text().replace("swir22 = 3", "swir22 = 7"))
    scenes = read_scenes(file)
    with pytest.raises(LayerError, match="has no band 7, only 3"):
        scenes_on_grid(scenes, grid_of(scenes), BANDS)


def test_a_mask_of_decimals_is_refused(tmp_path: Path) -> None:
    file = write_set(tmp_path, {EARLY: None})
    write(tmp_path / f"{EARLY}_scl.tif", np.full(SHAPE, 4, np.float32))
    scenes = read_scenes(file)
    with pytest.raises(LayerError, match="holds float32, but classes and quality codes"):
        scenes_on_grid(scenes, grid_of(scenes), BANDS)


def test_a_crs_without_a_cell_size_is_refused(tmp_path: Path) -> None:
    file = write_set(tmp_path, {EARLY: None})
    file.write_text(file.read_text().replace('"small"', '"small"\ncrs = "EPSG:4549"'))
    with pytest.raises(ProjectError, match="has a crs and no resolution"):
        grid_of(read_scenes(file))
