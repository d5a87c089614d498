"""What is decoded here is what GDAL decodes, to the last bit; what is not plain is left to GDAL."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.windows import Window

from data_catalog.errors import LayerError
from data_catalog.variables import variable
from tiles.rasters import Raster
from tiles.tiff_blocks import TiffBlocks, add_up, plain_blocks

ROWS, COLS, BLOCK = 200, 230, 64
PLACED = {"driver": "GTiff", "transform": Affine(30, 0, 0, 0, -30, 0), "crs": "EPSG:4549"}
TILED = {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK}
PLAIN = [
    (kind, compress, predictor)
    for kind, predictors in (("float32", (1, 3)), ("uint8", (1, 2)), ("int16", (1,)),
                             ("uint16", (1,)))
    for predictor in predictors
    for compress in ("deflate", "zstd")
]  # fmt: skip


def values(kind: str) -> np.ndarray[Any, np.dtype[Any]]:
    random = np.random.default_rng(7)
    found = np.cumsum(random.normal(0, 9, (ROWS, COLS)), axis=1)
    if kind == "float32":
        found[random.random(found.shape) < 0.1] = np.nan
        found[0, :3] = -3.4e38, np.inf, -0.0
        return found.astype(kind)
    return found.astype(np.int64).astype(kind)  # wraps round: every byte is met


def written(path: Path, kind: str = "float32", **how: Any) -> Path:
    options = {**PLACED, **TILED, **how}
    with rasterio.open(path, "w", height=ROWS, width=COLS, count=1, dtype=kind, **options) as file:
        file.write(values(kind), 1)
    return path


def blocks_of(path: Path) -> TiffBlocks | None:
    return plain_blocks(rasterio.open(path))


@pytest.mark.parametrize(("kind", "compress", "predictor"), PLAIN)
def test_every_plain_form_is_decoded_to_the_same_bits(tmp_path, kind, compress, predictor):
    path = written(tmp_path / "a.tif", kind, compress=compress, predictor=predictor)
    blocks = blocks_of(path)
    assert blocks is not None
    out = np.empty((ROWS, COLS), kind)
    blocks.read(0, 0, out)
    assert out.tobytes() == values(kind).tobytes()


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("plain") / "a.tif", compress="deflate", predictor=3)


@given(st.data())
def test_any_window_holds_what_gdal_reads_there(plain, data):
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, ROWS)] * 2)))
    left, right = sorted(data.draw(st.tuples(*[st.integers(0, COLS)] * 2)))
    out = np.empty((last - first, right - left), np.float32)
    blocks = blocks_of(plain)
    assert blocks is not None
    blocks.read(first, left, out)
    blocks.close()
    with rasterio.open(plain) as file:
        wanted = file.read(1)[first:last, left:right]
    assert out.tobytes() == wanted.tobytes()


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_bytes_are_added_up_along_each_row_modulo_256(one, other):
    rows = np.frombuffer(one + other, np.uint8).reshape(4, 16).copy()
    wanted = np.cumsum(rows, axis=1, dtype=np.uint8)
    add_up(rows.view(np.uint64))
    assert (rows == wanted).all()


@pytest.mark.parametrize("nodata", [None, -9.0])
def test_a_block_that_was_never_written_is_nodata_or_zero(tmp_path, nodata):
    path = tmp_path / "sparse.tif"
    how = {"compress": "zstd", "predictor": 3, "sparse_ok": True, "nodata": nodata}
    with rasterio.open(path, "w", height=128, width=128, count=1, dtype="float32",
                       **PLACED, **TILED, **how) as file:  # fmt: skip
        file.write(np.full((64, 64), 5, np.float32), 1, window=Window(64, 0, 64, 64))
    blocks = blocks_of(path)
    assert blocks is not None
    out = np.empty((128, 128), np.float32)
    blocks.read(0, 0, out)
    with rasterio.open(path) as file:
        assert (out == file.read(1)).all()
    assert out[0, 64] == 5
    assert out[64, 64] == (nodata or 0)


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("float32", {"compress": "lzw"}),
        ("float32", {}),
        ("float32", {"compress": "deflate", "predictor": 2}),
        ("int16", {"compress": "deflate", "predictor": 2}),
        ("float64", {"compress": "deflate", "predictor": 3}),
        ("float32", {"compress": "deflate", "endianness": "BIG"}),
        ("float32", {"compress": "deflate", "tiled": False, "blockysize": 16}),
        ("uint8", {"compress": "deflate", "nbits": 7}),
    ],
)
def test_what_is_not_plain_is_left_to_gdal(tmp_path, kind, how):
    assert blocks_of(written(tmp_path / "a.tif", kind, **how)) is None


def test_several_bands_are_left_to_gdal(tmp_path):
    path = tmp_path / "a.tif"
    with rasterio.open(path, "w", height=64, width=64, count=2, dtype="uint8",
                       compress="deflate", **PLACED, **TILED) as file:  # fmt: skip
        file.write(np.zeros((2, 64, 64), np.uint8))
    assert blocks_of(path) is None


def test_a_window_that_needs_little_of_its_blocks_is_left_to_gdals_cache(plain):
    blocks = blocks_of(plain)
    assert blocks is not None
    assert blocks.fits(0, 64, 0, 64)
    assert not blocks.fits(0, 32, 0, 63)
    assert not blocks.fits(60, 70, 60, 70)


@pytest.mark.parametrize("damage", ["cut off", "changed"])
def test_a_damaged_block_is_told_in_words(tmp_path, damage):
    path = written(tmp_path / "rain.tif", compress="deflate", predictor=3)
    raster = Raster(variable=variable("elevation"), path=str(path), bands=1, dtype="float32",
                    shape=(ROWS, COLS), nodata=None)  # fmt: skip
    file = raster.open()
    content = bytearray(path.read_bytes())
    with rasterio.open(path) as header:
        place = int(header.get_tag_item("BLOCK_OFFSET_2_2", "TIFF", bidx=1))
    if damage == "cut off":
        path.write_bytes(content[: place + 10])
    else:
        content[place : place + 40] = bytes(40)
        path.write_bytes(content)
    with pytest.raises(LayerError, match=r"rain\.tif: .*cannot be read"):
        file.read(0, ROWS, 0, COLS)
