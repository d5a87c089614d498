"""A small county whose parcels have inventories, some of them, at two dates."""

from pathlib import Path

import geopandas as gpd

from tests.county import FACTORS, changed, make_county

NONE = None
COLUMNS = {
    "species": "优势树种", "volume": "每公顷蓄积", "volume_baseline": "每公顷蓄积_2010",
    "species_baseline": "优势树种_2010", "volume_se": "蓄积误差",
    "volume_se_baseline": "蓄积误差_2010", "age": "林龄", "origin": "起源",
}  # fmt: skip
OLD = f'method = "biomass"\nfactors = "{FACTORS}"'
MIXED = 'method = "inventory"\nrest = "class_density"\ndensities = "zhejiang-2016"'
ALONE = 'method = "inventory"'


def make_inventories(folder: Path, shape: tuple[int, int] = (96, 112), parcels: int = 8) -> Path:
    """Write the county; return its project, mixed of inventories and class densities.

    Parcels 00000 and 00001 have a volume at both dates, 00002 at the account year alone, 00003 is
    bamboo; the others have no inventory.
    """
    project = make_county(folder, shape, parcels)
    frame = gpd.read_parquet(folder / "parcels.parquet")
    rest = [NONE] * (len(frame) - 4)
    frame["优势树种"] = ["杉木", "马尾松", "Cunninghamia lanceolata", "毛竹", *rest]
    frame["优势树种_2010"] = ["杉木", "马尾松", NONE, NONE, *rest]
    frame["每公顷蓄积"] = [120.0, 80.0, 80.0, NONE, *rest]
    frame["每公顷蓄积_2010"] = [80.0, 90.0, NONE, NONE, *rest]
    frame["蓄积误差"] = [6.0, 4.0, 4.0, NONE, *rest]
    frame["蓄积误差_2010"] = [4.0, 4.0, NONE, NONE, *rest]
    frame["林龄"] = [20.0, 25.0, 15.0, NONE, *rest]
    frame["起源"] = ["人工", "天然", "人工", NONE, *rest]
    frame.to_parquet(folder / "parcels.parquet")
    columns = "\n".join(f'{name} = "{column}"' for name, column in COLUMNS.items())
    old = 'id = "parcel_id"\n'
    return changed(project, "mixed.toml", {OLD: MIXED, old: f"{old}[parcels.columns]\n{columns}\n"})
