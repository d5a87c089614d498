"""Layers made from other layers where a project gives none: chosen, computed, and accounted for.

A derivation whose kernel sees aligned pixels is evaluated inside the tiles. One that needs a year
of bands, neighbours or its source's own cell size is computed once on the source's grid, block by
block, and stored beside the run as a layer like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from affine import Affine
from rasterio.windows import Window

from data_catalog.derived import Derived, GridLayer, makers_of, middle_days, month_lengths
from data_catalog.errors import (
    GepError,
    LayerError,
    LayerMissing,
    ParameterMissing,
    TooCoarse,
)
from data_catalog.parameter_titles import parameter_title
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import Coefficients, Factor
from data_catalog.text import Text
from data_catalog.variables import variable
from tiles.binding import Bound, bind, number
from tiles.checkpoints import unwritable, whole_or_not_at_all
from tiles.georeference import Place
from tiles.grid import Grid, Tile
from tiles.headers import PERIODS, Header, nodata_of, units_factor
from tiles.inputs import Inputs
from tiles.onto_grid import on_grid
from tiles.rasters import Raster, check_written, disk_full, to_float, unreadable

FOLDER = "derived"
BLOCK_CELLS = 1 << 20
"""Cells, over all bands, of one block of a stored derivation."""
MONTHS = 12
WINDOW = 3
"""Side of a neighbourhood."""

Floats = npt.NDArray[np.float64]


@dataclass
class Derivations:
    """The layers at hand, growing as derivations are asked for.

    Parameters
    ----------
    patterns : dict
        Factor by which a layer is scaled to a stated mean.
    made : list of Derived
        The derivations used, in the order in which they are needed.
    reasons : dict
        Why a variable could not be had.
    """

    inputs: Inputs
    parameters: Parameters
    set_of: Callable[[str], str]
    standard: str
    patterns: Mapping[str, float] = field(default_factory=dict)
    made: list[Derived] = field(default_factory=list)
    reasons: dict[str, GepError] = field(default_factory=dict)
    _places: dict[str, Place] = field(default_factory=dict)

    def obtain(self, name: str) -> GepError | None:
        """Make sure that a variable is at hand; return the reason if it cannot be.

        It says what the last derivation lacks: the one that asks least of the user.
        """
        if name in self.inputs.rasters or name in {d.makes for d in self.made}:
            return None
        if name not in self.reasons:
            reason: GepError = _no_layer(name)
            for maker in makers_of(name):
                failed = self._try(maker)
                if not failed:
                    self.made.append(maker)
                    return None
                coarse = next((f for f in failed if isinstance(f, TooCoarse)), None)
                reason = coarse or _no_layer(name, failed)
            self.reasons[name] = reason
        return self.reasons[name]

    def _try(self, maker: Derived) -> list[GepError]:
        """Return all that a derivation lacks; whether its layers do, if it lacks none."""
        lacking = [
            reason
            for name in maker.layers()
            if (reason := self._layer(name, maker)) is not None
        ]  # fmt: skip
        for name, factor in maker.factors().items():
            if not factor.by:
                try:
                    number(
                        name, factor, self.parameters, self.set_of(name), maker.makes, self.standard
                    )
                except ParameterMissing as missing:
                    lacking.append(missing)
        unfit = None if lacking else self._too_coarse(maker) or self._different_grids(maker)
        return lacking if unfit is None else [unfit]

    def _layer(self, name: str, maker: Derived) -> GepError | None:
        return self._bands(name, maker) if maker.locality == "series" else self.obtain(name)

    def _bands(self, name: str, maker: Derived) -> GepError | None:
        header = self.inputs.headers.get(name)
        if header is None:
            return _no_layer(name)
        if header.bands == 1:
            return LayerError(
                where=header.path.name,
                problem=Text(
                    f"只有一个波段，而{maker.title.zh}需要逐月（或逐日）波段。",
                    f"has one band, but {maker.title.en} needs a band a month (or a day).",
                ),
            )
        return None

    def _too_coarse(self, maker: Derived) -> GepError | None:
        if not maker.purpose_limit:
            return None
        row = self.parameters.find(maker.purpose_limit, "engine")
        place = self._place(next(iter(maker.layers())))
        if row is None or place is None:
            return None
        size = _cell_size(place)
        if size <= row.in_units("m"):
            return None
        return TooCoarse(
            where=place.name, size=f"{size:.0f}", limit=f"{row.in_units('m'):.0f}",
            purpose=maker.title,
        )  # fmt: skip

    def _different_grids(self, maker: Derived) -> GepError | None:
        places = [self._place(n) for n in maker.layers()] if stored(maker) else []
        first = places[0] if places else None
        for place in places[1:]:
            if place and first and (place.transform, place.shape) != (first.transform, first.shape):
                return LayerError(
                    where=place.name,
                    problem=Text(
                        f"与 {first.name} 不在同一网格，{maker.title.zh}需要同一网格。",
                        f"is not on the grid of {first.name}; {maker.title.en} needs one grid.",
                    ),
                )
        return None

    def _place(self, name: str) -> Place | None:
        """Return the grid that a variable's layer is on, also of one that is still to be made."""
        if name in self.inputs.headers:
            return self.inputs.headers[name].place
        maker = next((d for d in self.made if d.makes == name), None)
        return self._place(next(iter(maker.layers()))) if maker else None

    def inline(self) -> tuple[Bound, ...]:
        """Return the derivations that the tiles evaluate, in order."""
        return tuple(
            bind(
                maker, id_=maker.id, account=maker.makes, parameters=self.parameters,
                set_of=self.set_of, standard=self.standard,
            )
            for maker in self.made
            if not stored(maker)
        )  # fmt: skip

    def needed(self, layers: set[str]) -> "Derivations":
        """Return the derivations that these layers rest on, and no other."""
        wanted = set(layers)
        for maker in reversed(self.made):
            if maker.makes in wanted:
                wanted |= set(maker.layers())
        return replace(self, made=[m for m in self.made if m.makes in wanted])

    def store(self, folder: Path) -> dict[str, Raster]:
        """Compute the derivations that are stored, and return them as layers.

        Raises
        ------
        LayerError
            If an input cannot be read or holds values outside its range.
        OutputError
            If the disk is full.
        """
        rasters: dict[str, Raster] = {}
        for maker in (m for m in self.made if stored(m)):
            target = folder / FOLDER / f"{maker.makes}.tif"
            place = _compute(self, maker, target)
            self._places[maker.makes] = place
            raster = Raster(
                variable=variable(maker.makes), path=str(target), bands=1, dtype="float64",
                shape=place.shape, nodata=float("nan"),
            )  # fmt: skip
            rasters[maker.makes] = on_grid(raster, place, self.inputs.grid)
        return rasters

    def rows(self) -> list[Row]:
        """Return the parameter rows that the stored derivations used."""
        return [row for m in self.made if stored(m) for row in _numbers(self, m)[1]]


