"""The declared features on one grid, and their values on a tile of it."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from affine import Affine
from pyproj import CRS

from data_catalog.errors import LayerError, ProjectError
from data_catalog.parameters import bundled, engine_number
from data_catalog.text import Text
from data_catalog.variables import Variable, variable
from sinks.satellite.biomass.declaration import Declaration, FeatureEntry
from tiles.derive import Derivations
from tiles.georeference import known_crs
from tiles.grid import Grid, Tile
from tiles.headers import Header, nodata_of, read_header, to_variable_units
from tiles.inputs import Inputs
from tiles.onto_grid import on_grid
from tiles.project import Account, LayerEntry, Project
from tiles.rasters import Raster, to_float
from tiles.reading import read_aligned
from tiles.runfolder import sha256

__all__ = ["Features", "read_features", "resolve_features"]

Floats = npt.NDArray[np.float64]
DIFFERENCE, RATIO = "(a - b) / (a + b)", "a / b"


@dataclass(frozen=True, kw_only=True)
class Features:
    """The features of a model on the grid they are brought to; picklable.

    Parameters
    ----------
    grid : Grid
    rasters : mapping of name to Raster
        Bands and stored terrain, aligned to the grid.
    pairs : mapping of name to (kind, a, b)
        Features made of two rasters, cell by cell, after these are aligned.
    used : tuple of str
        What the model sees, in order.
    least_share : float
        A cell with less than this share of valid source area has no value.
    records : tuple of dict
        What a model card says of each feature.
    """

    grid: Grid
    rasters: Mapping[str, Raster]
    pairs: Mapping[str, tuple[str, ...]]
    used: tuple[str, ...]
    least_share: float
    records: tuple[dict[str, Any], ...]


def resolve_features(declared: Declaration, folder: Path) -> Features:
    """Return the declared features on one grid; terrain is computed into a folder.

    Raises
    ------
    LayerError, ProjectError
        If a raster is absent, unreadable, without CRS, has no such band or unit, or lies elsewhere.
    """
    headers = {
        name: _header(declared, name, entry)
        for name, entry in declared.features.items()
        if entry.path is not None
    }
    grid = _grid(declared, headers)
    rasters = {name: _raster(declared.features[name], h, grid) for name, h in headers.items()}
    terrain = {name: e for name, e in declared.features.items() if e.terrain is not None}
    for name, entry in terrain.items():
        rasters[name] = _terrain(declared, entry, grid, folder / name)
    pairs = {
        name: (DIFFERENCE if entry.normalised_difference else RATIO, *entry.parts)
        for name, entry in declared.features.items()
        if entry.normalised_difference or entry.ratio
    }
    return Features(
        grid=grid, rasters=rasters, pairs=pairs, used=declared.used(),
        least_share=engine_number("least_valid_share"),
        records=tuple(_record(declared, name, headers) for name in declared.features),
    )  # fmt: skip


def read_features(features: Features, tile: Tile) -> Floats:
    """Return the features that the model sees on a tile, (feature, rows, cols); NaN is missing.

    Raises
    ------
    LayerError
        If a file cannot be read or holds a value outside the declared range.
    """
    values: dict[str, Floats] = {}
    with ExitStack() as open_files:
        for name, raster in features.rasters.items():
            file = raster.open()
            open_files.callback(file.close)
            stored = read_aligned(raster, file, tile, features.least_share)
            nodata = raster.nodata if raster.lattice is None else None
            values[name] = to_float(stored, nodata) * raster.scale + raster.offset
            _check_range(raster, values[name])
    for name, (kind, a, b) in features.pairs.items():
        values[name] = _pair(kind, values[a], values[b])
    return np.stack([np.broadcast_to(values[name], tile.shape) for name in features.used])


def _pair(kind: str, a: Floats, b: Floats) -> Floats:
    """Return a normalised difference or a ratio; missing where its divisor is zero."""
    above, below = (a - b, a + b) if kind == DIFFERENCE else (a, b)
    return np.divide(above, below, out=np.full_like(below, np.nan), where=below != 0)


def _check_range(raster: Raster, values: Floats) -> None:
    outside = (values < raster.variable.low) | (values > raster.variable.high)
    wrong = values[outside | np.isinf(values)]
    if wrong.size:
        low, high = raster.variable.low, raster.variable.high
        raise LayerError(
            where=f"[features.{raster.name}] {Path(raster.path).name}",
            problem=Text(
                f"出现 {wrong[0]:.6g} {raster.variable.units}，超出声明的 {low:g} 至 {high:g}。"
                "请检查 scale、offset 和 nodata（不同景的定标系数可能不同）。",
                f"holds {wrong[0]:.6g} {raster.variable.units}, outside the declared {low:g} to "
                f"{high:g}. Check its scale, offset and nodata: scenes differ in their scale.",
            ),
        )


def _header(declared: Declaration, name: str, entry: FeatureEntry) -> Header:
    known = Variable(
        name=name, title=Text(name, name), units=entry.units or "", kind="continuous",
        bands="series", epoch="account", note="",
        low=-np.inf if entry.low is None else entry.low,
        high=np.inf if entry.high is None else entry.high,
    )  # fmt: skip
    path = declared.path(entry.path or "")
    if not path.is_file():
        raise LayerError(
            where=f"[features.{name}]",
            problem=Text(
                f"没有文件 {path.name}。请检查 path，或去掉该特征。",
                f"there is no file {path.name}. Check its path, or take the feature out.",
            ),
        )
    header = read_header(known, _layer_entry(entry), path)
    band = entry.band or (1 if header.bands == 1 else 0)
    if not 1 <= band <= header.bands:
        raise LayerError(
            where=f"[features.{name}]",
            problem=Text(
                f"{path.name} 有 {header.bands} 个波段。请写 band = 1 至 {header.bands} 之一。",
                f"{path.name} has {header.bands} bands. Write `band`, 1 to {header.bands}.",
            ),
        )
    return header


def _layer_entry(entry: FeatureEntry) -> LayerEntry:
    return LayerEntry(
        path=entry.path, units=entry.units, scale=entry.scale, offset=entry.offset,
        nodata=entry.nodata, crs=entry.crs,
    )  # fmt: skip


def _raster(entry: FeatureEntry, header: Header, grid: Grid) -> Raster:
    scale, offset = to_variable_units(header)
    raster = Raster(
        variable=header.variable, path=str(header.path), bands=1, dtype=header.dtype,
        shape=header.place.shape, nodata=nodata_of(header), scale=scale, offset=offset,
        band=entry.band or 1,
    )  # fmt: skip
    return on_grid(raster, header.place, grid)


def _grid(declared: Declaration, headers: Mapping[str, Header]) -> Grid:
    """Return the grid of the raster named, or of the first; or its extent in another CRS."""
    model = declared.biomass
    place = headers[model.grid or next(iter(headers))].place
    limit = engine_number("areal_distortion_limit")
    crs = known_crs(model.crs, "[biomass] crs") if model.crs else place.crs
    same = CRS.from_user_input(crs).equals(CRS.from_user_input(place.crs), ignore_axis_order=True)
    if model.resolution is not None:
        size = model.resolution
        return Grid.over(place.outline(crs).bounds, crs, Affine(size, 0, 0, 0, -size, 0), limit)
    if not same:
        problem = Text(
            "改用其他坐标系时须写 resolution（像元大小）。", "another CRS needs a resolution, too."
        )
        raise ProjectError(where="[biomass] crs", problem=problem)
    return Grid.over(place.outline(crs).bounds, place.crs, place.transform, limit)


def _terrain(declared: Declaration, entry: FeatureEntry, grid: Grid, folder: Path) -> Raster:
    """Compute slope on the grid of its elevation, as a run does."""
    of = declared.features[entry.of or ""]
    elevation = variable("elevation")
    header = read_header(elevation, _layer_entry(of), declared.path(of.path or ""))
    model = declared.biomass
    project = Project(
        project=Account(name=model.name, year=model.year),
        layers={elevation.name: header.entry}, folder=declared.folder,
    )  # fmt: skip
    nothing = gpd.GeoDataFrame({"parcel_id": []}, geometry=[], crs=grid.crs)
    inputs = Inputs(project, grid, nothing, "", {elevation.name: header}, {})
    inputs.rasters[elevation.name] = replace(_raster(of, header, grid), band=None)
    at_hand = Derivations(inputs, bundled(), lambda name: name, "")
    wanted = str(entry.terrain)
    reason = at_hand.obtain(wanted)
    if reason is not None:
        raise reason
    return at_hand.store(folder)[wanted]


def _record(declared: Declaration, name: str, headers: Mapping[str, Header]) -> dict[str, Any]:
    entry = declared.features[name]
    record: dict[str, Any] = {"name": name, "used": entry.use}
    if entry.path is not None:
        given = entry.model_dump(exclude_none=True, exclude={"use", "path"})
        return (
            record | given | {"file": Path(entry.path).name, "sha256": sha256(headers[name].path)}
        )
    if entry.terrain is not None:
        return record | {
            "terrain": entry.terrain,
            "of": entry.of,
            "units": variable(entry.terrain).units,
        }
    kind = DIFFERENCE if entry.normalised_difference else RATIO
    a, b = entry.parts
    return record | {"formula": kind, "a": a, "b": b, "units": "1"}
