"""Runs of the services that rest on tables: yearbook rows, roads, coast, visitors and floods."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from tests.county import CELL, CRS, LEFT, TOP, changed

Run = tuple[Path, dict[str, Any]]
STATISTICS = """\
service,item,year,quantity,unit,price,net_output,gross_output,share,annual_share,clean_share,\
inflow,rain_volume,outflow,evaporation_volume,storage_change,residents,source
forestry_products,timber,2019,18,万m3,414.88e4,,,,,,,,,,,,yearbook
forestry_products,bamboo,2019,43.11,万株,5e4,,,,,,,,,,,,yearbook
livestock_products,,2019,,,,22.076e8,,,,,,,,,,,yearbook
fishery_products,fish,2019,,,,,4e6,0.3,,,,,,,,,yearbook
ecological_energy,hydropower,2019,95.3,亿kWh,0.53e8,,,,,,,,,,,,yearbook
water_supply,domestic,2019,1.36,亿m3,,,,,,0.5,,,,,,,bulletin
water_supply,industrial,2019,150.17,亿m3,,,,,,,,,,,,,bulletin
water_supply,water_body,2019,,,,,,,,,3e8,1.2e8,0.9e8,2.1e8,0.2e8,,bulletin
tourism,all,2019,135,万人次,,,3e8,0.4,,,,,,,,,yearbook
leisure,town,2019,,,,,,,,,,,,,,50000,census
landscape_premium,homes,2019,1,万m2,800e4,,,,0.03,,,,,,,,register
landscape_premium,hotels,2019,5000,night,60,,,,1,,,,,,,,register
other_products,seedlings,2019,2,万株,3e4,,,,,,,,,,,,yearbook
"""
VISITORS = """\
zone,year,visitors,travel_cost,hours,hourly_wage,wage_share,consumer_surplus,source
near,2019,8000,60,4,30,,100,survey
far,2019,500,900,20,50,0.5,100,survey
"""
STORMS = """\
event,ecosystem,year,storm_rain,storm_runoff,source
june,1,2019,120,45,gauge
june,51,2019,120,80,gauge
july,1,2019,60,,gauge
"""
FLOODS = """\
lake,event,year,volume_max,volume_min,source
Baiyangdian,first,2019,0.81e8,0,gauge
Baiyangdian,second,2019,2.90e8,1.26e8,gauge
"""
PARAMETERS = """\
parameter,key,value,units,source
sea_wall_cost,mangrove,500000,CNY/(km*year),local
decibel_cost,,10000,CNY/(km*dBA*year),local
"""
OURS = """\
id = "{id}"
title_zh = "本县"
title_en = "Ours"
source = "GARZE2017"
default_set = "garze2017"

[services]
"""
TABLES = """[tables]
statistics = "more_statistics.csv"
visitors = "visitors.csv"
storms = "{storms}.csv"
flood_events = "flood_events.csv"
coast = "coast.gpkg"
roads = "roads.gpkg"
reservoirs = "flood_reservoirs.gpkg"
parameters = "more_parameters.csv"

[output]"""
LOWER, RIGHT = TOP - 260 * CELL, LEFT + 300 * CELL
Parts = dict[str, tuple[list[str], list[str]]]
PARTS: Parts = {
    "forestry_products": (['variant = "yearbook", classes = ["1"]'], ["market_price"]),
    "livestock_products": (['variant = "yearbook", classes = ["3"]'], ["net_output"]),
    "fishery_products": (['variant = "yearbook", classes = ["4"]'], ["rent"]),
    "ecological_energy": (['variant = "yearbook", classes = ["4"]'], ["market_price"]),
    "other_products": (
        ['variant = "yearbook", classes = ["5"], spread = "none"'], ["market_price"],
    ),
    "water_supply": (
        [
            'variant = "clean_domestic_use", classes = ["4"]',
            'variant = "industrial_use", classes = ["4"]',
            'variant = "water_balance", classes = ["4"]',
        ],
        ["domestic_tariff", "industrial_tariff"],
    ),
    "coastal_protection": (['variant = "guarded_coast", classes = ["11"]'], ["sea_wall"]),
    "noise_reduction": (['variant = "green_belt", classes = ["11"]'], ["decibels"]),
    "tourism": (
        ['variant = "visits", classes = ["1"]'], ["revenue_share"],
    ),
    "leisure": (['variant = "time_spent", classes = ["6"]'], ["time_value"]),
    "landscape_premium": (['variant = "beneficiaries", classes = ["6"]'], ["premium"]),
    "flood_mitigation": (
        [
            'variant = "lake_events", classes = ["42"]',
            'variant = "flood_capacity", classes = ["42"]',
            'variant = "storm_runoff", classes = ["1", "5"]',
        ],
        ["storage_cost"],
    ),
}  # fmt: skip


def standard(folder: Path, name: str, parts: Parts) -> str:
    lines = [OURS.format(id=name)]
    for service, (variants, valuations) in parts.items():
        listed = ", ".join(f"{{ {v} }}" for v in variants)
        lines.append(f"[services.{service}]\nparts = [{listed}]\nvaluations = {valuations}\n")
    file = folder / f"{name}.toml"
    file.write_text("".join(lines), encoding="utf-8")
    return str(file)


def run(project: Path, out: Path, *standards: str) -> dict[str, Any]:
    from cli.accounts import accounts_of
    from tiles.compute import compute
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(project)
    return compute(wanted, accounts_of(wanted, standards), out, How(tile=128, workers=1))


def line(*points: tuple[float, float]) -> shapely.LineString:
    """Return a line through points, in metres from the county's lower left corner."""
    return shapely.LineString([(LEFT + x, LOWER + y) for x, y in points])