def stored(maker: Derived) -> bool:
    """Return whether a derivation is computed once on its source's own grid."""
    return maker.locality != "pixel" or bool(maker.grid_layers())


def _no_layer(name: str, lacking: Sequence[GepError] = ()) -> LayerMissing:
    """Return that a layer is not there, and what it would take to make it."""
    roots = {r.say("en"): r for reason in lacking for r in _roots(reason)}
    remedy = Text("", "")
    if roots:
        wanted = [_wanted(root) for root in roots.values()]
        zh, en = "、".join(w.zh for w in wanted), ", ".join(w.en for w in wanted)
        remedy = Text(
            f"请提供该图层，或补齐推算它所缺的：{zh}。",
            f"Give one, or what is lacking to make it: {en}.",
        )
    return LayerMissing(
        where=name, title=variable(name).title, remedy=remedy, roots=tuple(roots.values())
    )


def _roots(reason: GepError) -> tuple[GepError, ...]:
    found = reason.facts.get("roots")
    return found if isinstance(found, tuple) and found else (reason,)


def _wanted(root: GepError) -> Text:
    """Return in a few words what would mend an error."""
    if isinstance(root, LayerMissing):
        title = variable(str(root.facts["where"])).title
        return Text(f"{title.zh}图层", title.en)
    if isinstance(root, ParameterMissing):
        name = str(root.facts["parameter"])
        title = parameter_title(name)
        return Text(f"参数 {name}（{title.zh}）", f"parameter {name} ({title.en})")
    return Text(root.brief("zh").rstrip("。"), root.brief("en").rstrip("."))


def _cell_size(place: Place) -> float:
    return _grid_of(place).cell_size


def _grid_of(place: Place) -> Grid:
    t, (rows, cols) = place.transform, place.shape
    return Grid(place.crs, (t.a, t.b, t.c, t.d, t.e, t.f), rows, cols, 1.0)


def _numbers(context: Derivations, maker: Derived) -> tuple[dict[str, Any], list[Row]]:
    """Return a derivation's factors and coefficients by input name, and the rows used."""
    values: dict[str, Any] = {}
    rows: list[Row] = []
    for name, given in maker.inputs.items():
        if isinstance(given, Factor):
            row = number(
                name, given, context.parameters, context.set_of(name), maker.makes, context.standard
            )
            rows.append(row)
            values[name] = row.in_units(given.units)
        elif isinstance(given, Coefficients):
            found = context.parameters.of_set(given.table, given.choose)
            rows.extend(found.values())
            values[name] = SimpleNamespace(**{k: r.value for k, r in found.items()})
    return values, rows


