"""Bad input, each with a one-line message in words, exit code 1, and no run folder."""

import json
import resource
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
import shapely.affinity
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

GOOD = """\
[project]
name = "little"
year = 2020
standard = "cn-open"

[layers.land_cover]
path = "cover.tif"
classes = "clcd"

[layers.precipitation]
path = "rain.tif"
units = "mm/year"

[layers.evapotranspiration]
path = "et.tif"
units = "mm/year"

[layers.npp]
path = "npp.tif"
units = "g_C/m2/year"

[parcels]
path = "parcels.fgb"
id = "parcel_id"

[carbon]
densities = "zhejiang-2016"

[output]
maps = ["water_conservation"]
"""
LEFT, TOP, CELL, SHAPE = 480_000, 3_150_000, 30, (48, 64)
LISHUI = ("331102", "331121", "331122", "331123", "331124", "331125", "331126", "331127", "331181")
PARAMETERS = "parameter,value,units,source\nreservoir_storage_cost,9.5,CNY/m3,price bureau\n"
STANDARD = """\
id = "ours"
title_zh = "本县"
title_en = "Ours"
source = "HJ1173"
[services.water_conservation]
parts = [{ variant = "balance", classes = ["1", "2", "3"] }]
valuations = ["storage_cost"]
sets = { runoff_coefficient = "gong2017-evergreen", reservoir_storage_cost = "baiyang2017" }
"""


