"""The biomass of parcels, with its errors apart by source.

    Var(B_p) = sum_k (e_pk)^2  +  sum_ij a_i a_j s_i s_j rho(d_ij)  +  sum_i (a_i s_i)^2 nu

- Other plots would have taught another model: e_pk is what leaving out fold k does to the parcel,
  (B_p(k) - mean_k B_p(k)) sqrt((K - 1) / K), the delete-a-group jackknife. It is one draw for all
  parcels and adds up linearly over them.
- Residuals of near cells are alike: s_i is the standard error of a cell, a_i its area in the
  parcel, rho falls from 1 - nu with the distance, as the variogram says.
- The nugget, nu of the variance, is each cell's own.

The residuals are those out of fold, so they hold some of the first part, too: the sum errs on the
safe side.
"""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data_catalog.errors import ParcelError
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks.estimates import Estimates
from sinks.satellite.biomass.features import Features, read_features
from sinks.satellite.biomass.sampling import under_areas
from sinks.satellite.biomass.training import Taught
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.map_error import footprints_of_pixels, with_map_error
from tiles.grid import Grid, Tile
from tiles.objects import read_objects

__all__ = [
    "RESIDUALS",
    "ParcelBiomass",
    "check_parcels",
    "jackknife",
    "of_model",
    "parcel_biomass",
    "read_polygons",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
RESIDUALS = "biomass map residuals"
FOLD = "biomass model without fold {}"
HECTARE, _ = conversion("m2", "ha")
SHOWN = 5
"""Ids listed in a message."""


@dataclass(frozen=True, kw_only=True)
class ParcelBiomass:
    """The biomass of parcels.

    Parameters
    ----------
    estimates : Estimates
        Keys: parcel_id. Above-ground biomass, t_dm, of the land that the model applies to.
    area : (parcel,) array, ha
    share : (parcel,) array
        Share of the area that the model applies to.
    """

    estimates: Estimates
    area: Floats
    share: Floats

    def total(self) -> dict[str, float]:
        """Return the sum over all parcels: area (ha), biomass and standard errors (t_dm)."""
        whole, area = self.estimates.summed(()), float(self.area.sum())
        return {
            "parcels": len(self.area),
            "area_ha": area,
            "applicable_share": float((self.area * self.share).sum()) / area if area else 0.0,
            "biomass_t_dm": float(whole.value[0]),
            "se_t_dm": float(whole.se[0]),
            "se_of_model_t_dm": float(of_model(whole)[0]),
        }


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Cells under parcels: (k,) arrays, and the biomass by each fold's model, (fold, k)."""

    parcel: Ints
    row: Ints
    col: Ints
    area: Floats
    inside: npt.NDArray[np.bool_]
    mean: Floats
    sd: Floats
    without: Floats


def of_model(estimates: Estimates) -> Floats:
    """Return the part of the standard errors that all parcels share, (parcel,), t_dm."""
    return np.sqrt(sum((e**2 for e in estimates.shared.values()), np.zeros(len(estimates))))


def read_polygons(file: Path, column: str) -> gpd.GeoDataFrame:
    """Return the parcels of a vector file: parcel_id and geometry, in the order of their ids.

    Raises
    ------
    ParcelError, TableError or Problems
        If it cannot be read, has no CRS, no such column, or an id twice.
    """
    frame = read_objects(file, ("polygon",))
    if column not in frame:
        raise ParcelError(
            Text("{where}：没有“{column}”列。{hint}", "{where}: has no column {column!r}. {hint}"),
            where=file.name, column=column, hint=suggestion(column, map(str, frame.columns)),
        )  # fmt: skip
    ids = frame[column].astype(str)
    if ids.duplicated().any():
        twice = ", ".join(sorted(set(ids[ids.duplicated()]))[:SHOWN])
        raise ParcelError(
            where=file.name,
            problem=Text(f"宗地编号重复：{twice}。", f"ids that are there twice: {twice}."),
        )
    found = gpd.GeoDataFrame({"parcel_id": ids}, geometry=frame.geometry, crs=frame.crs)
    return found.sort_values("parcel_id", kind="stable", ignore_index=True)


def parcel_biomass(
    taught: Taught, features: Features, parcels: gpd.GeoDataFrame, tile: int
) -> ParcelBiomass:
    """Return the biomass of parcels and its error.

    Parameters
    ----------
    parcels : GeoDataFrame
        parcel_id and polygons, in any CRS.
    tile : int
        Cells along a tile's side; decides nothing in the values.

    Raises
    ------
    ParcelError
        As `check_parcels`.
    """
    grid = features.grid
    check_parcels(parcels, grid)
    shapes = parcels.geometry.to_crs(grid.crs).to_numpy()
    cells = _cells(taught, features, shapes, tile)
    known, size = cells.inside, len(parcels)

    def summed(amounts: Floats) -> Floats:
        return np.bincount(cells.parcel, np.where(known, amounts, 0.0), size).astype(np.float64)

    # what of a parcel lies beyond the grid is area that the model does not apply to
    t, one = grid.affine, grid.nominal_area * HECTARE
    drawn = np.asarray(shapely.area(shapes)) / abs(t.a * t.e - t.b * t.d) * one
    area = np.maximum(np.bincount(cells.parcel, cells.area, size), drawn)
    applicable = summed(cells.area)
    effects = jackknife(np.array([summed(cells.area * b) for b in cells.without]))
    variogram, error = taught.variogram, cells.area * cells.sd
    alike = variogram.correlated_share
    estimates = Estimates(
        keys=pd.DataFrame({"parcel_id": parcels["parcel_id"].to_numpy()}),
        value=summed(cells.area * cells.mean),
        shared={FOLD.format(k + 1): e for k, e in enumerate(effects)},
        own=np.sqrt(summed(error**2) * (1 - alike)),
    )  # fmt: skip
    if alike > 0 and known.any():
        spread = footprints_of_pixels(
            cells.parcel[known], cells.row[known], cells.col[known], error[known],
            grid.cell_size, size,
        )  # fmt: skip
        correlation = Correlation("exponential", variogram.range_m)
        sd = summed(error) * np.sqrt(alike)
        estimates = with_map_error(estimates, RESIDUALS, spread, correlation, sd)
    share = np.divide(applicable, area, out=np.zeros_like(area), where=area > 0)
    return ParcelBiomass(estimates=estimates, area=area, share=share)


def check_parcels(parcels: gpd.GeoDataFrame, grid: Grid) -> None:
    """Raise if the error of these parcels cannot be told on this grid.

    Raises
    ------
    ParcelError
        If the grid is in degrees (distances between cells need metres), or no parcel lies on it.
    """
    if grid.geographic:
        raise ParcelError(
            where="[biomass] crs",
            problem=Text(
                "宗地误差需要以米为单位的网格。请写平面坐标系 crs 和 resolution。",
                "the error of parcels needs a grid in metres. Give a projected crs and a "
                "resolution.",
            ),
        )
    if not parcels.geometry.to_crs(grid.crs).intersects(shapely.box(*grid.bounds)).any():
        raise ParcelError(
            where="--parcels",
            problem=Text(
                "宗地全部位于特征栅格之外。请检查宗地文件的坐标系。",
                "all parcels lie outside the features. Check the CRS of their file.",
            ),
        )


def jackknife(without: Floats) -> Floats:
    """Return the effect of each group on each amount, so that their squares add to the variance.

    Parameters
    ----------
    without : (group, n) array
        Amounts estimated without each of the groups.
    """
    groups = len(without)
    return np.asarray((without - without.mean(axis=0)) * np.sqrt((groups - 1) / groups))


def _cells(
    taught: Taught, features: Features, shapes: npt.NDArray[np.object_], tile: int
) -> _Cells:
    """Return all cells under parcels, in the order of parcels and cells, whatever the tiles."""
    parts = [_cells_of_tile(taught, features, shapes, t) for t in features.grid.tiles(tile)]
    found = [p for p in parts if len(p.parcel)]
    joined = {
        name: np.concatenate([getattr(p, name) for p in found], axis=-1)
        for name in _Cells.__dataclass_fields__
    }
    order = np.lexsort((joined["col"], joined["row"], joined["parcel"]))
    return _Cells(**{name: values[..., order] for name, values in joined.items()})


def _cells_of_tile(
    taught: Taught, features: Features, shapes: npt.NDArray[np.object_], tile: Tile
) -> _Cells:
    parcel, row, col, weight = under_areas(shapes, features.grid, tile)
    inside = np.zeros(len(parcel), dtype=np.bool_)
    mean, sd = np.zeros(len(parcel)), np.zeros(len(parcel))
    without = np.zeros((len(taught.without_fold), len(parcel)))
    if len(parcel):
        values = read_features(features, tile)[:, row, col].T
        inside = np.asarray(~np.isnan(values).any(axis=1))
        inside[inside] = taught.area.dissimilarity(values[inside]) <= taught.area.threshold
    if inside.any():
        cells = values[inside]
        mean[inside], _, _, sd[inside] = taught.predict(cells)
        for k, model in enumerate(taught.without_fold):
            without[k, inside] = np.maximum(model.predict(cells), 0.0)
    return _Cells(
        parcel=parcel, row=row + tile.row_from, col=col + tile.col_from,
        area=weight * features.grid.nominal_area * HECTARE, inside=inside, mean=mean, sd=sd,
        without=without,
    )  # fmt: skip
