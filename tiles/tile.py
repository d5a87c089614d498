"""One tile: read every layer once, evaluate every model on row blocks, add up exactly."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine

from data_catalog.classes import MISSING, NOT_FOREST, ecosystems
from data_catalog.errors import LayerError
from data_catalog.text import Text
from tiles.blocks import (
    CLASS_LIMIT,
    LEAST_CODE,
    MOST_CODE,
    UNKNOWN,
    by_class,
    groups_met,
    inside_of,
    to_classes,
    to_groups,
    to_numbers,
)
from tiles.codes import unknown_codes
from tiles.coverage import Coverage, Rings, coverage
from tiles.grid import Tile
from tiles.job import Job
from tiles.rasters import OpenRaster, Raster, Raw
from tiles.reading import read_aligned
from tiles.rooms import room
from tiles.seen import LayerSeen, problems_seen
from tiles.sums import PIXEL_BITS, Sums, add_block

BLOCK_CELLS = 1 << 15
"""Cells of a row block: a handful of float64 arrays of it fit a core's own cache."""
MOST_GROUPS = np.iinfo(np.int16).max
CLASSES = (MISSING, *(int(code) for code in ecosystems()), NOT_FOREST)
"""The class numbers there are."""
PLACES = np.zeros(CLASS_LIMIT, np.int64)
PLACES[list(CLASSES)] = np.arange(len(CLASSES))

Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class TileSums:
    """What a tile adds to the run.

    `parcels` and `keys` name the zone of each row of `sums`: the parcel's number and the
    combination of its classes. `maps` holds (rows, cols) float32 per map.
    """

    tile: Tile
    cells: int
    parcels: npt.NDArray[np.int32]
    keys: npt.NDArray[np.int64]
    sums: Sums
    seen: dict[str, LayerSeen]
    maps: dict[str, npt.NDArray[np.float32]]


