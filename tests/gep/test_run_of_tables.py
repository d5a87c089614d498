"""Water by the supply form and carbon from inventories, from a table to a run's account."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rasterio

from tests.county import FACTORS, changed, make_county, write

STANDARD = """\
id = "tables"
title_zh = "表"
title_en = "tables"
source = "RECALL"
[services.water_conservation]
parts = [
  { variant = "supply_water_use", classes = ["1", "3", "5"] },
  { variant = "supply_transfer_out", classes = ["1", "3", "5"] },
  { variant = "supply_transfer_in", classes = ["1", "3", "5"] },
]
[services.carbon_sequestration]
parts = [{ variant = "stock_statistics", classes = ["1"] }]
valuations = ["per_tonne_carbon"]
sets = { carbon_price_per_carbon = "sdcarbon2018" }
[services.soil_retention]
parts = [{ variant = "rusle", classes = ["1", "2", "3", "5"] }]
"""
STATISTICS = """\
region,service,item,year,quantity,unit,carbon_stock_change,source
,water_conservation,water_use,2019,1200,万m3,,bulletin
,water_conservation,transfer_out,2019,300,万m3,,bulletin
,water_conservation,transfer_in,2019,500,万m3,,bulletin
00003,carbon_sequestration,,2019,,,-30,inventory
00005,carbon_sequestration,,2019,,,120,inventory
"""


@pytest.fixture(scope="module")
def run(
    tmp_path_factory: pytest.TempPathFactory, computed: Callable[..., dict[str, Any]]
) -> tuple[Path, dict[str, Any]]:
    """Compute a county by those tables, with a layer of flow accumulation."""
    folder = tmp_path_factory.mktemp("tables")
    project = make_county(folder, shape=(60, 70), parcels=8)
    (folder / "tables.toml").write_text(STANDARD, encoding="utf-8")
    (folder / "statistics.csv").write_text(STATISTICS, encoding="utf-8")
    with rasterio.open(folder / "elevation.tif") as file:
        flow = np.random.default_rng(3).integers(1, 500, file.shape).astype(np.float32)
        write(folder / "flow.tif", flow, file.transform, file.crs)
    tables = '[tables]\nstatistics = "statistics.csv"'
    replacements = {
        'grid = "land_cover"': f'grid = "land_cover"\nstandard = "tables.toml"\n{tables}',
        "[parcels]": '[layers.flow_accumulation]\npath = "flow.tif"\n[parcels]',
        f'[carbon]\nmethod = "biomass"\nfactors = "{FACTORS}"': "",
    }
    project = changed(project, "tables_county.toml", replacements)
    return folder / "run", computed(project, folder / "run")


def amounts(run: Path, service: str) -> pd.DataFrame:
    account = pd.read_parquet(run / "account.parquet")
    return account[account["service"] == service]


def test_what_a_county_supplies_is_shared_out_and_adds_up(run: tuple[Path, Any]) -> None:
    # 1200 + 300 - 500 = 1000 ten thousand m3
    rows = amounts(run[0], "water_conservation")
    assert rows["physical"].sum() == pytest.approx(1000e4)
    assert rows["physical"].min() > 0
    items = pd.read_parquet(run[0] / "items.parquet").groupby("item", observed=True)["physical"]
    assert items.sum().to_dict() == pytest.approx(
        {"water_use": 1200e4, "transfer_out": 300e4, "transfer_in": -500e4}
    )


def test_a_parcel_that_lost_carbon_is_a_source_of_negative_value(run: tuple[Path, Any]) -> None:
    # -30 t_C x 44/12 = -110 t_CO2e; at 1200 CNY per tonne of carbon -36000 CNY
    rows = amounts(run[0], "carbon_sequestration").groupby("parcel_id", observed=True)
    physical, value = rows["physical"].sum(), rows["value"].sum()
    assert physical["00003"] == pytest.approx(-110)
    assert value["00003"] == pytest.approx(-36_000)
    assert physical["00005"] == pytest.approx(440)
    assert set(physical.index[physical != 0]) == {"00003", "00005"}


def test_flow_accumulation_takes_the_place_of_the_cell_s_length(run: tuple[Path, Any]) -> None:
    assert "'slope_length_steepness_flow'" in str(run[1])
    assert "'slope_length_steepness_hj1173'" not in str(run[1])
