"""The account of the Gaotianyan reserve 2014 by its profile, the paper's slips beside ours.

The areas of the stands are strips of land, their production a layer. Bamboo is a broadleaf forest
of HJ 1166 with numbers of its own: it is accounted under a standard that differs by a few sets.
"""

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_catalog.standards import Standard, standard
from gep.account import GepAccount
from tests.strips import Strips
from tiles.compute import compute
from tiles.project import read_project
from tiles.run import How

CASES = Path(__file__).parent / "cases"
STANDS = {"coniferous": 12, "broadleaf": 11, "mixed": 13, "bamboo": 11, "shrub": 21}
HECTARE, WAN = 1e4, 1e4
PROJECT = """\
[project]
name = "gaotianyan"
year = 2014
price_year = 2014
standard = "gaotianyan-2017"
grid = "land_cover"
[layers.land_cover]
path = "land_cover.tif"
classes = "hj1166"
[layers.precipitation]
value = 1800
units = "mm/year"
[layers.npp]
path = "npp.tif"
units = "t_C/(ha*year)"
[layers.rainfall_erosivity]
value = 29854
units = "MJ*mm/(ha*hour*year)"
[layers.soil_erodibility]
value = 0.1
units = "t*ha*hour/(ha*MJ*mm)"
[layers.slope_length_steepness]
value = 1
[layers.cover_factor]
value = 0
[parcels]
path = "parcels.gpkg"
id = "parcel_id"
[tables]
statistics = "statistics.csv"
"""
STATISTICS = """\
service,item,year,quantity,unit,price,gross_output,share,source
forestry_products,timber,2014,18,万m3,414.88e4,,,GAOTIAN2017
forestry_products,bamboo,2014,43.11,万株,5e4,,,GAOTIAN2017
forestry_products,other,2014,8,万元,1e4,,,GAOTIAN2017
tourism,all,2014,1,万人次,,187e4,1,GAOTIAN2017
"""
ROWS = {
    row["stand"]: row
    for row in csv.DictReader(
        (CASES / "gaotianyan_2014_by_stand.csv").read_text(encoding="utf-8").splitlines()
    )
}
AIR = {
    row["stand"]: row
    for row in csv.DictReader(
        (CASES / "gaotianyan_2014_air.csv").read_text(encoding="utf-8").splitlines()
    )
}


def printed(stand: str, column: str) -> float:
    return float(ROWS[stand][column])


def of_bamboo() -> Standard:
    """Return the profile with the paper's numbers of bamboo."""
    chosen = standard("gaotianyan-2017")
    own = "gaotian2017-bamboo"
    sets = {
        "water_conservation": {"runoff_reduction": own},
        "air_purification": {"sulphur_dioxide_capacity": own, "dust_capacity": own},
    }
    services = {}
    for name, of_service in sets.items():
        choice = chosen.services[name]
        parts = tuple(part.model_copy(update={"classes": ("11",)}) for part in choice.parts)
        services[name] = choice.model_copy(update={"parts": parts, "sets": of_service})
    return chosen.model_copy(update={"id": "bamboo", "services": services})