class Little:
    """A good little project in a folder, to be spoilt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "project.toml"
        self.out = folder / "run"
        self.aside = folder / "run.unfinished"
        self.file.write_text(GOOD, encoding="utf-8")
        cover = np.full(SHAPE, 2, np.uint8)
        cover[30:] = 4
        self.raster("cover", cover, nodata=0)
        slope = np.arange(SHAPE[1], dtype=np.float32)
        for name, amount in (("rain", 1600), ("et", 700), ("npp", 600)):
            self.raster(name, np.full(SHAPE, amount, np.float32) + slope)
        self.parcels(self.good_parcels())

    def words(self, command: str) -> list[str]:
        """Return the command line of a command on this project."""
        out = ["--out", str(self.out), "-q", "--workers", "2"] if command == "compute" else []
        return [command, str(self.file), *out]

    def raster(self, name: str, values: Any, **profile: Any) -> None:
        values = np.asarray(values)
        bands = values if values.ndim == 3 else values[np.newaxis]
        profile = {
            "crs": "EPSG:4549", "transform": Affine(CELL, 0, LEFT, 0, -CELL, TOP),
            "width": bands.shape[2], "height": bands.shape[1], "count": len(bands),
            "dtype": bands.dtype, "driver": "GTiff",
        } | profile  # fmt: skip
        profile = {k: v for k, v in profile.items() if v is not None}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(self.folder / f"{name}.tif", "w", **profile) as file:
                file.write(bands)

    def values(self, name: str) -> Any:
        with rasterio.open(self.folder / f"{name}.tif") as file:
            return file.read(1)

    def paint(self, name: str, cells: dict[tuple[int, int], float], kind: Any = None) -> None:
        values = self.values(name)
        values = values.astype(kind or values.dtype)
        for cell, value in cells.items():
            values[cell] = value
        self.raster(name, values)

    def good_parcels(self) -> gpd.GeoDataFrame:
        boxes = [(1, 1, 20, 20), (20, 1, 40, 28), (3, 33, 60, 46)]
        shapes = [
            shapely.box(LEFT + a * CELL, TOP - d * CELL, LEFT + c * CELL, TOP - b * CELL)
            for a, b, c, d in boxes
        ]
        ids = {"parcel_id": ["007", "008", "009"]}
        return gpd.GeoDataFrame(ids, geometry=shapes, crs="EPSG:4549")

    def parcels(self, frame: gpd.GeoDataFrame) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that it has no CRS
            frame.to_file(self.folder / "parcels.fgb", SPATIAL_INDEX="NO")

    def shapes(self, change: Callable[[Any], Any]) -> None:
        frame = self.good_parcels()
        frame.geometry = [change(frame.geometry[0]), *frame.geometry[1:]]
        self.parcels(frame)

    def ids(self, *ids: Any) -> None:
        self.parcels(self.good_parcels().assign(parcel_id=list(ids)))

    def text(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text, old
        self.file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def add(self, text: str) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            file.write(text)

    def table(self, old: str, new: str) -> None:
        """Give the project a table of parameters with one thing wrong."""
        self.file_of("local.csv", PARAMETERS, old, new)
        self.add('[tables]\nparameters = "local.csv"\n')

    def standard(self, old: str, new: str) -> None:
        """Give the project a standard of its own with one thing wrong."""
        self.file_of("ours.toml", STANDARD, old, new)
        self.text('"cn-open"', '"ours.toml"')

    def by_region(self, code: str, table: str = "region,rain\n331102,1500\n") -> None:
        """Give the rain as figures by region."""
        self.write("statistics.csv", table.encode())
        self.text("year = 2020", f'year = 2020\nregion = "{code}"' if code else "year = 2020")
        self.text('path = "rain.tif"', 'table = "statistics.csv"\ncolumn = "rain"')

    def file_of(self, name: str, text: str, old: str, new: str) -> None:
        assert old in text, old
        (self.folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def cut(self, name: str, share: float) -> None:
        """Keep only the first part of a file."""
        path = self.folder / name
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()

    def write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)


@pytest.fixture
def little(tmp_path: Path) -> Little:
    folder = tmp_path / "little"
    folder.mkdir()
    return Little(folder)


def swapped(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_geometry(shapely.transform(frame.geometry, lambda xy: xy[:, ::-1]))


def square(row: int, col: int, code: int) -> dict[tuple[int, int], float]:
    """Return two by two cells with a code."""
    return dict.fromkeys([(row + i, col + j) for i in (0, 1) for j in (0, 1)], code)


def with_wild(values: Any, wild: list[float]) -> Any:
    """Return values with wild ones in the first parcel, in all bands."""
    for place, value in enumerate(wild):
        values[..., 4, 4 + place] = value
    return values


BOTH = ("compute", "validate")
CASES: list[Any] = []


def case(
    name: str, spoil: Callable[[Little], object], en: str, zh: str, on: tuple[str, ...] = BOTH
) -> None:
    """Add a row: what is wrong, how it is made, what is said of it (pieces between dots)."""
    CASES.append(pytest.param(spoil, en, zh, on, id=name))


# --- the values of the layers
case(
    "unknown class codes",
    lambda p: p.paint("cover", {(2, 2): 200, (2, 3): 200, (3, 3): 17}),
    "cover.tif ... 17 (1), 200 (2) ... crosswalk",
    "cover.tif ... 17 (1), 200 (2) ... 对照表",
)
case(
    "unknown class codes of many digits",
    lambda p: p.paint("cover", {(2, 2): -40000, (2, 3): 65536, (3, 3): 70000}, np.int32),
    "cover.tif ... -40000 (1), 65536 (1), 70000 (1). Choose",
    "cover.tif ... -40000 (1), 65536 (1), 70000 (1)。",
)
case(
    "unknown class codes of many digits, on another grid",
    lambda p: (
        p.paint("cover", dict.fromkeys([(2, 2), (2, 3), (3, 2)], -5) | square(6, 8, 70000)
                | square(8, 8, 3_000_000_000), np.int64),
        p.text("year = 2020", "year = 2020\nresolution = 60"),
    ),
    "cover.tif ... -5 (1), 70000 (1), 3000000000 (1). Choose",
    "cover.tif ... -5 (1), 70000 (1), 3000000000 (1)。",
)  # fmt: skip
case(
    "a layer of numbers given for classes",
    lambda p: p.raster("cover", np.arange(100, 100 + 48 * 64, dtype=np.int16).reshape(SHAPE)),
    "cover.tif ... crosswalk does not know ... (1) and 1",
    "cover.tif ... 对照表中没有的类别代码 ... ，另有 1",
)
case(
    "undeclared nodata -9999",
    lambda p: p.paint("rain", {(2, 2): -9999}),
    "rain.tif: precipitation has -9999 mm/year, outside its range 0 to 12000 ... set `nodata`",
    "rain.tif：年降水量出现 -9999 mm/year，超出合理范围 0 至 12000 ... nodata",
)
case(
    "undeclared nodata 3.4e38",
    lambda p: p.paint("npp", {(2, 2): 3.4028235e38}),
    "npp.tif: npp has 3.40282e+38 g_C/m2/year ... set `nodata`",
    "npp.tif：净初级生产力出现 3.40282e+38 g_C/m2/year ... nodata",
)
case(
    "undeclared nodata -32768",
    lambda p: p.paint("et", {(2, 2): -32768}, np.int16),
    "et.tif: evapotranspiration has -32768 mm/year ... set `nodata`",
    "et.tif：实际蒸散量出现 -32768 mm/year ... nodata",
)
case(
    "land cover that is all nodata",
    lambda p: p.raster("cover", np.zeros(SHAPE, np.uint8), nodata=0),
    "cover.tif: land_cover has no class anywhere inside the parcels. Check the nodata, CRS",
    "cover.tif：土地覆盖在宗地内没有任何类别。请检查",
)
case(
    "land cover with classes only outside the parcels",
    lambda p: p.raster(
        "cover", np.where(np.indices(SHAPE)[0] > 46, 2, 0).astype(np.uint8), nodata=0
    ),
    "cover.tif: land_cover has no class anywhere inside the parcels",
    "cover.tif：土地覆盖在宗地内没有任何类别",
)
case(
    "layer without a value in the parcels",
    lambda p: p.raster("rain", np.full(SHAPE, np.nan, np.float32)),
    "rain.tif: precipitation has no value anywhere inside the parcels. Check the nodata, CRS",
    "rain.tif：年降水量在宗地内没有任何数值。请检查",
)
case(
    "two layers without a value, and another with a wrong one",
    lambda p: (
        p.raster("et", np.full(SHAPE, -1, np.int16), nodata=-1),
        p.raster("rain", np.full(SHAPE, np.nan, np.float32)),
        p.paint("npp", {(2, 2): -9999}),
    ),
    "npp.tif: npp has -9999 ... et.tif: evapotranspiration has no value ... rain.tif: ",
    "npp.tif：净初级生产力出现 -9999 ... et.tif：实际蒸散量在宗地内没有任何数值 ... rain.tif",
    on=("compute",),
)
case(
    "infinite value",
    lambda p: p.paint("rain", {(2, 2): np.inf}),
    "rain.tif: precipitation has inf mm/year",
    "rain.tif：年降水量出现 inf mm/year",
)
case(
    "infinite and largest values in bands that are added up",
    lambda p: p.raster("rain", with_wild(np.full((12, *SHAPE), 130.0), [-np.inf, -1.7e308])),
    "rain.tif: precipitation has -inf mm/year",
    "rain.tif：年降水量出现 -inf mm/year",
)
case(
    "largest value of a layer that is multiplied",
    lambda p: p.raster("et", with_wild(np.full(SHAPE, 700.0), [1.7e308])),
    "et.tif: evapotranspiration has 1.7e+308 mm/year",
    "et.tif：实际蒸散量出现 1.7e+308 mm/year",
)
case(
    "infinite value of a layer that another is made from",
    lambda p: (
        p.raster("dem", with_wild(np.full(SHAPE, 300.0), [np.inf])),
        p.add('[layers.elevation]\npath = "dem.tif"\nunits = "m"\n'),
        p.add('[layers.soil_erodibility]\nvalue = 0.02\nunits = "t*ha*hour/(ha*MJ*mm)"\n'),
        p.add('[layers.rainfall_erosivity]\nvalue = 5000\nunits = "MJ*mm/(ha*hour*year)"\n'),
        p.add("[layers.cover_factor]\nvalue = 0.1\n"),
    ),
    "dem.tif: elevation has inf",
    "dem.tif：高程出现 inf",
)
case(
    "layer of zeros scaled to a mean",
    lambda p: (
        p.raster("rain", np.zeros(SHAPE, np.float32)),
        p.text(
            '"mm/year"', '"mm/year"\nscale_to = { mean = 1500, units = "mm/year", source = "a" }'
        ),
    ),
    "[layers.precipitation] scale_to ... mean is zero",
    "[layers.precipitation] scale_to ... 均值为零",
)

# --- units
case(
    "missing units",
    lambda p: p.text('"rain.tif"\nunits = "mm/year"', '"rain.tif"'),
    "rain.tif: has no units. Write `units` on [layers.precipitation] ... 'mm/year'",
    "rain.tif：没有单位（年降水量） ... mm/year",
)
case(
    "wrong units",
    lambda p: p.text("mm/year", "kg"),
    "rain.tif: is in kg, but precipitation is needed in mm/year. Correct `units`",
    "rain.tif：单位是 kg，但年降水量需要 mm/year",
)
case(
    "carbon dioxide for carbon",
    lambda p: p.text("g_C/m2/year", "t_CO2e/ha/year"),
    "npp.tif: is in t_CO2e/ha/year, but npp is needed in g_C/m2/year",
    "npp.tif：单位是 t_CO2e/ha/year，但净初级生产力需要 g_C/m2/year",
)
case(
    "nonsense units",
    lambda p: p.text("mm/year", "furlongs per ("),
    "rain.tif: 'furlongs per (' is no unit we know. Correct `units`; an example is mm/year",
    "rain.tif：“furlongs per (”不是可识别的单位",
)
case(
    "half a unit",
    lambda p: p.text("mm/year", "mm/"),
    "rain.tif: 'mm/' is no unit we know",
    "rain.tif：“mm/”不是可识别的单位",
)
case(
    "constant without units",
    lambda p: p.text('path = "rain.tif"\nunits = "mm/year"', "value = 1600"),
    "[layers.precipitation]: has no units. Write `units`, for example 'mm/year'",
    '[layers.precipitation]：没有单位。请写 units，如 "mm/year"',
)
case(
    "scale of zero",
    lambda p: p.text('"mm/year"', '"mm/year"\nscale = 0'),
    "[layers.precipitation] ... scale = 0",
    "[layers.precipitation] ... scale = 0",
)
case(
    "scale on a class layer",
    lambda p: p.text('"clcd"', '"clcd"\nscale = 0.1'),
    "[layers.land_cover]: a class has no units and cannot be scaled. Remove scale",
    "[layers.land_cover]：类别没有单位，也不能缩放。请删去 scale",
)

# --- where the layers lie
case(
    "no overlap",
    lambda p: p.raster("rain", np.full(SHAPE, 900.0), crs="EPSG:4547"),
    'rain.tif: as tagged (CGCS2000 / 3-degree Gauss-Kruger CM 114E) ... crs = "EPSG:4549"',
    'rain.tif ... crs = "EPSG:4549"',
)
case(
    "land cover beside the parcels",
    lambda p: p.raster(
        "cover",
        np.full(SHAPE, 2, np.uint8),
        transform=Affine(CELL, 0, LEFT + 90_000, 0, -CELL, TOP),
    ),
    "cover.tif ... does not overlap the parcels",
    "cover.tif ... 不重叠",
)
case(
    "swapped axes of a geographic raster",
    lambda p: p.raster(
        "rain",
        np.full(SHAPE, 900.0),
        crs="EPSG:4490",
        transform=Affine(0.01, 0, 28.0, 0, -0.01, 120.0),
    ),
    "rain.tif: reaches from 119.52 to 120 degrees latitude: its axes look swapped",
    "rain.tif：纬度为 119.52 至 120",
)
case(
    "swapped axes of a projected raster",
    lambda p: p.raster(
        "rain",
        np.full(SHAPE, 900.0),
        transform=Affine(CELL, 0, TOP - CELL * SHAPE[1], 0, -CELL, LEFT + CELL * SHAPE[0]),
    ),
    "rain.tif ... axes look swapped",
    "rain.tif ... 坐标轴可能颠倒",
)
case(
    "raster without CRS",
    lambda p: p.raster("rain", np.full(SHAPE, 900.0), crs=None),
    'rain.tif: has no usable CRS. Write `crs` on [layers.precipitation], such as "EPSG:4549"',
    'rain.tif：没有可用的坐标系。请在 [layers.precipitation] 中写 crs，如 "EPSG:4549"',
)
case(
    "raster without georeference",
    lambda p: p.raster("rain", np.full(SHAPE, 900.0), transform=None),
    "rain.tif: has no georeference: nothing says where it lies",
    "rain.tif：没有地理定位",
)
case(
    "unknown CRS of a layer",
    lambda p: p.text('"mm/year"', '"mm/year"\ncrs = "EPSG:999999"'),
    "'EPSG:999999' is no known CRS. Write an EPSG code",
    "“EPSG:999999”不是已知的坐标系",
)
case(
    "unknown CRS of the grid",
    lambda p: p.text("year = 2020", 'year = 2020\ncrs = "Beijing 1854"'),
    "[project] crs: 'Beijing 1854' is no known CRS",
    "[project] crs：“Beijing 1854”不是已知的坐标系",
)
case(
    "grid in degrees without resolution",
    lambda p: p.text("year = 2020", 'year = 2020\ncrs = "EPSG:4490"'),
    "[project] ... EPSG:4490 ... give a resolution",
    "[project] ... EPSG:4490 ... resolution",
)
case(
    "grid of a layer that is not there",
    lambda p: p.text("year = 2020", 'year = 2020\ngrid = "land_cver"'),
    "[project] grid: no raster layer is named 'land_cver'. Did you mean land_cover?",
    "[project] grid ... land_cver ... 是否想写 land_cover",
)

# --- the files of the layers
case(
    "TIFF cut off at the end",
    lambda p: p.cut("rain.tif", 0.97),
    "rain.tif: the file cannot be read ... cut off",
    "rain.tif：文件无法读取 ... 截断",
)
case(
    "TIFF cut off in the middle",
    lambda p: p.cut("rain.tif", 0.5),
    "rain.tif: the file cannot be read ... cut off",
    "rain.tif：文件无法读取 ... 截断",
)
case(
    "not a TIFF",
    lambda p: p.write("rain.tif", b"<html>404 not found</html>"),
    "rain.tif: the file cannot be read ... no raster",
    "rain.tif：文件无法读取 ... 不是栅格",
)
case(
    "zero bytes",
    lambda p: p.write("rain.tif", b""),
    "rain.tif: the file cannot be read",
    "rain.tif：文件无法读取",
)
case(
    "missing file",
    lambda p: p.remove("rain.tif"),
    "rain.tif: there is no such file. Check [layers.precipitation] path",
    "rain.tif：没有这个文件（年降水量）。请检查 [layers.precipitation] path",
)
case(
    "folder instead of a file",
    lambda p: (p.remove("rain.tif"), (p.folder / "rain.tif").mkdir()),
    "rain.tif: is a folder ... [layers.precipitation]",
    "rain.tif：是文件夹",
)
case(
    "five bands",
    lambda p: p.raster("rain", np.full((5, *SHAPE), 100.0)),
    "rain.tif: has 5 bands, but precipitation needs 1 or 12",
    "rain.tif：有 5 个波段",
)
case(
    "two bands of classes",
    lambda p: p.raster("cover", np.full((2, *SHAPE), 2, np.uint8)),
    "cover.tif: has 2 bands, but land_cover needs 1.",
    "cover.tif：有 2 个波段",
)
case(
    "classes with decimals",
    lambda p: p.raster("cover", np.full(SHAPE, 2.5, np.float32)),
    "cover.tif: holds float32 ... whole numbers",
    "cover.tif ... float32 ... 整数",
)
case(
    "complex numbers",
    lambda p: p.raster("rain", np.full(SHAPE, 2j, np.complex64)),
    "rain.tif: holds complex64",
    "rain.tif ... complex64",
)

case(
    "nodata that the file cannot hold",
    lambda p: p.text('"clcd"', '"clcd"\nnodata = -9999'),
    "cover.tif: nodata = -9999 cannot occur in a file of uint8",
    "cover.tif：nodata = -9999 不会出现在 uint8 文件中",
)
case(
    "cells of half the globe",
    lambda p: p.text("year = 2020", "year = 2020\nresolution = 1e7"),
    "one cell of the grid covers about ... Choose a smaller [project] resolution",
    "请减小 [project] resolution",
)
case(
    "cells of many degrees",
    lambda p: p.text("year = 2020", 'year = 2020\ncrs = "EPSG:4490"\nresolution = 30'),
    "[project] resolution: EPSG:4490 is in degrees, and 30 degrees are too many",
    "[project] resolution：坐标系 EPSG:4490 以度为单位，30 度过大",
)
case(
    "CRS of heights",
    lambda p: p.text("year = 2020", 'year = 2020\ncrs = "EPSG:5703"\nresolution = 30'),
    "[project] crs: 'EPSG:5703' is not the CRS of a map",
    "[project] crs：“EPSG:5703”不是平面或经纬度坐标系",
)

# --- the parcels
case(
    "parcels in a table without geometry",
    lambda p: (
        p.write("parcels.csv", b"parcel_id\n007\n"),
        p.text("parcels.fgb", "parcels.csv"),
    ),
    "parcels.csv: is a table without geometry",
    "parcels.csv：只有表格，没有几何",
)
case(
    "parcels missing",
    lambda p: p.remove("parcels.fgb"),
    "parcels.fgb: there is no such file",
    "parcels.fgb：没有这个文件",
)
case(
    "parcels unreadable",
    lambda p: p.write("parcels.fgb", b"PK but no zip"),
    "parcels.fgb: cannot be read as a vector file",
    "parcels.fgb：无法作为矢量文件读取",
)
case(
    "parcels in a layer that is not there",
    lambda p: p.text('id = "parcel_id"', 'id = "parcel_id"\nlayer = "parcel"'),
    "parcels.fgb: has no layer 'parcel'. Did you mean parcels?",
    "parcels.fgb ... parcel ... 是否想写 parcels？",
)
case(
    "no parcel in the file",
    lambda p: p.parcels(p.good_parcels().iloc[:0]),
    "parcels.fgb: holds no parcel",
    "parcels.fgb：没有任何宗地",
)
case(
    "parcels without CRS",
    lambda p: p.parcels(p.good_parcels().set_crs(None, allow_override=True)),
    "parcels.fgb: has no usable CRS",
    "parcels.fgb：没有可用的坐标系",
)
case(
    "parcels with swapped axes",
    lambda p: p.parcels(swapped(p.good_parcels().to_crs("EPSG:4490"))),
    "parcels.fgb: has coordinates outside the globe ... swapped",
    "parcels.fgb：坐标超出经纬度范围 ... 颠倒",
)
case(
    "bow-tie",
    lambda p: p.shapes(
        lambda _: shapely.Polygon(
            [(LEFT, TOP), (LEFT + 300, TOP - 300), (LEFT + 300, TOP), (LEFT, TOP - 300)]
        )
    ),
    "parcels.fgb: an invalid geometry (such as one crossing itself) in 1 of 3 parcels: 007",
    "parcels.fgb：3 块宗地中有 1 块几何无效（自相交等）：007",
)
case(
    "no geometry",
    lambda p: p.shapes(lambda _: None),
    "parcels.fgb: no geometry in 1 of 3 parcels: 007",
    "parcels.fgb：3 块宗地中有 1 块没有几何：007",
)
case(
    "points instead of polygons",
    lambda p: p.parcels(p.good_parcels().set_geometry(p.good_parcels().centroid)),
    "parcels.fgb: points or lines instead of polygons in 3 of 3 parcels: 007, 008, 009",
    "parcels.fgb：3 块宗地中有 3 块不是面：007, 008, 009",
)
case(
    "id given twice",
    lambda p: p.ids("007", "008", "007"),
    "parcels.fgb: an id used before in 1 of 3 parcels: 007",
    "parcels.fgb：3 块宗地中有 1 块编号重复：007",
)
case(
    "no id",
    lambda p: p.ids("007", None, "009"),
    "parcels.fgb: no id in 1 of 3 parcels: #2",
    "parcels.fgb：3 块宗地中有 1 块没有编号：#2",
)
case(
    "misspelt id column",
    lambda p: p.text('id = "parcel_id"', 'id = "parcelid"'),
    "parcels.fgb: has no column 'parcelid'. Did you mean parcel_id?",
    "parcels.fgb：没有“parcelid”列。是否想写 parcel_id？",
)
case(
    "misspelt inventory column",
    lambda p: p.add('[parcels.columns]\nspecies = "tree"\n'),
    "parcels.fgb: has no column 'tree'",
    "parcels.fgb：没有“tree”列",
)
case(
    "parcels far away",
    lambda p: p.parcels(p.good_parcels().set_geometry(p.good_parcels().translate(4e5, 0))),
    "parcels.fgb: as tagged (CGCS2000 / 3-degree Gauss-Kruger CM 120E) the parcels lie at 123.88",
    "parcels.fgb：按其坐标系标记（CGCS2000 / 3-degree Gauss-Kruger CM 120E），宗地位于 123.88",
)
case(
    "one parcel off the land cover",
    lambda p: p.shapes(lambda g: shapely.affinity.translate(g, 3000, 0)),
    "cover.tif: a place wholly outside this layer in 1 of 3 parcels: 007",
    "cover.tif：3 块宗地中有 1 块完全在该图层之外：007",
)
case(
    "region code unknown",
    lambda p: (
        p.text('[parcels]\npath = "parcels.fgb"\nid = "parcel_id"\n', "")
        or p.text("year = 2020", 'year = 2020\nregion = "331199"')
    ),
    "region: no region code is named '331199'",
    "331199 ... 行政区划代码",
)
case(
    "region file missing",
    lambda p: (
        p.text('[parcels]\npath = "parcels.fgb"\nid = "parcel_id"\n', "")
        or p.text("year = 2020", 'year = 2020\nregion = "aoi.geojson"')
    ),
    "aoi.geojson: there is no such file",
    "aoi.geojson：没有这个文件",
)

# --- the project file: keys
case(
    "misspelt key of the project",
    lambda p: p.text("standard =", "standart ="),
    "project.toml: unknown key 'project.standart'. Did you mean standard?",
    "project.toml：未知的键“project.standart”。是否想写 standard？",
)
case(
    "misspelt key of a layer",
    lambda p: p.text("units =", "unit ="),
    "unknown key 'layers.precipitation.unit'. Did you mean units?",
    "未知的键“layers.precipitation.unit”。是否想写 units？",
)
case(
    "misspelt key of a pattern",
    lambda p: p.text('"mm/year"', '"mm/year"\nscale_to = { mean = 1, units = "m", sorce = "a" }'),
    "unknown key 'layers.precipitation.scale_to.sorce'. Did you mean source?",
    "“layers.precipitation.scale_to.sorce”。是否想写 source？",
)
case(
    "misspelt key of the parcels",
    lambda p: p.text("id =", "ID ="),
    "unknown key 'parcels.ID'. Did you mean id?",
    "未知的键“parcels.ID”。是否想写 id？",
)
case(
    "misspelt key of the tables",
    lambda p: p.add('[tables]\nparameter = "local.csv"\n'),
    "unknown key 'tables.parameter'. Did you mean parameters?",
    "未知的键“tables.parameter”",
)
case(
    "misspelt key of the output",
    lambda p: p.text("maps =", "map ="),
    "unknown key 'output.map'. Did you mean maps?",
    "未知的键“output.map”。是否想写 maps？",
)
case(
    "misspelt key of the carbon account",
    lambda p: p.text("densities =", "density ="),
    "unknown key 'carbon.density'. Did you mean densities?",
    "未知的键“carbon.density”",
)
case(
    "unknown section",
    lambda p: p.text("[parcels]", "[parcel]"),
    "unknown key 'parcel'. Did you mean parcels?",
    "未知的键“parcel”。是否想写 parcels？",
)
case(
    "unknown section layer",
    lambda p: p.text("[layers.npp]", "[layer.npp]"),
    "unknown key 'layer'. Did you mean layers?",
    "未知的键“layer”。是否想写 layers？",
)
case(
    "key meant for the program",
    lambda p: p.text("[project]", 'folder = "/tmp"\n[project]'),
    "unknown key 'folder'",
    "未知的键“folder”",
)

case(
    "empty path",
    lambda p: p.text('"rain.tif"', '""'),
    "layers.precipitation.path is ''; it must be text that is not empty",
    "“layers.precipitation.path”为 ''，应为非空文字",
)
case(
    "path that no file can have",
    lambda p: p.text('"rain.tif"', '"rain\\u0000.tif"'),
    "layers.precipitation.path is 'rain\\x00.tif'; it must be plain text",
    "应为普通文字",
)

# --- the project file: names
case(
    "misspelt variable",
    lambda p: p.text("[layers.precipitation]", "[layers.precipitaton]"),
    "[layers.precipitaton]: no variable is named 'precipitaton'. Did you mean precipitation",
    "没有名为“precipitaton”的变量。是否想写 precipitation",
)
case(
    "misspelt standard",
    lambda p: p.text("cn-open", "cn_open"),
    "[project] standard: no standard is named 'cn_open'. Did you mean cn-open?",
    "没有名为“cn_open”的核算标准。是否想写 cn-open？",
)
case(
    "misspelt crosswalk",
    lambda p: p.text("clcd", "cldc"),
    "[layers.land_cover] classes: no crosswalk is named 'cldc'. Did you mean clcd?",
    "没有名为“cldc”的分类对照表。是否想写 clcd？",
)
case(
    "misspelt map",
    lambda p: p.text('["water_conservation"]', '["water_conservaton"]'),
    "[output] maps: 'water_conservaton' is not computed. Did you mean water_conservation",
    "[output] maps：没有计算“water_conservaton”",
)
case(
    "misspelt set of densities",
    lambda p: p.text("zhejiang-2016", "zhejiang2016"),
    "no parameter set is named 'zhejiang2016'. Did you mean zhejiang-2016",
    "没有名为“zhejiang2016”的参数集。是否想写 zhejiang-2016",
)
case(
    "carbon without densities",
    lambda p: p.text('densities = "zhejiang-2016"\n', ""),
    "[carbon]: the class_density method needs `densities`",
    "[carbon]：class_density 方法需要 densities",
)

# --- the project file: what does not go together
case(
    "layer of the wrong year",
    lambda p: p.text('"clcd"', '"clcd"\nyear = 2015'),
    "[layers.land_cover]: is of 2015, but the account year is 2020",
    "[layers.land_cover]：图层年份 2015 不是核算年 2020",
)
case(
    "baseline layer without baseline year",
    lambda p: p.add('[layers.land_cover_baseline]\npath = "cover.tif"\nclasses = "clcd"\n'),
    "[layers.land_cover_baseline]: a baseline layer needs [project] baseline_year",
    "[layers.land_cover_baseline]：基期图层需要 [project] baseline_year",
)
case(
    "two layers of one variable",
    lambda p: p.add('[layers.npp]\npath = "et.tif"\nunits = "g_C/m2/year"\n'),
    "project.toml: the same entry is given twice, the second time in line 31: [layers.npp]",
    "project.toml：同一项写了两次，第二次在第 31 行：[layers.npp]",
)
case(
    "class layer without classes",
    lambda p: p.text('classes = "clcd"\n', ""),
    "[layers.land_cover]: a class layer needs `classes`",
    "[layers.land_cover]：类别图层要用 classes",
)
case(
    "path and value",
    lambda p: p.text('"rain.tif"', '"rain.tif"\nvalue = 900'),
    "[layers.precipitation]: needs one of path, value, table (has: path, value)",
    "[layers.precipitation]：需要且只需要 path、value、table 之一 ... path",
)
case(
    "neither path nor value",
    lambda p: p.text('path = "rain.tif"\n', ""),
    "needs one of path, value, table (has: none)",
    "path、value、table 之一（现有：无）",
)
case(
    "class layer as constant",
    lambda p: p.text('path = "cover.tif"', "value = 2"),
    "[layers.land_cover]: a class layer cannot be a constant",
    "类别图层不能是常数",
)
case(
    "no class layer",
    lambda p: p.text('[layers.land_cover]\npath = "cover.tif"\nclasses = "clcd"\n', ""),
    "[layers]: there is no class layer: at least land_cover is needed",
    "[layers]：没有类别图层",
)
case(
    "no layer",
    lambda p: p.file.write_text('[project]\nname = "a"\nyear = 2020\n[layers]\n'),
    "[layers]: there is no class layer",
    "[layers]：没有类别图层",
)

# --- the project file: as text
case(
    "no TOML",
    lambda p: p.text('name = "little"', "name = little"),
    "project.toml: line 2 is no TOML: name = little",
    "project.toml：第 2 行不是有效的 TOML：name = little",
)
case(
    "not UTF-8",
    lambda p: p.file.write_bytes('[project]\nname = "丽水"\n'.encode("gb18030")),
    "project.toml: cannot be read; it must be UTF-8 text",
    "project.toml：无法读取；应为 UTF-8 文本",
)
case(
    "project file missing",
    lambda p: p.file.unlink(),
    "project.toml: no such project file. `gep init` makes one",
    "project.toml：没有这个项目文件",
)
case(
    "folder instead of the project file",
    lambda p: (p.file.unlink(), p.file.mkdir()),
    "project.toml: is a folder",
    "project.toml：是文件夹",
)
case(
    "section missing",
    lambda p: p.file.write_text('[layers.npp]\npath = "npp.tif"\n'),
    "project.toml: project is missing",
    "project.toml：缺少“project”",
)
case(
    "year no number",
    lambda p: p.text("year = 2020", 'year = "abc"'),
    "project.year is 'abc'; it must be a whole number",
    "“project.year”为 'abc'，应为整数",
)
case(
    "year of another age",
    lambda p: p.text("year = 2020", "year = 20200"),
    "project.year is 20200; it must be at most 2200",
    "“project.year”为 20200，应不大于 2200",
)
case(
    "negative resolution",
    lambda p: p.text("year = 2020", "year = 2020\nresolution = -30"),
    "project.resolution is -30; it must be more than 0",
    "“project.resolution”为 -30，应大于 0",
)
case(
    "infinite resolution",
    lambda p: p.text("year = 2020", "year = 2020\nresolution = inf"),
    "project.resolution is inf; it must be a finite number",
    "“project.resolution”为 inf，应为有限的数",
)
case(
    "tile of nothing",
    lambda p: p.text("year = 2020", "year = 2020\ntile = 0"),
    "project.tile is 0; it must be at least 16",
    "“project.tile”为 0，应不小于 16",
)
case(
    "list instead of text",
    lambda p: p.text('"rain.tif"', '["rain.tif"]'),
    "layers.precipitation.path is ['rain.tif']; it must be text",
    "应为文字",
)
case(
    "text instead of a section",
    lambda p: p.text("[layers.npp]", '[layers]\nndvi = "ndvi.tif"\n[layers.npp]'),
    "layers.ndvi is 'ndvi.tif'; it must be a section",
    "“layers.ndvi”为 'ndvi.tif'，应为一节",
)
case(
    "unknown carbon method",
    lambda p: p.text("densities =", 'method = "densities"\ndensities ='),
    "carbon.method is 'densities'; it must be 'class_density', 'biomass' or 'inventory'",
    "“carbon.method”为 'densities'",
)
case(
    "unknown set of biomass factors",
    lambda p: (
        p.raster("biomass", np.full(SHAPE, 90, np.float32)),
        p.text(
            'densities = "zhejiang-2016"',
            'method = "biomass"\nfactors = "ipcc2006-subtropical-humd"',
        ),
        p.add('[layers.above_ground_biomass]\npath = "biomass.tif"\nunits = "t_dm/ha"\n'),
    ),
    "[carbon] factors: no parameter set is named 'ipcc2006-subtropical-humd'. Did you mean "
    "ipcc2006-subtropical-humid",
    "[carbon] factors：没有名为“ipcc2006-subtropical-humd”的参数集。是否想写 "
    "ipcc2006-subtropical-humid",
)
case(
    "unknown word for maps",
    lambda p: p.text('["water_conservation"]', '"every"'),
    "output.maps is 'every'; it must be a list in brackets or 'all' or 'none'",
    "“output.maps”为 'every'，应为方括号中的列表或为 'all' 或 'none'",
)

# --- tables
case(
    "table of parameters missing",
    lambda p: p.add('[tables]\nparameters = "local.csv"\n'),
    "[tables] parameters ... local.csv ... no such file",
    "[tables] parameters ... local.csv ... 没有这个文件",
)
case(
    "table of statistics missing",
    lambda p: p.add('[tables]\nstatistics = "local.csv"\n'),
    "[tables] statistics ... local.csv ... no such file",
    "[tables] statistics ... 没有这个文件",
)
case(
    "column missing",
    lambda p: p.table(",source\n", "\n"),
    "local.csv: has no column source; the columns are",
    "local.csv：缺少列 source",
)
case(
    "unknown parameter",
    lambda p: p.table("reservoir_storage_cost", "reservoir_cost"),
    "local.csv:2: no parameter is named 'reservoir_cost'. Did you mean reservoir_storage_cost",
    "local.csv:2：没有名为“reservoir_cost”的参数。是否想写 reservoir_storage_cost",
)
case(
    "parameter no number",
    lambda p: p.table("9.5", "nine"),
    "local.csv:2: column value is 'nine'; it must be a number",
    "local.csv:2：value 列为“nine”，需要：数",
)
case(
    "parameter's unit unknown",
    lambda p: p.table("CNY/m3", "yuan/cube"),
    "local.csv:2: column units is 'yuan/cube'; it must be a unit",
    "local.csv:2：units 列为“yuan/cube”，需要：单位",
)
case(
    "parameter of another kind",
    lambda p: p.table("CNY/m3", "CNY/t"),
    "is in CNY/t, but CNY/m3 is needed",
    "单位是 CNY/t，但需要 CNY/m3",
)
case(
    "source empty",
    lambda p: p.table("price bureau", ""),
    "local.csv:2: column source is ''; it must be where the number comes from",
    "需要：数据出处",
)
case(
    "own crosswalk in another encoding",
    lambda p: (
        p.write("ours.csv", "code,ecosystem,legend\n2,11,森林\n".encode("gb18030")),
        p.text("clcd", "ours.csv"),
    ),
    "ours.csv: cannot be read; it must be UTF-8 text",
    "ours.csv：无法读取；应为 UTF-8 文本",
)
case(
    "own crosswalk with a wrong class",
    lambda p: (p.write("ours.csv", b"code,ecosystem\n2,11\n4,35\n"), p.text("clcd", "ours.csv")),
    "ours.csv:3: maps code '4' to '35'; ... two-digit HJ 1166 code",
    "ours.csv:3：代码“4”对应“35”",
)

case(
    "own crosswalk with a code twice",
    lambda p: (
        p.write("ours.csv", b"code,ecosystem\n2,11\n4,12\n2,13\n"),
        p.text("clcd", "ours.csv"),
    ),
    "ours.csv:4: code '2' is there twice, in rows 2 and 4",
    "ours.csv:4：代码“2”在第 2 行和第 4 行各写了一次",
)

# --- a standard of one's own
case(
    "standard: unknown key",
    lambda p: p.standard("valuations", "valuation"),
    "ours.toml: unknown key 'services.water_conservation.valuation'. Did you mean valuations?",
    "ours.toml：未知的键“services.water_conservation.valuation”。是否想写 valuations？",
)
case(
    "standard: something missing",
    lambda p: p.standard('source = "HJ1173"\n', ""),
    "ours.toml: source is missing",
    "ours.toml：缺少“source”",
)
case(
    "standard: wrong kind of value",
    lambda p: p.standard('["1", "2", "3"]', "1"),
    "ours.toml: services.water_conservation.parts.0.classes is 1; it must be a list",
    "“services.water_conservation.parts.0.classes”为 1，应为方括号中的列表",
)
case(
    "standard: no TOML",
    lambda p: p.standard('id = "ours"', "id = ours"),
    "ours.toml: line 1 is no TOML: id = ours",
    "ours.toml：第 1 行不是有效的 TOML",
)
case(
    "standard: misspelt service",
    lambda p: p.standard("water_conservation", "water_conservaton"),
    "no service is named 'water_conservaton'. Did you mean water_conservation",
    "没有名为“water_conservaton”的服务。是否想写 water_conservation",
)
case(
    "standard: misspelt variant",
    lambda p: p.standard('"balance"', '"balence"'),
    "no variant is named 'balence'. Did you mean balance",
    "没有名为“balence”的变体。是否想写 balance",
)
case(
    "standard: misspelt valuation",
    lambda p: p.standard("storage_cost", "storage_price"),
    "no valuation is named 'storage_price'. Did you mean storage_cost",
    "没有名为“storage_price”的价值量方法",
)
case(
    "standard: unknown class",
    lambda p: p.standard('"2", "3"]', '"2", "35"]'),
    "ours.toml: services.water_conservation ... '35' is no class of HJ 1166",
    "“35”不是 HJ 1166 的类别",
)
case(
    "standard: class in two parts",
    lambda p: p.standard('"3"] }', '"3"] }, { variant = "rain_storage", classes = ["11"] }'),
    "ours: services.water_conservation ... class 11 ... two parts",
    "类别 11 ... 两",
)
case(
    "standard: valued twice",
    lambda p: p.standard('["storage_cost"]', '["storage_cost", "storage_cost"]'),
    "services.water_conservation.valuations: storage_cost is there twice",
    "storage_cost 写了两次",
)
case(
    "standard: named like a bundled one",
    lambda p: p.standard('id = "ours"', 'id = "cn-open"'),
    "ours.toml: id 'cn-open' is that of a standard that comes with gep",
    "ours.toml：id “cn-open”是内置标准的名称",
)
case(
    "standard: file missing",
    lambda p: p.text('"cn-open"', '"ours.toml"'),
    "ours.toml: there is no such file",
    "ours.toml：没有这个文件",
)
case(
    "standard: misspelt parameter set",
    lambda p: p.standard("gong2017-evergreen", "gong2017-evergren"),
    "no set of runoff_coefficient is named 'gong2017-evergren'. Did you mean gong2017-evergreen",
    "gong2017-evergren ... 是否想写 gong2017-evergreen",
)


# --- a layer as a table by region
case(
    "table without a region",
    lambda p: p.by_region(""),
    "[layers.precipitation] table ... [project] region must be the six-digit code of a county",
    "[layers.precipitation] table：表格按地区取值，需要 [project] region 为六位县或市代码",
)
case(
    "table missing",
    lambda p: (p.by_region("331102"), p.remove("statistics.csv")),
    "[layers.precipitation] table: there is no such file: statistics.csv",
    "[layers.precipitation] table：没有这个文件：statistics.csv",
)
case(
    "table without its column",
    lambda p: p.by_region("331102", "region,rian\n331102,1500\n"),
    "statistics.csv: has no column 'rain'. Did you mean rian",
    "statistics.csv：没有“rain”列。是否想写 rian",
)
case(
    "table without codes",
    lambda p: p.by_region("331102", "county,rain\n331102,1500\n"),
    "statistics.csv: has no column 'region'",
    "statistics.csv：没有“region”列",
)
case(
    "table without two of the regions",
    lambda p: p.by_region(
        "331100",
        "region,rain\n"
        + "".join(f"{code},1500\n" for code in LISHUI if code not in {"331102", "331181"}),
    ),
    "statistics.csv: has no row for region 331102, 331181",
    "缺少地区 331102, 331181 的行",
)
case(
    "table with a region twice",
    lambda p: p.by_region("331102", "region,rain\n331102,1500\n331102,1600\n"),
    "statistics.csv: region 331102 has several rows",
    "statistics.csv：地区 331102 有多行",
)
case(
    "table's figure no number",
    lambda p: p.by_region("331102", "region,rain\n331102,n/a\n"),
    "statistics.csv: 331102: column rain is 'n/a'; it must be a number",
    "statistics.csv: 331102：rain 列为“n/a”，需要数",
)
case(
    "table without units",
    lambda p: (p.by_region("331102"), p.text('"rain"\nunits = "mm/year"', '"rain"')),
    "[layers.precipitation]: has no units",
    "[layers.precipitation]：没有单位",
)
case(
    "table without column key",
    lambda p: (p.by_region("331102"), p.text('column = "rain"\n', "")),
    "[layers.precipitation]: a table needs a `column` too",
    "用 table 时还要写 column",
)
case(
    "constant where neighbours are needed",
    lambda p: p.add('[layers.elevation]\nvalue = 500\nunits = "m"\n'),
    "[layers.elevation] ... computed from a raster",
    "[layers.elevation] ... 须由栅格计算",
)

# --- several at once
case(
    "everything at once",
    lambda p: (
        p.text("clcd", "cldc"),
        p.text("mm/year", "kg"),
        p.remove("npp.tif"),
        p.ids("1", "1", None),
        p.table("9.5", "nine"),
        p.text("cn-open", "cn_open"),
    ),
    "named 'cn_open' ... named 'cldc' ... rain.tif: is in kg ... npp.tif: there is no such file "
    "... an id used before ... no id in 1 of 3 ... local.csv:2: column value is 'nine'",
    "cn_open ... cldc ... rain.tif：单位是 kg ... npp.tif：没有这个文件 ... 编号重复 ... 没有编号 "
    "... local.csv:2：value 列为“nine”",
)
case(
    "a map of nothing, and values that must not be",
    lambda p: (
        p.text('["water_conservation"]', '["water_conservaton"]'),
        p.paint("rain", {(2, 2): -9999}),
        p.paint("cover", {(3, 3): 17}),
    ),
    "rain.tif: precipitation has -9999 ... cover.tif ... 17 (1) ... [output] maps: "
    "'water_conservaton' is not computed. Did you mean water_conservation",
    "rain.tif ... cover.tif ... [output] maps：没有计算“water_conservaton”",
    on=("validate",),
)
case(
    "unknown densities, and values that must not be",
    lambda p: (p.text("zhejiang-2016", "zhejang-2016"), p.paint("rain", {(2, 2): -9999})),
    "rain.tif: precipitation has -9999 ... no parameter set is named 'zhejang-2016'",
    "rain.tif：年降水量出现 -9999 ... 没有名为“zhejang-2016”的参数集",
    on=("validate",),
)
case(
    "a map of nothing, and a wrong value that a layer is made from",
    lambda p: (
        p.text('["water_conservation"]', '["water_conservaton"]'),
        p.raster("dem", np.full(SHAPE, 300, np.float32)),
        p.paint("dem", {(2, 2): -32768}),
        p.add('[layers.elevation]\npath = "dem.tif"\nunits = "m"\n'),
    ),
    "dem.tif: elevation has -32768 m, outside its range ... [output] maps: ",
    "dem.tif：高程出现 -32768 m ... [output] maps：",
    on=("validate",),
)
case(
    "several keys at once",
    lambda p: (p.text("units =", "unit ="), p.text("maps =", "map ="), p.text("2020", '"2020"')),
    "project.year is '2020' ... 'layers.precipitation.unit' ... 'output.map'",
    "“project.year”为 '2020' ... “layers.precipitation.unit” ... “output.map”",
)
case(
    "several rows of a table at once",
    lambda p: p.table("bureau\n", "bureau\nreservoir_cost,1,CNY/m3,a\ncarbon_price,x,CNY/t,a\n"),
    "local.csv:3: no parameter is named 'reservoir_cost' ... local.csv:4: column value is 'x'",
    "local.csv:3：没有名为“reservoir_cost”的参数 ... local.csv:4：value 列为“x”",
)


def gep(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str]:
    """Run the command in this process; return its exit code and what it says."""
    from cli.main import main

    monkeypatch.setattr(sys, "argv", ["gep", *words])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0), capsys.readouterr().err


def process(*words: str, limit: int | None = None) -> tuple[int, str]:
    """Run the command in a process of its own, whose files may grow to `limit` bytes."""
    run = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        preexec_fn=None if limit is None else partial(limit_files, limit),
    )
    return run.returncode, run.stderr


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def check(said: str, words: str) -> None:
    """Check that what was said is lines of words that hold these pieces."""
    assert said
    assert all(line.startswith("gep: ") for line in said.splitlines()), said
    assert "Traceback" not in said
    for piece in words.split(" ... "):
        assert piece in said, f"{piece!r} is not in {said!r}"


@pytest.mark.parametrize(("spoil", "en", "zh", "on"), CASES)
def test_it_is_told_in_words_and_leaves_nothing(
    little: Little,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Little], object],
    en: str,
    zh: str,
    on: tuple[str, ...],
) -> None:
    spoil(little)
    for command, language in zip((on * 2)[:2], ("en", "zh"), strict=True):
        code, said = gep(monkeypatch, capsys, *little.words(command), "--lang", language)
        check(said, en if language == "en" else zh)
        assert code == 1
        assert not little.out.exists()
        assert not little.aside.exists()


def test_wrong_values_of_all_tiles_are_told_though_the_run_stops_at_the_first(
    little: Little, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    little.paint("cover", {(2, 2): 200, (44, 44): 17})
    words = [*little.words("compute"), "--lang", "en", "--tile", "16"]
    code, said = gep(monkeypatch, capsys, *words)
    assert code == 1
    check(said, "cover.tif ... 17 (1), 200 (1)")
    assert not little.aside.exists()


@pytest.mark.parametrize(
    "name", ["unknown class codes", "raster without georeference", "TIFF cut off at the end",
             "misspelt key of the project", "parcels unreadable"]
)  # fmt: skip
def test_it_is_told_in_a_process_of_its_own_too(little: Little, name: str) -> None:
    spoil, en, _, _ = next(case.values for case in CASES if case.id == name)
    spoil(little)
    code, said = process(*little.words("compute"), "--lang", "en")
    check(said, en)
    assert code == 1
    assert not little.out.exists()
    assert not little.aside.exists()


def test_the_little_project_is_good(
    little: Little, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = gep(monkeypatch, capsys, *little.words("validate"), "--lang", "en")
    assert code == 0
    # nothing but prices for which sources disagree
    assert all(line.startswith("note: ") for line in said.splitlines())
    assert gep(monkeypatch, capsys, *little.words("compute"), "--json")[0] == 0
    assert (little.out / "manifest.json").is_file()
    assert not little.aside.exists()
    assert all(f.stat().st_size < 100_000 for f in little.folder.iterdir() if f.is_file())


@pytest.mark.parametrize("wild", [np.inf, -np.inf, 3.4e38, -1.7e308])
def test_what_lies_outside_the_parcels_is_neither_refused_nor_warned_of(
    little: Little, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wild: float
) -> None:
    tables = ("account.parquet", "parcels.parquet", "maps/water_conservation.tif")
    good, said_before = gep(monkeypatch, capsys, *little.words("compute"))
    before = {name: (little.out / name).read_bytes() for name in tables}
    for name in ("rain", "et", "npp"):
        values = little.values(name).astype(np.float64)
        values[:1], values[-1:], values[:, 62:] = wild, -wild, wild
        little.raster(name, values)
    code, said = gep(monkeypatch, capsys, *little.words("compute"), "--overwrite")
    assert (code, said) == (good, said_before) == (0, said)
    assert {name: (little.out / name).read_bytes() for name in tables} == before


def test_a_nodata_beyond_the_type_of_the_file_is_not_warned_of(
    little: Little, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    little.text('"rain.tif"', '"rain.tif"\nnodata = -1.7e308')  # the file holds float32
    assert gep(monkeypatch, capsys, *little.words("validate"))[0] == 0


EXISTS = ("exists already. Replace it with --overwrite", "已存在。用 --overwrite 替换")
NO_RUN = ("is no run folder (it has no manifest.json)", "不是运行文件夹（没有 manifest.json）")
BELOW_FILE = ("cannot be written (a part of the path is a file)", "无法写入（路径中有一段是文件）")
NO_FOLDER = ("cannot be written (no folder can be made there)", "无法写入（那里不能新建文件夹）")
TOO_LONG = ("cannot be written (the name is too long)", "无法写入（名称过长）")
READ_ONLY = ("cannot be written (the disk is read-only)", "无法写入（磁盘只读）")
FULL = ("the disk is full ... go on with --resume", "磁盘已满 ... 用 --resume 继续")
NO_SCHEDULER = (
    "--scheduler tcp://127.0.0.1:9: no Dask scheduler answers there",
    "无法连接 Dask 调度器",
)


@pytest.mark.parametrize(
    ("out", "flags", "words"),
    [
        pytest.param("full", (), EXISTS, id="a folder is there"),
        pytest.param("full", ("--overwrite",), NO_RUN, id="a folder that is no run is there"),
        pytest.param("full/a", (), EXISTS, id="a file is there"),
        pytest.param("full/a", ("--overwrite",), NO_RUN, id="a file is there, to be overwritten"),
        pytest.param("full/a/run", (), BELOW_FILE, id="below a file"),
        pytest.param("n" * 300, (), TOO_LONG, id="a name that is too long"),
        pytest.param(".", ("--overwrite",), NO_RUN, id="the project's own folder"),
        pytest.param("/", (), EXISTS, id="the root of the disk"),
        pytest.param("/proc/gep-run", (), NO_FOLDER, id="where nobody can write"),
    ],
)
def test_the_output_cannot_be_written(
    little: Little,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    out: str,
    flags: tuple[str, ...],
    words: tuple[str, str],
) -> None:
    if out.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("there is no /proc here")
    (little.folder / "full").mkdir()
    (little.folder / "full" / "a").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(little.folder)
    for language, expected in zip(("en", "zh"), words, strict=True):
        code, said = gep(
            monkeypatch, capsys, "compute", "project.toml", "--out", out, "-q", *flags,
            "--lang", language,
        )  # fmt: skip
        check(said, expected)
        assert code == 1
    assert (little.folder / "full" / "a").read_text(encoding="utf-8") == "mine"
    assert not [path for path in little.folder.rglob("*") if "unfinished" in path.name]


def test_no_dask_scheduler_answers(
    little: Little, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tiles.schedulers.CONNECT_SECONDS", 0.2)
    for language, expected in zip(("en", "zh"), NO_SCHEDULER, strict=True):
        words = [*little.words("compute"), "--scheduler", "tcp://127.0.0.1:9"]
        code, said = gep(monkeypatch, capsys, *words, "--lang", language)
        check(said, expected)
        assert code == 1
        assert not little.out.exists()


def no_result(little: Little, *, kept: bool = True) -> None:
    """Check that nothing half-made may be taken for a result, and that finished tiles are kept."""
    assert not little.out.exists()
    assert not (little.aside / "manifest.json").exists()
    assert (little.aside / ".checkpoints").is_dir() == kept


def goes_on(
    little: Little, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> int:
    """Go on with --resume, and check that all is as if it had not stopped; return tiles kept."""
    resumed, whole = little.words("compute"), little.words("compute")
    whole[whole.index(str(little.out))] = str(little.folder / "whole")
    assert gep(monkeypatch, capsys, *resumed, "--tile", "16", "--resume")[0] == 0
    assert gep(monkeypatch, capsys, *whole, "--tile", "16")[0] == 0
    for name in (
        "account.parquet",
        "parcels.parquet",
        "carbon.parquet",
        "maps/water_conservation.tif",
    ):
        assert (little.out / name).read_bytes() == (little.folder / "whole" / name).read_bytes(), (
            name
        )
    manifest = json.loads((little.out / "manifest.json").read_text(encoding="utf-8"))
    return int(manifest["tiles_resumed"])


def test_parcels_without_any_input_are_listed_and_the_exit_code_says_so(
    little: Little, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rain = little.values("rain")
    rain[:30] = np.nan  # of three parcels the last alone lies lower
    little.raster("rain", rain)
    code, said = gep(monkeypatch, capsys, *little.words("compute"), "--lang", "en")
    assert code == 3
    assert "water_conservation: 2 parcels have no input to compute from: 007, 008" in said
    manifest = json.loads((little.out / "manifest.json").read_text(encoding="utf-8"))
    listed = {r["service"]: r["parcels"] for r in manifest["parcels_not_computed"]}
    assert listed["water_conservation"] == ["007", "008"]
    assert "carbon_sequestration" not in listed


@pytest.mark.parametrize("limit", [2_000, 200_000], ids=["at the start", "at the map"])
def test_a_file_cannot_grow(
    little: Little,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    limit: int,
) -> None:
    for language, expected in zip(("en", "zh"), FULL, strict=True):
        words = [*little.words("compute"), "--tile", "16", "--lang", language]
        code, said = process(*words, limit=limit)
        check("".join(x for x in said.splitlines(keepends=True) if "_tiff" not in x), expected)
        assert code == 1
        no_result(little, kept=limit > 2_000)
    assert (goes_on(little, monkeypatch, capsys) > 0) == (limit > 2_000)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "gep-test", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip(f"a disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


@pytest.mark.parametrize("size", ["120k", "300k"], ids=["at the tiles", "at the map"])
def test_the_disk_is_full(
    little: Little,
    disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    size: str,
) -> None:
    little.out, little.aside = disk / "run", disk / "run.unfinished"
    remount(disk, f"size={size}")
    for language, expected in zip(("en", "zh"), FULL, strict=True):
        words = [*little.words("compute"), "--tile", "16", "--lang", language]
        code, said = gep(monkeypatch, capsys, *words)
        check(said, expected)
        assert code == 1
        no_result(little)
    remount(disk, "size=20m")
    assert goes_on(little, monkeypatch, capsys) > 0


def test_the_disk_is_read_only(
    little: Little, disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    little.out, little.aside = disk / "run", disk / "run.unfinished"
    remount(disk, "ro")
    for language, expected in zip(("en", "zh"), READ_ONLY, strict=True):
        code, said = gep(monkeypatch, capsys, *little.words("compute"), "--lang", language)
        check(said, expected)
        assert code == 1
        assert not list(disk.iterdir())
