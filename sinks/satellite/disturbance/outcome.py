"""The whole job: a scene set into maps, alerts and a table per parcel, in one folder."""

import csv
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio.features
from shapely.geometry import shape

from data_catalog.errors import OutputError, ProjectError
from data_catalog.parameters import Parameters
from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.satellite.disturbance.accuracy import CHANGES
from sinks.satellite.disturbance.alerts import all_alerts, parcel_disturbance, read_alerts
from sinks.satellite.disturbance.detection import Found, detect
from sinks.satellite.disturbance.differencing import severity
from sinks.satellite.disturbance.forest_change import ForestChange, forest_change, lost_forest
from sinks.satellite.disturbance.maps import write_map
from sinks.satellite.disturbance.patches import alerts_of, cell_areas, patches
from sinks.satellite.disturbance.rules import BURN_INDEX, row, severities
from sinks.satellite.scenes.composites import day_of
from sinks.satellite.scenes.declared import SceneSet
from sinks.satellite.scenes.reading import Files, grid_of, scenes_on_grid
from sinks.satellite.scenes.scale import check_scale
from tiles.grid import Grid

__all__ = ["Outcome", "check_folder", "disturbances", "write_outcome"]

DAYS = "days since 1970-01-01"
RECORD = "disturbance.json"
SEEN = ("median", "least", "greatest", "outside_share")


@dataclass(frozen=True)
class Outcome:
    """What was found, ready to be written.

    Parameters
    ----------
    found, grid : Found and Grid, or None
        None where the set holds other providers' alerts alone.
    alerts : GeoDataFrame
        Ours and theirs; see alerts.COLUMNS.
    parcels : DataFrame, optional
    change : ForestChange, optional
        Where the method is `classes`.
    record : dict
        What disturbance.json says.
    """

    grid: Grid | None
    found: Found | None
    alerts: gpd.GeoDataFrame
    parcels: pd.DataFrame | None
    change: ForestChange | None
    severity: Pixels | None
    record: dict[str, Any] = field(default_factory=dict)


def disturbances(
    scenes: SceneSet,
    parameters: Parameters,
    parcels: gpd.GeoDataFrame | None = None,
    tile: int | None = None,
) -> Outcome:
    """Return the disturbances of a scene set.

    Parameters
    ----------
    parcels : GeoDataFrame with `parcel_id`, optional
    tile : int, cells
        Never changes a result.

    Raises
    ------
    GepError
        If scenes, bands, polygons or parameters do not allow it.
    """
    wanted = scenes.entries.disturbance
    given = [read_alerts(entry, scenes.path(entry.path)) for entry in scenes.entries.alerts]
    grid = found = change = classes = None
    record: dict[str, Any] = {
        "set": scenes.name, "settings": wanted.model_dump(mode="json", exclude_none=True)
    }  # fmt: skip
    unseen = None
    if scenes.scenes:
        grid = grid_of(scenes)
        size = tile or scenes.entries.set.tile
        areas = cell_areas(grid)
        with Files() as files:
            record["scenes"] = _checked(scenes, grid, parameters, size, files)
            if wanted.method == "classes":
                change = forest_change(scenes, grid, parameters, areas, size, files)
                found = lost_forest(change)
            else:
                found = detect(scenes, grid, parameters, size, files)
        least = wanted.minimum_mapping_unit
        if least is None:
            least = row(parameters, "minimum_mapping_unit", "landtrendr").in_units("ha")
        labels = patches(found.event, areas, least)
        found = found.only(labels > 0)
        given.insert(0, alerts_of(found, labels, areas, grid, f"gep-{wanted.method}"))
        if wanted.index == BURN_INDEX and wanted.loss == "fall" and change is None:
            classes = severity(found.magnitude, list(severities(parameters).values()))
        unseen = _unseen(found, grid)
        record |= _summary(found, areas, classes, parameters) | {"minimum_mapping_unit_ha": least}
    alerts = all_alerts(given)
    table = None if parcels is None else parcel_disturbance(parcels, alerts, unseen)
    record["alerts"] = {
        str(source): {"alerts": len(part), "area_ha": float(part["area_ha"].sum())}
        for source, part in alerts.groupby("source")
    }
    if table is not None:
        record["parcels"] = {
            "parcels": len(table),
            "disturbed": int((table["disturbed_ha"] > 0).sum()),
            "disturbed_ha": float(table["disturbed_ha"].sum()),
        }
    if change is not None:
        record["forest_change"] = _change_record(change)
    record["notes"] = [{"zh": n.zh, "en": n.en} for n in _notes(scenes, change)]
    return Outcome(grid, found, alerts, table, change, classes, record)