def compute_tile(job: Job, tile: Tile, files: Mapping[str, OpenRaster]) -> TileSums:
    """Return a tile's sums.

    Raises
    ------
    LayerError
        If a layer cannot be read or a model leaves its declared range.
    """
    cover = coverage(job.rings, tile.row_from, tile.row_to, tile.col_from, tile.col_to)
    part, cover = cover.trimmed()  # where no parcel reaches nothing need be read
    tile = tile.part(*part)
    inside = inside_of(cover, tile.shape)
    stored = {r.name: read_aligned(r, files.get(r.name), tile, job.least_share)
              for r in job.rasters}  # fmt: skip
    seen = {raster.name: LayerSeen() for raster in job.rasters}
    classes = _classes(job, stored, inside, seen)
    groups, keys = _groups(job, classes, tile.shape)
    scope = _scope(job, keys)
    sums = Sums.zeros(len(cover.parcels) * len(keys), len(job.scales))
    area = job.grid.relative_area(tile)
    maps = {name: np.full(tile.shape, np.nan, np.float32) for name in job.maps}
    rows = max(1, BLOCK_CELLS // tile.shape[1])
    block_shape = (min(rows, tile.shape[0]), tile.shape[1])
    outputs = room("outputs", (len(job.models), *block_shape), np.float64)
    numbers = room("numbers", (len(job.rasters), *block_shape), np.float64)
    for start in range(0, tile.shape[0], rows):
        block = slice(start, min(start + rows, tile.shape[0]))
        if not inside[block].any():
            continue
        layers = _layers(job, stored, inside, seen, block, numbers)
        counts = np.asarray((scope & groups_met(groups[block], len(keys))).any(axis=1))
        values = outputs[:, : block.stop - start]
        _evaluate(job, layers, classes, counts, block, values)
        for name, drawn in maps.items():
            number = next(i for i, m in enumerate(job.models) if m.id == name)
            counted = inside[block] & scope[number][groups[block]]
            drawn[block] = np.where(counted, values[number], np.nan)
        cell_area = area if len(area) == 1 else area[block]
        largest = add_block(
            sums, cover, values, cell_area, job.scales, groups[block], scope, counts, start
        )
        if largest >= 2.0**PIXEL_BITS:
            # a layer's own value out of range says more than what a model makes of it
            wrong = _out_of_range(job, values, groups[block], scope)
            raise next(problems_seen(job.rasters, seen), wrong)
    return _kept(tile, int(np.count_nonzero(inside)), cover, keys, sums, seen, maps)


def _classes(
    job: Job, stored: Mapping[str, Raw], inside: npt.NDArray[np.bool_], seen: dict[str, LayerSeen]
) -> dict[str, npt.NDArray[np.uint8]]:
    """Return class numbers of the whole tile for each class layer."""
    result = {}
    for raster in (r for r in job.rasters if r.is_class):
        codes = stored[raster.name]
        classes = room(f"classes of {raster.name}", codes.shape, np.uint8)
        unknown = np.zeros(MOST_CODE - LEAST_CODE + 1, np.int64)
        nodata = raster.nodata
        record = seen[raster.name]
        record.cells = to_classes(
            codes, nodata is not None, nodata or 0.0, raster.nodata_class, class_table(raster),
            inside, classes, unknown,
        )  # fmt: skip
        record.unknown = unknown_codes(raster, codes, inside, unknown)
        result[raster.name] = classes
    return result


def class_table(raster: Raster) -> npt.NDArray[np.uint8]:
    """Return the class number by stored code; `UNKNOWN` where the crosswalk has none."""
    table = np.full(max(raster.classes, default=0) + 1, UNKNOWN, np.uint8)
    for code, number in raster.classes.items():
        table[code] = number
    return table


def _groups(
    job: Job, classes: Mapping[str, npt.NDArray[np.uint8]], shape: tuple[int, int]
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int64]]:
    """Return each cell's group, and each group's combination of classes."""
    groups, keys = room("groups", shape, np.int16), np.zeros(1, np.int64)
    groups[:] = 0
    for name in job.group_by:
        numbers = np.full(len(keys) * len(CLASSES), -1, np.int16)
        finer = np.empty(MOST_GROUPS, np.int64)
        count = to_groups(classes[name], PLACES, numbers, keys, finer, groups)
        if count > MOST_GROUPS:
            raise _too_many(job, shape)
        keys = finer[:count]
    return groups, keys


def _too_many(job: Job, shape: tuple[int, int]) -> LayerError:
    maps = ", ".join(job.group_by)
    return LayerError(
        where=maps,
        problem=Text(
            f"一块 {shape[0]} x {shape[1]} 像元的分块中，类别组合超过 {MOST_GROUPS} 种。"
            "请减少类别图层（年份），或减小 [project] tile。",
            f"have more than {MOST_GROUPS} combinations of classes in one tile of {shape[0]} x "
            f"{shape[1]} cells. Give fewer class maps (years), or a smaller [project] tile.",
        ),
    )