@pytest.fixture(scope="module")
def reserve(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("gaotianyan")
    areas = {stand: printed(stand, "area_ha") * HECTARE for stand in STANDS}
    land = Strips(STANDS, areas, side=4000, cell=20)
    # 0.4445 t of carbon in a tonne of dry matter: 1.63 x 0.2727
    npp = {s: printed(s, "npp_t_dm") * 0.4445 / printed(s, "area_ha") for s in STANDS}
    land.write(folder, {"npp": npp})
    (folder / "statistics.csv").write_text(STATISTICS, encoding="utf-8")
    (folder / "project.toml").write_text(PROJECT, encoding="utf-8")
    account = GepAccount(standard("gaotianyan-2017"), of_bamboo())
    out = folder / "run"
    how = How(tile=512, workers=1)
    return out, compute(read_project(folder / "project.toml"), (account,), out, how)


@pytest.fixture(scope="module")
def figures(reserve: tuple[Path, dict[str, Any]]) -> pd.DataFrame:
    """Return amounts and values by service and stand; bamboo's by its own numbers."""
    account = pd.read_parquet(reserve[0] / "account.parquet")
    own = account["standard"] == "bamboo"
    differs = account["service"].isin(of_bamboo().services) & (account["parcel_id"] == "bamboo")
    return account[own == differs].set_index(["service", "parcel_id"])


@pytest.mark.parametrize("stand", STANDS)
def test_carbon_and_oxygen_of_a_stand_are_those_printed(figures: pd.DataFrame, stand: str) -> None:
    carbon = figures.loc[("carbon_sequestration", stand)]
    assert carbon["physical"] == pytest.approx(printed(stand, "co2_t"), rel=1e-5)
    assert carbon["value"] / WAN == pytest.approx(printed(stand, "co2_value_1e4_yuan"), abs=0.03)
    oxygen = figures.loc[("oxygen_release", stand)]
    assert oxygen["physical"] == pytest.approx(printed(stand, "o2_t"), rel=1e-5)
    assert oxygen["value"] / WAN == pytest.approx(printed(stand, "o2_value_1e4_yuan"), abs=0.03)


@pytest.mark.parametrize("stand", STANDS)
def test_the_paper_s_water_lacks_a_factor_of_ten(figures: pd.DataFrame, stand: str) -> None:
    # conifers: 613 ha x 1080 mm x 0.36 = 238.3e4 m3, printed 23.83e4
    water = figures.loc[("water_conservation", stand)]
    slip = printed(stand, "storage_1e4_m3_printed")
    assert water["physical"] / WAN == pytest.approx(10 * slip, rel=2e-3)
    value = printed(stand, "storage_value_1e4_yuan")
    assert water["value"] / WAN == pytest.approx(10 * value, rel=2e-3)


@pytest.mark.parametrize("stand", STANDS)
def test_air_is_sulphur_dioxide_and_dust(figures: pd.DataFrame, stand: str) -> None:
    air = figures.loc[("air_purification", stand)]
    row = AIR[stand]
    values = (float(row["so2_value_1e4_yuan"]), float(row["dust_value_1e4_yuan"]))
    assert air["value"] / WAN == pytest.approx(sum(values), rel=1e-3)


def test_a_hectare_s_soil_is_worth_what_is_printed_but_for_two_slips(
    figures: pd.DataFrame,
) -> None:
    # land 952.69, organic matter 59286.00, phosphorus 8478.58, potassium 3898.95 as printed;
    # nitrogen 2985.40 x 1.52 x 4.1739 = 18940.4 where the paper swaps two digits: 19090.69;
    # silt 0.24 x 2985.40 / 0.37 x 0.88 = 1704.1 where the paper forgets the density: 630.52
    soil = figures.loc["soil_retention"]
    per_hectare = soil["value"].sum() / sum(printed(s, "area_ha") for s in STANDS)
    as_printed = 952.69 + 630.52 + 59286.00 + 19090.69 + 8478.58 + 3898.95
    assert as_printed == pytest.approx(92337.43, abs=0.01)
    corrected = as_printed - 19090.69 + 18940.4 - 630.52 + 1704.1
    assert per_hectare == pytest.approx(corrected, rel=1e-4)


def test_vapour_is_transpiration_as_printed_and_evaporation_of_the_rain_given(
    figures: pd.DataFrame,
) -> None:
    # 0.129 CNY/m3 x (4314.46e4 m3 transpired + 0.6 x 1.8 m x 4706 ha); the paper's own 4768.05e4
    # m3 evaporated would need 1673 mm on 4750 ha
    trees = sum(printed(s, "npp_t_dm") for s in STANDS if s != "shrub")
    transpired = 750 * trees + 400 * printed("shrub", "npp_t_dm")
    assert transpired / WAN == pytest.approx(4314.46, abs=0.01)
    evaporated = 0.6 * 1.8 * 4706 * HECTARE
    found = figures.loc["climate_regulation"]["value"].sum()
    assert found == pytest.approx(0.129 * (transpired + evaporated), rel=1e-5)
    assert pytest.approx(1171.64, abs=0.01) == 0.129 * (4314.46 + 4768.05)


def test_species_are_the_equivalent_factor_brought_to_2014(figures: pd.DataFrame) -> None:
    # 99.10/21.63 x 4.51 x 449.10 x 606.70/493.60 = 11406.06 CNY/ha: 5417.88e4 on 4750 ha, and the
    # paper prints 5417.84e4
    found = figures.loc["species_conservation"]["value"].sum() / 4706
    assert found * 4750 / WAN == pytest.approx(5417.88, abs=0.01)
    assert found * 4750 / WAN == pytest.approx(5417.84, rel=1e-4)


def test_products_and_visitors_are_those_of_the_tables(figures: pd.DataFrame) -> None:
    # 18e4 m3 x 414.88 + 43.11e4 culms x 5 + 8e4 = 7691.39e4
    assert figures.loc["forestry_products"]["value"].sum() / WAN == pytest.approx(7691.39)
    assert figures.loc["tourism"]["value"].sum() / WAN == pytest.approx(187)


def test_the_printed_total_is_that_of_the_slips_and_of_a_row_outside_gep() -> None:
    # carbon, oxygen, water (a tenth), dust (without sulphur dioxide), soil, climate, products,
    # species, tourism, and the social security of 370 people, which is no ecosystem product
    parts = (3592.07, 8012.92, 164.37, 1817.19, 43860.29, 1171.64, 7691.39, 5417.84, 187, 115.44)
    assert sum(parts) == pytest.approx(72030.15, abs=0.01)


def test_the_total_without_slips(figures: pd.DataFrame) -> None:
    # on 4706 ha: 3592.07 + 8012.92 + 1643.7 + (48.08 + 1817.19) + 4706/4750 of soil (93260.7 x
    # 4750) and species (5417.88), climate as above, 7691.39 + 187
    climate = 0.129 * (4314.46 + 0.6 * 1.8 * 4706)
    soil, species = 9.32607 * 4706, 5417.88 * 4706 / 4750
    want = 3592.07 + 8012.92 + 1643.7 + 48.08 + 1817.19 + soil + species + climate + 7691.39 + 187
    assert figures["value"].sum() / WAN == pytest.approx(want, rel=1e-4)


def test_all_prices_are_of_the_paper_s_year(reserve: tuple[Path, dict[str, Any]]) -> None:
    assert {s["price_year"] for s in reserve[1]["services"]} <= {"", "2014"}
    assert "price years" not in {r["about"] for r in reserve[1]["remarks"]}
