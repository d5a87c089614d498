"""Canton Vaud: InVEST Carbon's inputs as a project, its outputs as what to find."""

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

VAUD = (
    Path(os.environ.get("GEP_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    / "invest_reference"
    / "vaud_carbon"
)
POOLS = {"c_above": "above_ground", "c_below": "below_ground", "c_dead": "dead_wood",
         "c_soil": "soil"}  # fmt: skip
CLASSES = {
    "1": "61", "2": "82", "3": "63", "4": "72", "6": "73", "7": "71", "10": "62", "11": "34",
    "12": "51", "15": "23", "16": "52", "18": "31", "20": "33", "21": "22", "23": "11",
    "24": "12", "25": "13", "26": "32", "29": "14", "35": "41", "41": "42",
}  # fmt: skip
"""A class of our own for each of InVEST's lucodes: names without a meaning here, as are its
lucodes; a class that the toolkit does not know cannot be in a crosswalk."""
PROJECT = """\
[project]
name = "vaud"
year = 2012
baseline_year = 2006
grid = "land_cover_baseline"
[layers.land_cover]
path = "{data}/inputs/{cover}"
classes = "lucodes.csv"
[layers.land_cover_baseline]
path = "{data}/inputs/lulc_2006.tif"
classes = "lucodes.csv"
[tables]
parameters = "pools.csv"
[carbon]
method = "class_density"
densities = "project"
{more}[output]
maps = ["carbon_stock"]
"""


def make_vaud(folder: Path, cover: str = "lulc_2012.tif", more: str = "", se: float = 0.1) -> Path:
    """Write a project over InVEST's inputs; densities err by a share `se` of themselves."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{lucode},,{code}," for lucode, code in CLASSES.items()]
    (folder / "lucodes.csv").write_text("\n".join(["code,legend,ecosystem,note", *lines]), "utf-8")
    rows = ["parameter,key,value,se,units,source,where"]
    with (VAUD / "inputs" / "carbon_pools.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column, pool in POOLS.items():
                key, value = CLASSES[row["lucode"]], float(row[column])
                place = f"lucode {row['lucode']}"
                rows.append(f"carbon_density_{pool},{key},{value},{value * se},t_C/ha,vaud,{place}")
    (folder / "pools.csv").write_text("\n".join(rows), "utf-8")
    project = folder / "vaud.toml"
    project.write_text(PROJECT.format(data=VAUD, cover=cover, more=more), "utf-8")
    return project


def totals() -> dict[str, float]:
    """Return what InVEST found in all, t of carbon and money."""
    with (VAUD / "outputs" / "raster_values_summary.csv").open(encoding="utf-8") as file:
        return {row["Raster"]: float(row["Total"]) for row in csv.DictReader(file)}


def output(name: str) -> Any:
    """Return one of InVEST's maps, NaN where it has no value."""
    with rasterio.open(VAUD / "outputs" / f"{name}.tif") as file:
        return file.read(1, masked=True).astype(np.float64).filled(np.nan)


def density(run: Path, suffix: str = "") -> Any:
    """Return a run's maps of carbon density added up over the pools, t_C/ha."""
    layers = []
    for pool in POOLS.values():
        with rasterio.open(run / "maps" / f"carbon_density_{pool}{suffix}.tif") as file:
            layers.append(file.read(1).astype(np.float64))
    return np.sum(layers, axis=0)
