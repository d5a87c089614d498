"""The folder of a disturbance job: maps, alerts, parcels and what was done, whole or not at all."""

import csv
import json
import shutil
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
import pyogrio

from data_catalog.errors import OutputError, ProjectError
from data_catalog.text import Text
from sinks.satellite.disturbance.accuracy import CHANGES
from sinks.satellite.disturbance.forest_change import ForestChange
from sinks.satellite.disturbance.maps import write_map
from sinks.satellite.disturbance.outcome import Outcome, change_record

__all__ = ["check_folder", "write_outcome"]

RECORD = "disturbance.json"
OF_SERIES = ("duration", "recovered")
"""Maps that only a series of years gives."""
DAYS = "days since 1970-01-01"


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
            "duration": (found.duration, "year"), "recovered": (found.recovered, "1"),
        }  # fmt: skip
        if outcome.severity is not None:
            maps["severity"] = (np.where(found.event > 0, outcome.severity, np.nan), "1")
        if outcome.change is not None:
            for scene, forest in zip(outcome.change.scenes, outcome.change.forest, strict=True):
                maps[f"forest_{scene.id}"] = (np.where(forest < 0, np.nan, forest), "1")
        series = outcome.record["settings"]["method"] == "segments"
        for name, (values, units) in maps.items():
            if name in OF_SERIES and not series:
                continue
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
    record = change_record(change)
    with (folder / "forest_change.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["class", "zh", "en", "mapped_ha"])
        for name, text in CHANGES.items():
            rows.writerow([name, text.zh, text.en, record["mapped_ha"][name]])
    change.accuracy.table.to_csv(folder / "accuracy.csv", index=False, encoding="utf-8-sig")
    change.accuracy.polygons.to_csv(
        folder / "error_matrix.csv", index_label="mapped \\ labelled", encoding="utf-8-sig"
    )
