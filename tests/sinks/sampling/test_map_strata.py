"""Strata of a class raster and points drawn in them."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine

from data_catalog.errors import LayerError, OutputError
from sinks.sampling.map_strata import BUFFER, Buffer, ClassMap, write_points

ALBERS = "EPSG:6933"
SIDE = 30.0


def written(path: Path, codes: np.ndarray, crs: str | None = ALBERS, side: float = SIDE) -> Path:
    profile = {"driver": "GTiff", "height": codes.shape[0], "width": codes.shape[1], "count": 1,
               "dtype": codes.dtype, "nodata": 0, "crs": crs,
               "transform": Affine(side, 0, 11_000_000 if side > 1 else 119, 0, -side,
                                   3_500_000 if side > 1 else 28)}  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(codes, 1)
    return path


@pytest.fixture
def landscape() -> np.ndarray:
    draw = np.random.default_rng(5)
    codes = draw.choice([1, 2], size=(60, 80), p=[0.7, 0.3]).astype(np.uint8)
    codes[20:24, 30:33] = 9
    codes[:5, :5] = 0
    return codes


def test_strata_are_the_codes_with_their_area(tmp_path: Path, landscape: np.ndarray) -> None:
    found = ClassMap(path=written(tmp_path / "map.tif", landscape))
    strata = found.strata()
    assert strata.names == ("1", "2", "9")
    # pixels of 30 m x 30 m are 0.09 ha; nodata is nobody's
    assert strata.area == pytest.approx([(landscape == c).sum() * 0.09 for c in (1, 2, 9)])


def test_a_buffer_is_what_lies_near_the_change(tmp_path: Path, landscape: np.ndarray) -> None:
    around = Buffer(change=frozenset({9}), cells=2)
    found = ClassMap(path=written(tmp_path / "map.tif", landscape), buffer=around).counted
    pixels = dict(zip(found["stratum"], found["pixels"], strict=True))
    # 4 x 3 cells of change within 8 x 7: 56 - 12 = 44 around it
    assert pixels[BUFFER] == 44
    assert pixels["9"] == 12
    assert sum(pixels.values()) == 60 * 80 - 25


def test_points_do_not_depend_on_how_the_file_is_read(
    tmp_path: Path, landscape: np.ndarray
) -> None:
    path = written(tmp_path / "map.tif", landscape)
    around = Buffer(change=frozenset({9}), cells=3)
    whole, strips = (ClassMap(path=path, buffer=around, strip=size) for size in (10**6, 160))
    wanted = {"1": 30, "2": 20, "9": 5, BUFFER: 10}
    one, other = whole.draw(wanted, seed=7), strips.draw(wanted, seed=7)
    assert one.equals(other)
    assert not one.equals(whole.draw(wanted, seed=8))
    assert one.groupby("stratum").size().to_dict() == wanted
    alone = whole.draw({"9": 5}, seed=7)
    of_change = one[one["stratum"] == "9"]
    assert alone["geometry"].tolist() == of_change["geometry"].tolist(), "nor on other strata"


def test_points_lie_in_their_stratum_once_each(tmp_path: Path, landscape: np.ndarray) -> None:
    path = written(tmp_path / "map.tif", landscape)
    found = ClassMap(path=path, buffer=Buffer(change=frozenset({9}), cells=3)).draw(
        {"1": 50, "2": 50, "9": 12, BUFFER: 30}, seed=1
    )
    with rasterio.open(path) as file:
        read = [int(v[0]) for v in file.sample([(p.x, p.y) for p in found.geometry])]
    assert found["map_class"].tolist() == [str(code) for code in read]
    assert not found.geometry.duplicated().any()
    near = found[found["stratum"] == BUFFER]
    assert set(near["map_class"]) <= {"1", "2"}, "the buffer keeps its class on the map"


def test_every_pixel_of_a_stratum_is_drawn_alike_often(tmp_path: Path) -> None:
    classes = ClassMap(path=written(tmp_path / "map.tif", np.ones((4, 5), dtype=np.uint8)))
    drawn = [rank for seed in range(1000) for rank in classes._ranks("1", 4, 20, seed)]
    # 1,000 draws of 4 in 20: 200 each, +- 12.6; four standard deviations
    assert np.abs(np.bincount(drawn, minlength=20) - 200).max() < 51


def test_points_are_written_and_found_again(tmp_path: Path, landscape: np.ndarray) -> None:
    drawn = ClassMap(path=written(tmp_path / "map.tif", landscape)).draw({"1": 5, "2": 5}, seed=1)
    write_points(drawn, tmp_path / "points.gpkg")
    back = gpd.read_file(tmp_path / "points.gpkg")
    assert back["stratum"].tolist() == drawn["stratum"].tolist()
    assert back.crs == drawn.crs
    with pytest.raises(OutputError, match="there already"):
        write_points(drawn, tmp_path / "points.gpkg")
    with pytest.raises(OutputError, match="cannot be written"):
        write_points(drawn, tmp_path / "absent" / "points.gpkg")


def test_pixels_of_unequal_area_are_not_drawn_alike(tmp_path: Path) -> None:
    codes = np.ones((400, 40), dtype=np.uint8)
    degrees = ClassMap(path=written(tmp_path / "map.tif", codes, "EPSG:4326", 0.01))
    with pytest.raises(LayerError, match=r"differ in area \(WGS 84\).*gdalwarp"):
        degrees.draw({"1": 5}, seed=1)
    # their area is known all the same: 4 x 0.4 degrees from 28 to 24 N
    assert degrees.strata().area[0] == pytest.approx(1_780_000, rel=0.01)


@pytest.mark.parametrize(
    ("codes", "crs", "words"),
    [
        (np.ones((3, 3), dtype=np.uint8), None, "has no CRS"),
        (np.zeros((3, 3), dtype=np.uint8), ALBERS, "no pixel with a value"),
        (np.full((3, 3), 1.5, dtype=np.float32), ALBERS, "1.5, which is no whole number"),
    ],
)
def test_a_map_that_is_none_is_refused_in_words(tmp_path: Path, codes, crs, words: str) -> None:
    with pytest.raises(LayerError, match=words):
        ClassMap(path=written(tmp_path / "map.tif", codes, crs)).strata()


def test_more_points_than_pixels_and_absent_codes_are_refused(
    tmp_path: Path, landscape: np.ndarray
) -> None:
    path = written(tmp_path / "map.tif", landscape)
    with pytest.raises(LayerError, match="'9' has 12 pixels, fewer than the 50 to draw"):
        ClassMap(path=path).draw({"9": 50}, seed=1)
    with pytest.raises(LayerError, match="no pixel of code 7; its codes are 1, 2, 9"):
        ClassMap(path=path, buffer=Buffer(change=frozenset({7}), cells=2)).strata()
    with pytest.raises(LayerError, match="cannot be read"):
        ClassMap(path=tmp_path / "absent.tif").strata()