@dataclass(frozen=True, slots=True)
class _Source:
    """A layer read at its own grid for a derivation; the file is open all the while."""

    path: str
    file: rasterio.DatasetReader
    nodata: float | None
    scale: float
    offset: float
    low: float
    high: float
    name: str


def _compute(context: Derivations, maker: Derived, target: Path) -> Place:
    """Write a stored derivation over the part of its source that the run's grid lies on."""
    name = next(iter(maker.layers()))
    whole = context._places.get(name) or context.inputs.headers[name].place  # noqa: SLF001
    row_from, row_to, col_from, col_to = _window(whole, context.inputs.grid)
    transform = whole.transform @ Affine.translation(col_from, row_from)
    place = Place(target.name, whole.crs, transform, (row_to - row_from, col_to - col_from))
    values, _ = _numbers(context, maker)
    bands = sum(h.bands for n, h in context.inputs.headers.items() if n in maker.layers())
    grid = _grid_of(place)
    rows = max(1, BLOCK_CELLS // (place.shape[1] * max(bands, WINDOW * WINDOW)))
    year = context.inputs.project.project.year
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as open_files, whole_or_not_at_all(target) as part:
            sources = {n: _source(context, maker, n, target.parent, open_files)
                       for n in maker.layers()}  # fmt: skip
            written = 0
            with rasterio.open(part, "w", **_profile(place)) as out:
                for start in range(0, place.shape[0], rows):
                    end = min(start + rows, place.shape[0])
                    block = (row_from + start, row_from + end, col_from, col_to)
                    arrays = {n: _read(maker, s, block, whole.shape) for n, s in sources.items()}
                    arrays |= _grid_layers(maker, grid, start, end, arrays, year)
                    made = maker(**{n: {**values, **arrays}[n] for n in maker.inputs})
                    made = np.broadcast_to(made, (end - start, place.shape[1]))
                    out.write(made, 1, window=Window(0, start, place.shape[1], end - start))
                    written += int(np.count_nonzero(~np.isnan(made)))
            check_written(part, written)
    except rasterio.RasterioIOError as error:
        raise unwritable(target.parent, disk_full(target)) from error
    except OSError as error:
        raise unwritable(target.parent, error) from error
    return place


def _profile(place: Place) -> dict[str, Any]:
    return {
        "driver": "GTiff", "width": place.shape[1], "height": place.shape[0], "count": 1,
        "dtype": "float64", "crs": place.crs, "transform": place.transform, "nodata": np.nan,
        "tiled": True, "compress": "deflate", "predictor": 3, "bigtiff": "IF_SAFER",
    }  # fmt: skip


def _window(place: Place, grid: Grid) -> tuple[int, int, int, int]:
    """Return the pixels under the run's grid with two to spare, clipped to the layer."""
    t = grid.affine
    edge = Place("grid", grid.crs, t, grid.shape).outline(place.crs)
    x, y = np.array(shapely.get_coordinates(edge)).T
    inverse = ~place.transform
    cols = inverse.a * x + inverse.b * y + inverse.c
    rows = inverse.d * x + inverse.e * y + inverse.f
    return (
        max(int(rows.min()) - 2, 0), min(int(rows.max()) + 2 + 1, place.shape[0]),
        max(int(cols.min()) - 2, 0), min(int(cols.max()) + 2 + 1, place.shape[1]),
    )  # fmt: skip


def _source(
    context: Derivations, maker: Derived, name: str, folder: Path, open_files: ExitStack
) -> _Source:
    header = context.inputs.headers.get(name)
    known, want = variable(name), maker.inputs[name].units  # type: ignore[union-attr]
    if header is None:
        factor, offset = units_factor(known.units, want, name, known, known.units)
        path, scale = str(folder / f"{name}.tif"), factor
        nodata: float | None = float("nan")
    else:
        factor, shift = units_factor(header.units, want, header.path.name, known, header.units)
        path, nodata = str(header.path), nodata_of(header)
        scale, offset = header.entry.scale * factor, header.entry.offset * factor + shift
    pattern = context.patterns.get(name, 1.0)
    low, high = _range(known.units, want, (known.low, known.high), header)
    try:
        file = open_files.enter_context(rasterio.open(path))
    except rasterio.RasterioIOError as error:
        raise unreadable(path, error) from error
    return _Source(path, file, nodata, scale * pattern, offset * pattern, low, high, name)


def _range(
    units: str, want: str, limits: tuple[float, float], header: Header | None
) -> tuple[float, float]:
    """Return a variable's range in the units that a kernel reads a single band in."""
    if header is not None and header.variable.bands == "sum" and header.bands > 1:
        return limits  # a month's amount lies within a year's
    factor, offset = units_factor(units, want, "", variable("slope"), units)
    low, high = (x * factor + offset for x in limits)
    return low, high


def _read(
    maker: Derived, source: _Source, block: tuple[int, int, int, int], shape: tuple[int, int]
) -> Floats:
    row_from, row_to, col_from, col_to = block
    if maker.locality != "neighbours":
        values = _stored_values(
            source, Window(col_from, row_from, col_to - col_from, row_to - row_from)
        )
        return values if maker.locality == "series" else values[0]
    top, left = max(row_from - 1, 0), max(col_from - 1, 0)
    bottom, right = min(row_to + 1, shape[0]), min(col_to + 1, shape[1])
    values = _stored_values(source, Window(left, top, right - left, bottom - top))[0]
    padded = np.full((row_to - row_from + 2, col_to - col_from + 2), np.nan)
    down, along = top - (row_from - 1), left - (col_from - 1)
    padded[down : down + values.shape[0], along : along + values.shape[1]] = values
    height, width = row_to - row_from, col_to - col_from
    return np.array(
        [[padded[i : i + height, j : j + width] for j in range(WINDOW)] for i in range(WINDOW)]
    )


def _stored_values(source: _Source, window: Window) -> Floats:
    try:
        stored_values = source.file.read(window=window)
    except rasterio.RasterioIOError as error:
        raise unreadable(source.path, error) from error
    with np.errstate(over="ignore"):  # infinity is out of range, too
        values = to_float(stored_values, source.nodata) * source.scale + source.offset
    seen = values[~np.isnan(values)]
    if seen.size and not (source.low <= seen.min() and seen.max() <= source.high):
        wrong = seen.min() if seen.min() < source.low else seen.max()
        raise LayerError(
            where=Path(source.path).name,
            problem=Text(
                f"{variable(source.name).title.zh}出现 {wrong:.6g}，超出合理范围。"
                "若这是无效值，请在图层中写 nodata。",
                f"{source.name} has {wrong:.6g}, outside {source.low:g} to {source.high:g}. If "
                "that marks missing data, set `nodata` on the layer.",
            ),
        )
    return values


def _grid_layers(
    maker: Derived, grid: Grid, start: int, end: int, arrays: Mapping[str, Floats], year: int
) -> dict[str, Floats]:
    """Return what follows from the source's grid and calendar, by the names kernels use."""
    wanted: dict[str, GridLayer] = maker.grid_layers()
    if not wanted:
        return {}
    tile = Tile(start, end, 0, grid.cols)
    bands = next((len(a) for a in arrays.values() if a.ndim == 3), 0)  # noqa: PLR2004  (band, y, x)
    makers: dict[str, Callable[[], Floats]] = {
        "cell_size": lambda: np.sqrt(grid.relative_area(tile) * grid.nominal_area),
        "cell_width": lambda: _spacing(grid, tile)[0],
        "cell_height": lambda: _spacing(grid, tile)[1],
        "latitude": lambda: grid.latitudes(tile),
        "month": lambda: _months(year, bands),
        "days": lambda: month_lengths(year) if bands == MONTHS else np.ones(bands),
        "day_of_year": lambda: middle_days(year) if bands == MONTHS else np.arange(1.0, bands + 1),
    }
    return {name: makers[name]() for name in wanted}


def _months(year: int, bands: int) -> Floats:
    if PERIODS.get(bands) == "month":
        return np.arange(1.0, bands + 1)
    days = np.arange(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year}-01-01") + bands)
    return (days.astype("datetime64[M]").astype(int) % MONTHS + 1).astype(np.float64)


def _spacing(grid: Grid, tile: Tile) -> tuple[Floats, Floats]:
    """Return the ground size of a cell along the row and along the column, (rows, 1) each, m."""
    if not grid.geographic:
        unit = grid.projection.axis_info[0].unit_conversion_factor
        rows = tile.row_to - tile.row_from
        return (np.full((rows, 1), abs(grid.affine.a) * unit),
                np.full((rows, 1), abs(grid.affine.e) * unit))  # fmt: skip
    geod = grid.projection.get_geod()
    assert geod is not None  # noqa: S101  (for the type checker: a geographic CRS has an ellipsoid)
    latitude = grid.affine.f + grid.affine.e * (np.arange(tile.row_from, tile.row_to) + 1 / 2)
    zero = np.zeros_like(latitude)
    across = geod.inv(zero, latitude, zero + abs(grid.affine.a), latitude)[2]
    half = grid.affine.e / 2
    along = geod.inv(zero, latitude - half, zero, latitude + half)[2]
    return np.asarray(across)[:, np.newaxis], np.asarray(along)[:, np.newaxis]


def with_patterns(
    rasters: Mapping[str, Raster], patterns: Mapping[str, float]
) -> dict[str, Raster]:
    """Return the layers with those scaled to a stated mean."""
    return {
        name: replace(r, scale=r.scale * patterns[name], offset=r.offset * patterns[name])
        if name in patterns
        else r
        for name, r in rasters.items()
    }
