"""The alert table: polygons of disturbance with date and confidence, ours and other providers'.

One form for all: alert_id, date, date_error_days, magnitude, confidence, source, area_ha, geometry.
What a provider does not say is missing, not zero.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio.errors

from data_catalog.errors import LayerError
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks.satellite.scenes.declared import AlertEntry
from tiles.grid import EQUAL_AREA

__all__ = ["COLUMNS", "all_alerts", "parcel_disturbance", "read_alerts"]

COLUMNS = ("alert_id", "date", "date_error_days", "magnitude", "confidence", "source", "area_ha")
ALIKE = 1e-9
"""Share of an area that is rounding."""
SHOWN = 5
"""Rows that a message lists."""


def read_alerts(entry: AlertEntry, path: str) -> gpd.GeoDataFrame:
    """Return another provider's polygons as alerts, in their own CRS.

    Raises
    ------
    LayerError
        If the file, a column, a date or a confidence cannot be used.
    """
    name = Path(path).name
    frame = _frame(entry, path, name)
    wanted = (entry.date, entry.magnitude, entry.confidence, entry.date_error_days)
    for column in (c for c in wanted if isinstance(c, str)):
        if column not in frame.columns:
            known = [str(c) for c in frame.columns if c != frame.geometry.name]
            hint = suggestion(column, known)
            raise _wrong(
                name, f"没有“{column}”列。{hint.zh}", f"has no column {column!r}. {hint.en}"
            )
    shapes = frame.geometry
    usable = shapes.notna() & ~shapes.is_empty & shapes.geom_type.isin(["Polygon", "MultiPolygon"])
    if not usable.all():
        rows = _rows(~usable.to_numpy())
        raise _wrong(
            name,
            f"第 {rows} 行不是面。请只保留面要素。",
            f"row {rows} is no polygon. Keep polygons only.",
        )
    return gpd.GeoDataFrame(
        {
            "alert_id": [f"{entry.source}-{number + 1}" for number in range(len(frame))],
            "date": _dates(frame[entry.date], name, entry.date),
            "date_error_days": _numbers(frame, entry.date_error_days, name),
            "magnitude": _numbers(frame, entry.magnitude, name),
            "confidence": _confidence(frame, entry, name),
            "source": entry.source,
            "area_ha": _hectares(frame.geometry),
        },
        geometry=shapes.make_valid().to_numpy(),
        crs=frame.crs,
    )


def all_alerts(parts: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return the alerts of several sources in one table, in the CRS of the first."""
    crs = parts[0].crs
    known = [part.to_crs(crs) for part in parts if len(part)]
    return gpd.GeoDataFrame(pd.concat(known, ignore_index=True)) if known else parts[0]