@pytest.fixture(scope="session")
def with_objects(county: Path) -> Path:
    """Return a county's project with all tables of these services."""
    folder = county.parent
    coast = {"defence": ["mangrove", "rock"], "name": ["a", "b"]}
    shapes = [line((500, 500), (500, 3500)), line((4000, 500), (4000, 1500))]
    gpd.GeoDataFrame(coast, geometry=shapes, crs=CRS).to_file(folder / "coast.gpkg")
    roads = gpd.GeoDataFrame(
        {"noise_reduction": [6.0]}, geometry=[line((1000, 4000), (4000, 4000))], crs=CRS
    )
    roads.to_file(folder / "roads.gpkg")
    point = shapely.Point(LEFT + 4000, LOWER + 4000)
    reservoirs = gpd.GeoDataFrame({"flood_capacity": [4e6]}, geometry=[point], crs=CRS)
    reservoirs.to_file(folder / "flood_reservoirs.gpkg")
    kept = STORMS.replace("july,1,2019,60,,gauge\n", "")
    for name, text in (
        ("more_statistics", STATISTICS), ("visitors", VISITORS), ("storms", kept),
        ("storms_without", STORMS), ("flood_events", FLOODS), ("more_parameters", PARAMETERS),
    ):  # fmt: skip
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return changed(county, "with_objects.toml", {"[output]": TABLES.format(storms="storms")})