def _scope(job: Job, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which models count on which groups, (model, group)."""
    scope = np.ones((len(job.models), len(keys)), np.bool_)
    for i, model in enumerate(job.models):
        if model.scope:
            codes = class_of(keys, job.group_by, model.classes)
            scope[i] = np.isin(codes, sorted(model.scope))
    return scope


def class_of(
    keys: npt.NDArray[np.int64], group_by: tuple[str, ...], layer: str
) -> npt.NDArray[np.int64]:
    """Return one class layer's number out of the combinations."""
    place = len(group_by) - 1 - group_by.index(layer)
    return np.asarray(keys // CLASS_LIMIT**place % CLASS_LIMIT, dtype=np.int64)


def _layers(
    job: Job,
    stored: Mapping[str, Raw],
    inside: npt.NDArray[np.bool_],
    seen: dict[str, LayerSeen],
    block: slice,
    place: Floats,
) -> dict[str, Floats]:
    """Return the layers' values on a row block in their variables' units; they lie in `place`."""
    layers: dict[str, Floats] = {}
    for number, raster in enumerate(job.rasters):
        if raster.is_class:
            continue
        numbers = place[number, : block.stop - block.start]
        # aligned layers and sums of bands have NaN for it already
        nodata = raster.nodata if raster.lattice is None and raster.bands == 1 else None
        count, least, most = to_numbers(
            stored[raster.name][block], nodata is not None, nodata or 0.0,
            raster.scale, raster.offset, inside[block], numbers,
        )  # fmt: skip
        seen[raster.name].add(LayerSeen(count, least, most))
        if count and not (raster.variable.low <= least and most <= raster.variable.high):
            numbers[:] = np.nan  # refused in words at the end: no model need meet it
        layers[raster.name] = numbers
    return layers


def _evaluate(
    job: Job,
    layers: dict[str, Floats],
    classes: Mapping[str, npt.NDArray[np.uint8]],
    counts: npt.NDArray[np.bool_],
    block: slice,
    values: Floats,
) -> None:
    """Set the output of every model that counts on a row block, (model, rows, cols)."""
    if not counts.any():
        return
    class_block = {name: numbers[block] for name, numbers in classes.items()}
    nowhere = np.zeros((1, 1), np.uint8)
    for model in job.derived:
        layers[model.model.output.name] = model.evaluate(
            layers, class_block.get(model.classes, nowhere)
        )
    for i, model in enumerate(job.models):
        if counts[i]:
            values[i] = model.evaluate(layers, class_block.get(model.classes, nowhere))


def _out_of_range(
    job: Job, values: Floats, groups: npt.NDArray[np.int16], scope: npt.NDArray[np.bool_]
) -> LayerError:
    for i, model in enumerate(job.models):
        counted = np.where(scope[i][groups], values[i], np.nan)
        output = model.model.output
        wrong = counted[(counted < output.low) | (counted > output.high)]
        if wrong.size:
            value = f"{wrong.flat[0]:.6g} {output.units}"
            return LayerError(
                where=model.id,
                problem=Text(
                    f"有像元算得 {value}，超出声明的范围 {output.low:g} 至 {output.high:g}。"
                    "请检查输入图层的单位和无效值。",
                    f"a cell gives {value}, outside the declared {output.low:g} to "
                    f"{output.high:g}. Check the units and nodata of its layers.",
                ),
            )
    return LayerError(where="sums", problem=Text("像元值过大。", "a cell's amount is too large."))


def _kept(
    tile: Tile,
    cells: int,
    cover: Coverage,
    keys: npt.NDArray[np.int64],
    sums: Sums,
    seen: dict[str, LayerSeen],
    maps: dict[str, npt.NDArray[np.float32]],
) -> TileSums:
    """Leave out the zones in which no area was met."""
    sums.carry()
    met = np.flatnonzero((sums.high != 0).any(axis=1) | (sums.low != 0).any(axis=1))
    return TileSums(
        tile=tile,
        cells=cells,
        parcels=cover.parcels[met // max(len(keys), 1)],
        keys=keys[met % max(len(keys), 1)],
        sums=Sums(sums.high[met], sums.low[met]),
        seen=seen,
        maps=maps,
    )


def preload() -> None:
    """Load the compiled loops, on one cell: a run may do that while it reads its inputs."""
    rings = Rings.from_polygons(np.array([shapely.box(0, 0, 1, 1)]), Affine.identity())
    cover = coverage(rings, 0, 1, 0, 1)
    inside = inside_of(cover, (1, 1))
    cell = np.zeros((1, 1))
    to_numbers(cell.astype(np.float32), True, 0.0, 1.0, 0.0, inside, cell)
    codes, classes = np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint8)
    to_classes(codes, True, 0.0, 0, codes[0], inside, classes, np.zeros(1, np.int64))
    groups = np.zeros((1, 1), np.int16)
    keys, numbers = np.zeros(1, np.int64), np.full(len(CLASSES), -1, np.int16)
    to_groups(classes, PLACES, numbers, keys, keys.copy(), groups)
    groups_met(groups, 1)
    by_class(cell[0], classes[0])
    scope = np.ones((1, 1), np.bool_)
    add_block(
        Sums.zeros(1, 3), cover, cell[np.newaxis], cell, np.ones(3), groups, scope, scope[0], 0
    )