def _checked(
    scenes: SceneSet, grid: Grid, parameters: Parameters, tile: int, files: Files
) -> list[dict[str, Any]]:
    """Return what was seen of each scene, after the check of scales."""
    names = {name for scene in scenes.scenes for name in scene.bands}
    footage = scenes_on_grid(scenes, grid, names)
    ratio = scenes.entries.set.median_ratio
    seen = check_scale(footage, grid, tile, files, parameters, ratio)
    return [
        {
            "id": scene.id,
            "date": scene.date.isoformat(),
            "sensor": scene.sensor,
            "bands": {
                band: _known(dict(zip(SEEN, seen[scene.id, band], strict=True)))
                for band in scene.bands
            },
        }
        for scene in scenes.scenes
    ]


def _known(numbers: dict[str, float]) -> dict[str, float | None]:
    return {name: None if np.isnan(value) else value for name, value in numbers.items()}


def _summary(
    found: Found, areas: Pixels, classes: Pixels | None, parameters: Parameters
) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "looked_ha": float(areas[found.looked].sum()),
        "disturbed_ha": float(areas[found.event > 0].sum()),
        "disturbed_ha_by_period": [
            {
                "from": day_of(found.day_from[cells].min()).isoformat(),
                "to": day_of(found.day_to[cells].max()).isoformat(),
                "ha": float(areas[cells].sum()),
            }
            for event in np.unique(found.event[found.event > 0])
            for cells in [found.event == event]
        ],
    }
    if classes is not None:
        summary["disturbed_ha_by_severity"] = {
            name: float(areas[classes == place].sum())
            for place, name in enumerate(severities(parameters), start=1)
        }
    return summary


def _change_record(change: ForestChange) -> dict[str, Any]:
    first, last = change.scenes
    areas = change.areas.reindex(index=[0, 1], columns=[0, 1]).fillna(0.0).to_numpy()
    table = change.accuracy.table
    return {
        "from": first.date.isoformat(), "to": last.date.isoformat(), "blocks": change.blocks,
        "mapped_ha": {
            "forest": float(areas[1, 1]), "loss": float(areas[1, 0]),
            "gain": float(areas[0, 1]), "other": float(areas[0, 0]),
        },
        "error_matrix_polygons": change.accuracy.polygons.to_dict("index"),
        "error_matrix_pixels": change.accuracy.pixels.to_dict("index"),
        "accuracy": [_known_row(one) for one in table.to_dict("records")],
    }  # fmt: skip


def _known_row(cells: dict[Any, Any]) -> dict[str, Any]:
    return {str(k): None if isinstance(v, float) and np.isnan(v) else v for k, v in cells.items()}


def _notes(scenes: SceneSet, change: ForestChange | None) -> list[Text]:
    notes = []
    if scenes.scenes and scenes.entries.forest is None and change is None:
        notes.append(
            Text(
                "没有 [forest]：各类土地上的变化都计入，不只是森林。",
                "There is no [forest]: change is looked for on all land, not on forest alone.",
            )
        )
    if any(scene.mask is None for scene in scenes.scenes):
        notes.append(
            Text(
                "有的景没有质量波段：云和云影没有去除。",
                "Some scenes have no quality band: clouds and their shadows are not taken out.",
            )
        )
    if change is not None:
        notes.append(
            Text(
                "样本多边形不是随机抽取的：精度只说明这些多边形，不能由此推算面积的误差。",
                "The polygons are no random sample: accuracy is that of these polygons, and no "
                "error of the areas follows from it.",
            )
        )
    return notes


