"""North-east Madagascar: a real project at 120 m, from the shared data folder."""

import os
from pathlib import Path

import rasterio

from tests.county import irregular_parcels

DATA = (
    Path(os.environ.get("GEP_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    / "ne_madagascar"
)
RIGHT_CRS = "EPSG:29702"

PROJECT = """\
[project]
name = "ne-madagascar"
year = 2014
baseline_year = 2000
standard = "cn-open"
grid = "forest"

[layers.land_cover]
path = "{data}/madCover.tif"
classes = "globcover"
"""
LABORDE = {
    "forest": ("madForest2014", 'classes = "forest-mask"'),
    "forest_baseline": ("madForest2000", 'classes = "forest-mask"'),
    "precipitation": ("madPpt", 'units = "mm/month"'),
    "temperature_min": ("madTmin", 'units = "degC"'),
    "temperature_max": ("madTmax", 'units = "degC"'),
    "elevation": ("madElev", 'units = "m"'),
}
CARBON = '[carbon]\ndensities = "ipcc2006-tropical-rainforest"\n'
PARCELS = '[parcels]\npath = "parcels.parquet"\nid = "parcel_id"\n'


def make_madagascar(
    folder: Path, *, crs: str | None = RIGHT_CRS, parcels: int = 0, maps: str = "none"
) -> Path:
    """Write a project over the real files; return it.

    Parameters
    ----------
    crs : str or None
        What overrides the wrong tag of the Laborde grids; None leaves them as tagged.
    parcels : int
        How many irregular parcels tile the grid; with none the whole grid is one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = PROJECT.format(data=DATA)
    for name, (file, more) in LABORDE.items():
        text += f'[layers.{name}]\npath = "{DATA}/{file}.tif"\n{more}\n'
        text += f'crs = "{crs}"\n' if crs else ""
    if parcels:
        with rasterio.open(DATA / "madForest2014.tif") as file:
            box = file.bounds
        tiling = irregular_parcels(tuple(box), parcels, 29702, RIGHT_CRS)
        tiling.to_parquet(folder / "parcels.parquet")
        text += PARCELS
    project = folder / "madagascar.toml"
    text += CARBON + f'[output]\nmaps = "{maps}"\n'
    project.write_text(text, encoding="utf-8")
    return project