@pytest.fixture(scope="session")
def done(with_objects: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("objects") / "run"
    return out, run(with_objects, out, standard(with_objects.parent, "objects", PARTS))


def items(out: Path) -> pd.DataFrame:
    rows = pd.read_csv(out / "items.csv", dtype={"ecosystem": str}, keep_default_na=False,
                       na_values={"physical": [""], "value": [""]})  # fmt: skip
    return rows.groupby(["service", "item", "physical_unit"])[["physical", "value"]].sum()


@pytest.mark.parametrize(
    ("service", "item", "unit", "physical", "value"),
    [
        ("forestry_products", "timber", "m3/year", 18e4, 18e4 * 414.88),
        ("forestry_products", "bamboo", "万株/year", 43.11, 43.11e4 * 5),
        # an output of 4e6 CNY, 0.3 of it rent
        ("fishery_products", "fish", "t/year", 0, 1.2e6),
        ("livestock_products", "", "t/year", 0, 22.076e8),
        ("ecological_energy", "hydropower", "kWh/year", 95.3e8, 50.509e8),
        ("other_products", "seedlings", "stem/year", 2e4, 6e4),
        # half of 1.36e8 m3 is clean; x 2.6 CNY/m3
        ("water_supply", "domestic", "m3/year", 0.68e8, 1.768e8),
        ("water_supply", "industrial", "m3/year", 150.17e8, 540.612e8),
        # 3 + 1.2 - 0.9 - 2.1 - 0.2 = 1e8 m3, which no valuation was chosen for
        ("water_supply", "water_body", "m3/year", 1e8, 0),
        ("tourism", "all", "visit/year", 135e4, 1.2e8),
        # 1e4 m2 x 800 CNY x 0.03; 5000 nights x 60 CNY
        ("landscape_premium", "homes", "m2/year", 1e4, 240_000),
        ("landscape_premium", "hotels", "night/year", 5000, 300_000),
        # 0.81 + 1.64 = 2.45e8 m3; 4e6 m3; each x 7.06 CNY/m3
        ("flood_mitigation", "lake", "m3/year", 2.45e8, 2.45e8 * 7.06),
        ("flood_mitigation", "reservoir", "m3/year", 4e6, 4e6 * 7.06),
    ],
)
def test_a_row_s_amount_and_value_are_in_the_account(
    done: Run, service: str, item: str, unit: str, physical: float, value: float
) -> None:
    row = items(done[0]).loc[(service, item, unit)]
    assert row["physical"] == pytest.approx(physical)
    assert row["value"] == pytest.approx(value)


def test_a_road_s_length_and_decibels_make_its_value(done: Run) -> None:
    # 3 km x 6 dB x 10 000 CNY/(km dB year) = 180 000 CNY; the map's kilometres are near the true
    row = items(done[0]).loc[("noise_reduction", "", "km")]
    assert row["physical"] == pytest.approx(3, rel=1e-3)
    assert row["value"] == pytest.approx(180_000, rel=1e-3)


def test_storm_water_is_held_on_the_area_of_each_ecosystem(done: Run) -> None:
    # (120 - 45) mm on forest, (120 - 80) mm on cropland
    extent = pd.read_parquet(done[0] / "extent.parquet")
    areas = extent.groupby("ecosystem", observed=True)["area_ha"].sum()
    codes = areas.index.astype(str)
    forest, crops = (areas[codes.str.startswith(code)].sum() * 1e4 for code in ("1", "51"))
    row = items(done[0]).loc[("flood_mitigation", "vegetation", "m3/year")]
    assert row["physical"] == pytest.approx(0.075 * forest + 0.040 * crops)
    assert row["value"] == pytest.approx(row["physical"] * 7.06)


def test_what_has_no_number_is_named_with_the_parameter_that_is_missing(done: Run) -> None:
    told = {r["title_en"]: r["reason_en"] for r in done[1]["not_computed"]}
    assert "leisure_visits" in told["Daily leisure (Time spent)"]
    coast = next(v for k, v in told.items() if k.startswith("Coastal protection"))
    assert "sea_wall_cost" in coast
    assert "defence = rock" in coast


def test_visitors_are_valued_by_zone_or_by_a_survey_of_all(
    with_objects: Path, tmp_path: Path
) -> None:
    # near: 8000 x 60 + 8000 x 4 x 30 x 0.3 = 768 000; far, at half the wage: 500 x 900 +
    # 500 x 20 x 50 x 0.5 = 700 000; surplus 8500 x 100 = 850 000: 2 318 000 CNY
    zones = ['variant = "visits_by_zone", classes = ["1"]']
    parts: Parts = {"tourism": (zones, ["zone_spending", "zone_time", "zone_surplus"])}
    name = standard(with_objects.parent, "zones", parts)
    text = Path(name).read_text(encoding="utf-8").replace("garze2017", "baiyang2017")
    Path(name).write_text(text, encoding="utf-8")
    parts = {"tourism": (zones, ["visit_spending", "visit_time", "visit_surplus"])}
    other = standard(with_objects.parent, "survey", parts)
    text = Path(other).read_text(encoding="utf-8").replace("garze2017", "baiyang2017")
    Path(other).write_text(text, encoding="utf-8")
    for n, (file, want) in enumerate(((name, 2_318_000), (other, 8500 * 973.83))):
        run(with_objects, tmp_path / str(n), file)
        (row,) = items(tmp_path / str(n)).to_dict("records")
        assert row["physical"] == pytest.approx(8500)
        assert row["value"] == pytest.approx(want)


def test_a_row_that_gives_an_impossible_number_is_left_out_and_named(
    with_objects: Path, tmp_path: Path
) -> None:
    upside_down = FLOODS.replace("2.90e8,1.26e8", "1.26e8,2.90e8")
    (with_objects.parent / "upside_down.csv").write_text(upside_down, encoding="utf-8")
    project = changed(with_objects, "upside.toml", {"flood_events.csv": "upside_down.csv"})
    done = run(project, tmp_path / "run", standard(with_objects.parent, "objects", PARTS))
    (told,) = (r["reason_en"] for r in done["not_computed"] if "line 3" in r["reason_en"])
    assert "gives -1.64e+08 m3/year" in told
    assert ("flood_mitigation", "lake", "m3/year") not in items(tmp_path / "run").index


def test_a_storm_without_runoff_waits_for_the_regression(
    with_objects: Path, tmp_path: Path
) -> None:
    # with a = 20 mm and b = 50 mm: of 120 mm run off 20 ln 120 - 50 = 45.75, of 60 mm 31.89
    given = {"more_parameters.csv": "slopes.csv", "storms.csv": "storms_without.csv"}
    project = changed(with_objects, "regression.toml", given)
    rows = PARAMETERS + "".join(
        f"storm_runoff_{n},{code},{v},mm/year,local\n"
        for n, v in (("slope", 20), ("intercept", 50))
        for code in ("1", "51")
    )
    (with_objects.parent / "slopes.csv").write_text(rows, encoding="utf-8")
    found = {}
    for variant in ("storm_runoff", "storm_regression"):
        parts: Parts = {
            "flood_mitigation": (
                [f'variant = "{variant}", classes = ["1", "5"]'], ["storage_cost"],
            )
        }  # fmt: skip
        name = standard(with_objects.parent, variant, parts)
        found[variant] = tmp_path / variant, run(project, tmp_path / variant, name)
    (reason,) = [r["reason_en"] for r in found["storm_runoff"][1]["not_computed"]]
    assert "line 4 has no storm_runoff" in reason
    out, _ = found["storm_regression"]
    extent = pd.read_parquet(out / "extent.parquet")
    areas = extent.groupby("ecosystem", observed=True)["area_ha"].sum()
    codes = areas.index.astype(str)
    forest, crops = (areas[codes.str.startswith(code)].sum() * 1e4 for code in ("1", "51"))
    held = {p: (p - (20 * np.log(p) - 50)) / 1000 for p in (120, 60)}
    want = (held[120] + held[60]) * forest + held[120] * crops
    assert items(out).loc[("flood_mitigation", "vegetation", "m3/year"), "physical"] == (
        pytest.approx(want)
    )