def parcel_disturbance(
    parcels: gpd.GeoDataFrame, alerts: gpd.GeoDataFrame, unseen: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Return what was disturbed of each parcel, in the order of the parcels.

    Land under several alerts counts once. `first_date` is that of the earliest alert that touches
    the parcel with some area.

    Parameters
    ----------
    parcels : GeoDataFrame with `parcel_id`
    alerts : GeoDataFrame with `COLUMNS`
    unseen : GeoDataFrame, optional
        Land that was not looked at though it should have been; its share of the parcel is
        `unseen_share`. A parcel that was not looked at at all has no disturbed area, not zero.

    Returns
    -------
    DataFrame
        parcel_id, area_ha, disturbed_ha, disturbed_share, first_date, first_date_error_days,
        alerts (their number), confidence (the greatest), unseen_share.
    """
    land = parcels[["parcel_id", "geometry"]]
    whole = _hectares(land.geometry)
    met = _met(land, alerts[[*COLUMNS, "geometry"]])
    by_parcel = met.sort_values(["date", "alert_id"], kind="stable").groupby("parcel_id")
    first = by_parcel[["date", "date_error_days"]].first()
    table = pd.DataFrame({"parcel_id": land["parcel_id"], "area_ha": whole})
    ids = table["parcel_id"]
    table["disturbed_ha"] = ids.map(_covered(met)).fillna(0.0)
    table["disturbed_share"] = np.minimum(table["disturbed_ha"] / whole, 1.0)
    table["first_date"] = ids.map(first["date"])
    table["first_date_error_days"] = ids.map(first["date_error_days"])
    table["alerts"] = ids.map(by_parcel.size()).fillna(0).astype(int)
    table["confidence"] = ids.map(by_parcel["confidence"].max())
    table["unseen_share"] = np.nan
    if unseen is not None:
        hidden = _met(land, unseen[["geometry"]])
        table["unseen_share"] = np.minimum(ids.map(_covered(hidden)).fillna(0.0) / whole, 1.0)
        unknown = (table["unseen_share"] >= 1 - ALIKE) & (table["alerts"] == 0)
        table.loc[unknown, ["disturbed_ha", "disturbed_share"]] = np.nan
    return table


def _met(land: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the pieces of land that the shapes cover, cut in the shapes' own CRS."""
    return gpd.overlay(land.to_crs(shapes.crs), shapes, keep_geom_type=True)


def _covered(pieces: gpd.GeoDataFrame) -> Mapping[str, float]:
    """Return the area, ha, that the pieces of each parcel cover together."""
    if pieces.empty:
        return {}
    together = pieces[["parcel_id", "geometry"]].dissolve("parcel_id")
    return dict(zip(together.index, _hectares(together.geometry), strict=True))


def _hectares(shapes: gpd.GeoSeries) -> np.ndarray[Any, np.dtype[np.float64]]:
    to_ha, _ = conversion("m2", "ha")
    return np.asarray(shapes.to_crs(EQUAL_AREA).area, dtype=np.float64) * to_ha


def _frame(entry: AlertEntry, path: str, name: str) -> gpd.GeoDataFrame:
    if not Path(path).is_file():
        raise _wrong(name, "没有这个文件。", "there is no such file.")
    try:
        frame = gpd.read_file(path, layer=entry.layer) if entry.layer else gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise _wrong(
            name,
            "无法作为矢量文件（GeoJSON、GeoPackage）读取，或没有该图层。",
            "cannot be read as GeoJSON or GeoPackage, or has no such layer.",
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _wrong(name, "只有表格，没有几何。", "is a table without geometry.")
    if frame.crs is None:
        raise _wrong(
            name,
            "没有坐标系。请用 GIS 软件写入。",
            "has no CRS. Write it into the file with a GIS.",
        )
    return frame


def _dates(column: "pd.Series[Any]", name: str, title: str) -> list[Any]:
    """Return dates: of a date column, or of text as 2024-05-31 or 20240531."""
    texts = column if pd.api.types.is_datetime64_any_dtype(column) else column.astype("string")
    found = pd.to_datetime(texts, errors="coerce", format=None if texts is column else "mixed")
    if found.isna().any():
        rows, wrong = _rows(found.isna().to_numpy()), column[found.isna()].iloc[0]
        raise _wrong(
            name,
            f"“{title}”列第 {rows} 行不是日期（{wrong}）。请写成 2024-05-31 的形式。",
            f"row {rows} of column {title} is no date ({wrong}). Write it as 2024-05-31.",
        )
    return [day.date() for day in found]


def _numbers(frame: gpd.GeoDataFrame, column: str | float | None, name: str) -> Any:  # noqa: ANN401  (frames have no types)
    if not isinstance(column, str):
        return pd.Series(np.nan if column is None else column, index=frame.index, dtype=float)
    found = pd.to_numeric(frame[column], errors="coerce")
    wrong = (found.isna() & frame[column].notna()).to_numpy()
    if wrong.any():
        raise _wrong(
            name,
            f"“{column}”列第 {_rows(wrong)} 行不是数。请更正，或不指定该列。",
            f"row {_rows(wrong)} of column {column} is no number. Correct it, or leave the column "
            "out.",
        )
    return found.astype(float)


def _confidence(frame: gpd.GeoDataFrame, entry: AlertEntry, name: str) -> Any:  # noqa: ANN401  (frames have no types)
    if entry.confidence is not None and entry.confidence_values:
        words = frame[entry.confidence].astype("string")
        unknown = sorted(set(words.dropna()) - set(entry.confidence_values))
        if unknown:
            listed = ", ".join(unknown[:SHOWN])
            raise _wrong(
                name,
                f"“{entry.confidence}”列的 {listed} 不在 confidence_values 中。请补充其数值。",
                f"column {entry.confidence} has {listed}, which confidence_values does not have. "
                "Add what they stand for.",
            )
        found = words.map(entry.confidence_values).astype(float)
    else:
        found = _numbers(frame, entry.confidence, name) * entry.confidence_scale
    outside = ((found < 0) | (found > 1)).to_numpy()
    if outside.any():
        value = found[outside].iloc[0]
        raise _wrong(
            name,
            f"“{entry.confidence}”列第 {_rows(outside)} 行的置信度为 {value:g}，应在 0 至 1。"
            "若是百分数，写 confidence_scale = 0.01。",
            f"row {_rows(outside)} of column {entry.confidence} has a confidence of {value:g}; it "
            "must be 0 to 1. For percent write confidence_scale = 0.01.",
        )
    return found


def _rows(wrong: np.ndarray[Any, np.dtype[np.bool_]]) -> str:
    found = [str(number + 1) for number in np.flatnonzero(wrong)]
    return ", ".join(found[:SHOWN]) + (" ..." if len(found) > SHOWN else "")


def _wrong(where: str, zh: str, en: str) -> LayerError:
    return LayerError(where=where, problem=Text(zh, en))