def _unseen(found: Found, grid: Grid) -> gpd.GeoDataFrame:
    """Return the grid's land that could not be looked at, as polygons."""
    hidden = (~found.looked).astype(np.uint8)
    shapes = rasterio.features.shapes(hidden, mask=hidden > 0, transform=grid.affine)
    return gpd.GeoDataFrame(geometry=[shape(one) for one, _ in shapes], crs=grid.crs)


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Raise if the folder is there and not to be replaced, or is no folder of this command.

    Raises
    ------
    ProjectError
    """
    if not folder.exists():
        return
    ours = folder.is_dir() and ((folder / RECORD).is_file() or not any(folder.iterdir()))
    if overwrite and not ours:
        raise ProjectError(
            where=str(folder),
            problem=Text(
                f"里面没有 {RECORD}，不是本命令写的文件夹，不予替换。请换一个文件夹。",
                f"holds no {RECORD}, so this command did not write it and will not replace it. "
                "Choose another folder.",
            ),
        )
    if not overwrite:
        raise ProjectError(
            where=str(folder),
            problem=Text(
                "已存在。请换一个文件夹，或用 --overwrite 替换。",
                "is there already. Choose another folder, or replace it with --overwrite.",
            ),
        )


def write_outcome(outcome: Outcome, folder: Path, *, overwrite: bool = False) -> None:
    """Write maps, alerts.gpkg, parcels.csv and disturbance.json into a folder, whole or not at all.

    Raises
    ------
    ProjectError
        If the folder is there and not to be replaced.
    OutputError
        If it cannot be written.
    """
    check_folder(folder, overwrite=overwrite)
    aside = folder.with_name(f".{folder.name}.{uuid4().hex}.part")
    try:
        aside.mkdir(parents=True)
        _write(outcome, aside)
        if folder.exists():
            shutil.rmtree(folder)
        aside.rename(folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            where=str(folder),
            problem=Text(
                f"无法写入（{reason}）。请检查权限和磁盘空间。",
                f"cannot be written ({reason}). Check its permissions and the disk.",
            ),
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write(outcome: Outcome, folder: Path) -> None:
    if outcome.found is not None and outcome.grid is not None:
        found, middle = outcome.found, (outcome.found.day_from + outcome.found.day_to) / 2
        error = (found.day_to - found.day_from) / 2
        maps = {
            "date": (middle, DAYS), "date_error": (error, "day"),
            "magnitude": (found.magnitude, "1"), "confidence": (found.confidence, "1"),
        }  # fmt: skip
        if outcome.severity is not None:
            maps["severity"] = (np.where(found.event > 0, outcome.severity, np.nan), "1")
        if outcome.change is not None:
            for scene, forest in zip(outcome.change.scenes, outcome.change.forest, strict=True):
                maps[f"forest_{scene.id}"] = (np.where(forest < 0, np.nan, forest), "1")
        for name, (values, units) in maps.items():
            write_map(folder / "maps" / f"{name}.tif", values, outcome.grid, name, units)
    alerts = outcome.alerts.assign(date=pd.to_datetime(outcome.alerts["date"]))
    pyogrio.write_dataframe(alerts, folder / "alerts.gpkg", layer="alerts")
    if outcome.parcels is not None:
        outcome.parcels.to_csv(folder / "parcels.csv", index=False, encoding="utf-8-sig")
    if outcome.change is not None:
        _write_change(outcome.change, folder)
    text = json.dumps(outcome.record, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / RECORD).write_text(text, encoding="utf-8")


def _write_change(change: ForestChange, folder: Path) -> None:
    record = _change_record(change)
    with (folder / "forest_change.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["class", "zh", "en", "mapped_ha"])
        for name, text in CHANGES.items():
            rows.writerow([name, text.zh, text.en, record["mapped_ha"][name]])
    change.accuracy.table.to_csv(folder / "accuracy.csv", index=False, encoding="utf-8-sig")
    change.accuracy.polygons.to_csv(
        folder / "error_matrix.csv", index_label="mapped \\ labelled", encoding="utf-8-sig"
    )
