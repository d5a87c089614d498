"""The whole job: a scene set into disturbances, alerts and a table per parcel."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio.features
import shapely
from shapely.geometry import shape

from data_catalog.parameters import Parameters
from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.satellite.disturbance.alerts import all_alerts, parcel_disturbance, read_alerts
from sinks.satellite.disturbance.detection import detect
from sinks.satellite.disturbance.differencing import severity
from sinks.satellite.disturbance.forest_change import ForestChange, forest_change, lost_forest
from sinks.satellite.disturbance.found import Found
from sinks.satellite.disturbance.patches import alerts_of, cell_areas, patches
from sinks.satellite.disturbance.rules import BURN_INDEX, row, rows_read, severities
from sinks.satellite.scenes.composites import day_of
from sinks.satellite.scenes.declared import SceneSet
from sinks.satellite.scenes.reading import Files, grid_of, scenes_on_grid
from sinks.satellite.scenes.scale import check_scale
from tiles.grid import Grid
from tiles.runfolder import sha256

__all__ = ["Outcome", "change_record", "disturbances"]

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
        unseen = None if parcels is None else _unseen(found, grid, parcels)
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
        record["forest_change"] = change_record(change)
    read = rows_read(wanted, parameters) if scenes.scenes else []
    record["parameters"] = [r.record() for r in read]
    record["inputs"] = _inputs(scenes)
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


def _inputs(scenes: SceneSet) -> list[dict[str, str]]:
    """Return the files that were read, by hash; an address without one."""
    entries = scenes.entries
    paths = [band.path for scene in scenes.scenes for band in scene.bands.values()]
    paths += [scene.mask.path for scene in scenes.scenes if scene.mask is not None]
    paths += [scenes.path(entry.path) for entry in entries.alerts]
    if entries.forest is not None:
        paths.append(scenes.path(entries.forest.path))
    if entries.training is not None:
        layers = (path for group in entries.training.layers.values() for path in group)
        paths += [scenes.path(path) for path in (entries.training.path, *layers)]
    return [
        {"path": path} | ({} if "://" in path else {"sha256": sha256(Path(path))})
        for path in dict.fromkeys(paths)
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
    if not np.isnan(found.duration).all():
        most = row(parameters, "disturbance_abrupt_duration", "landtrendr").in_units("year")
        summary["abrupt_ha"] = float(areas[found.duration <= most].sum())
        summary["gradual_ha"] = float(areas[found.duration > most].sum())
    if classes is not None:
        summary["disturbed_ha_by_severity"] = {
            name: float(areas[classes == place].sum())
            for place, name in enumerate(severities(parameters), start=1)
        }
    return summary


def change_record(change: ForestChange) -> dict[str, Any]:
    """Return areas and accuracy of a forest change as plain numbers."""
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
    if not scenes.scenes:
        notes.append(
            Text(
                "只有其他来源的预警：没有预警的地方是否被查看过，无从得知。",
                "These are other providers' alerts alone: where there is none, whether anybody "
                "looked is not known.",
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


def _unseen(found: Found, grid: Grid, parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return land that should have been looked at and was not, as polygons.

    That is cells without clear looks, and all that lies beside the grid.
    """
    hidden = (found.asked & ~found.looked).astype(np.uint8)
    shapes = rasterio.features.shapes(hidden, mask=hidden > 0, transform=grid.affine)
    around = shapely.box(*parcels.to_crs(grid.crs).total_bounds)
    beside = around.difference(shapely.box(*grid.bounds))
    parts = [*(shape(one) for one, _ in shapes), *([] if beside.is_empty else [beside])]
    return gpd.GeoDataFrame(geometry=parts, crs=grid.crs)
