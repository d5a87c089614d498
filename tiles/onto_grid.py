"""How a raster comes onto the run's grid: a shift where the two grids are one, or a lattice."""

from dataclasses import replace

import numpy as np
from pyproj import CRS

from data_catalog.errors import LayerError
from data_catalog.parameters import engine_number
from data_catalog.text import Text
from tiles.georeference import Place
from tiles.grid import Grid
from tiles.lattice import Lattice
from tiles.overlap import MOST
from tiles.rasters import Raster


def on_grid(raster: Raster, place: Place, grid: Grid) -> Raster:
    """Return the raster with its way onto the grid: a shift where they are one, or a lattice."""
    shift = _shift(place, grid)
    if shift is not None:
        return replace(raster, shift=shift)
    lattice = Lattice.between(
        grid.affine, grid.shape, grid.crs, place.transform, place.crs,
        engine_number("lattice_tolerance"),
    )  # fmt: skip
    _check_pixels_a_cell(lattice, place, grid)
    one = raster.is_class and _pixel_a_cell(place, grid)
    return replace(raster, lattice=lattice, pixel_a_cell=one)


def _pixel_a_cell(place: Place, grid: Grid) -> bool:
    """Return whether the pixels are as large as the cells, and turned as they are.

    The majority of four pixels would smooth such a map, and against one that lies on the grid the
    smoothing would look like a change.
    """
    if not CRS.from_user_input(place.crs).equals(grid.projection, ignore_axis_order=True):
        return False
    between = ~place.transform @ grid.affine
    apart = (between.a - 1, between.e - 1, between.b, between.d)
    return bool(max(abs(x) for x in apart) < engine_number("same_size_tolerance"))


def _check_pixels_a_cell(lattice: Lattice, place: Place, grid: Grid) -> None:
    """Raise if a cell in the middle of the grid covers more pixels than can be held at a time."""
    row, col = (n // 2 for n in grid.shape)
    x, y = lattice.corners(row, row + 1, col, col + 1)
    pixels = (float(np.ptp(x)) + 1) * (float(np.ptp(y)) + 1)
    if not pixels <= MOST:
        raise LayerError(
            where=place.name,
            problem=Text(
                f"一个网格像元覆盖约 {pixels:.2g} 个图层像元，过多。请减小 [project] resolution。",
                f"one cell of the grid covers about {pixels:.2g} of its pixels, too many. Choose "
                "a smaller [project] resolution.",
            ),
        )


def _shift(place: Place, grid: Grid) -> tuple[int, int] | None:
    """Return the source row and column of the grid's first cell, if the grids are one."""
    if not CRS.from_user_input(place.crs).equals(grid.projection, ignore_axis_order=True):
        return None
    near = engine_number("lattice_tolerance")
    between = ~place.transform @ grid.affine
    drift = max(
        abs(between.a - 1) * grid.cols, abs(between.e - 1) * grid.rows,
        abs(between.b) * grid.rows, abs(between.d) * grid.cols,
    )  # fmt: skip
    row, col = round(between.f), round(between.c)
    if drift < near and max(abs(between.f - row), abs(between.c - col)) < near:
        return row, col
    return None
