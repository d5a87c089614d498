"""The demonstration: nine counties of Lishui from the bundled data, as an official checks it."""

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import Geod

from data_catalog.datasets import folder
from data_catalog.parameters import bundled
from data_catalog.regions import region
from review.overview import read_overview
from review.published import compared, find, read_statistics
from review.table import Table
from review.tables import all_tables
from sinks.pools import density_parameter
from tiles.project import read_project

DATA = folder("lishui")
COUNTIES = ("331102", "331121", "331122", "331123", "331124", "331125", "331126", "331127",
            "331181")  # fmt: skip
HECTARE = 10_000
VOID = {"meta", "br", "input", "img", "hr", "link"}


@dataclass(frozen=True)
class Demo:
    run: Path
    folder: Path
    printed: str


def gep(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    here = tmp_path_factory.mktemp("lishui")
    done = gep("demo", "--lang", "zh", "--workers", "2", folder=here)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    return Demo(here / "gep-demo", here, done.stdout)


@pytest.fixture(scope="session")
def parcels(demo: Demo) -> gpd.GeoDataFrame:
    return gpd.read_parquet(demo.run / "parcels.parquet")


@pytest.fixture(scope="session")
def manifest(demo: Demo) -> dict[str, object]:
    return json.loads((demo.run / "manifest.json").read_text(encoding="utf-8"))


def bulletin(item: str) -> float:
    return find(read_statistics(DATA / "statistics.csv"), item, "2019", "Lishui city").value


def volume(demo: Demo, indicator: str) -> float:
    rows = pd.read_csv(demo.run / "indicators.csv")
    return float(rows.loc[rows["indicator"] == indicator, "amount"].sum())


def test_the_nine_counties_keep_their_six_digit_codes(parcels: gpd.GeoDataFrame) -> None:
    assert tuple(parcels["parcel_id"]) == COUNTIES
    assert all(isinstance(code, str) for code in parcels["parcel_id"])


def test_county_areas_sum_to_the_geodesic_area_of_the_polygons(parcels: gpd.GeoDataFrame) -> None:
    ellipsoid = Geod(ellps="WGS84")
    geodesic = sum(abs(ellipsoid.geometry_area_perimeter(g)[0]) for g in region("331100").geometry)
    assert parcels["area_ha"].sum() * HECTARE == pytest.approx(geodesic, rel=0.002)


def test_the_precipitation_volume_is_the_bulletins_within_two_percent(demo: Demo) -> None:
    published = bulletin("precipitation_volume")
    assert published == 345.3526e8
    assert volume(demo, "precipitation_volume") == pytest.approx(published, rel=0.02)


def test_the_project_scales_rain_to_the_depth_that_the_statistics_hold() -> None:
    scaled = read_project(DATA / "project.toml").layers["precipitation"].scale_to
    assert scaled is not None
    assert scaled.mean == bulletin("precipitation")


def test_modelled_evapotranspiration_stands_beside_what_the_bulletin_implies(demo: Demo) -> None:
    implied = bulletin("precipitation_volume") - bulletin("water_resources_total")
    modelled = volume(demo, "evapotranspiration_volume")
    line = next(w for w in demo.printed.splitlines() if w.startswith("蒸散量") and "亿" in w)
    assert f"{modelled / 1e8:.2f}" in line
    assert f"{implied / 1e8:.2f}" in line
    assert f"{100 * (modelled / implied - 1):+.2f} %" in line


def test_forests_of_this_wet_city_conserve_up_to_four_times_chinas_mean(demo: Demo) -> None:
    # GONG2017: China's forests conserved 39.21e4 m3/km2 in 2010, 392 mm; a loose bound, no test
    account = pd.read_csv(demo.run / "account.csv", dtype={"ecosystem": str})
    extent = pd.read_csv(demo.run / "seea/extent.csv", dtype={"ecosystem": str})
    water = account[account["service"] == "water_conservation"].merge(extent, on="ecosystem")
    forest = water[water["ecosystem"].str.startswith("1")]
    mean = forest["physical"].sum() / (forest["closing"].sum() * HECTARE)
    assert 0.3921 < mean < 4 * 0.3921


def test_a_published_number_that_is_not_there_is_said_in_words(demo: Demo) -> None:
    overview = read_overview(demo.run)
    with pytest.raises(Exception, match="precipitation_volume: has no row of 2019 for Atlantis"):
        compared(overview, read_statistics(DATA / "statistics.csv"), "Atlantis", "2008")


def test_soil_retention_is_refused_because_the_elevation_is_too_coarse(
    demo: Demo, manifest: dict[str, list[dict[str, str]]]
) -> None:
    refused = {r["account"]: r for r in manifest["not_computed"]}
    assert refused["soil_retention"]["reason_en"].startswith("elevation.tif: its cells are 8690 m")
    assert "最多允许 100 m" in refused["soil_retention"]["reason_zh"]
    assert "最多允许 100 m" in demo.printed
    account = pd.read_parquet(demo.run / "account.parquet")
    assert "soil_retention" not in set(account["service"])


def test_the_carbon_stock_of_a_county_is_area_times_density_by_hand(demo: Demo) -> None:
    # Yunhe: only broadleaf (11) and mixed forest (13); per pool, area by class times density
    extent = pd.read_parquet(demo.run / "extent.parquet")
    area = extent[extent["parcel_id"] == "331125"].set_index("ecosystem")["area_ha"]
    assert set(area[area > 0].index) == {"11", "13"}
    carbon = pd.read_parquet(demo.run / "carbon.parquet")
    stock = carbon[carbon["parcel_id"] == "331125"].set_index("pool")["stock_tC"]
    assert set(stock.index) == {"above_ground", "below_ground", "litter", "soil"}
    for pool, got in stock.items():
        rows = bundled().of_set(density_parameter(str(pool)), "zhejiang-2016")
        by_hand = area["11"] * rows["11"].value + area["13"] * rows["13"].value
        assert got == pytest.approx(by_hand, rel=1e-9), pool


def test_sums_over_ecosystems_are_the_parcels(demo: Demo, parcels: gpd.GeoDataFrame) -> None:
    account = pd.read_parquet(demo.run / "account.parquet")
    account = account[account["parcel_id"] != ""]
    by_parcel = parcels.set_index("parcel_id")
    for service, rows in account.groupby("service", observed=True):
        sums = rows.groupby("parcel_id", observed=True)[["physical", "value"]].sum()
        for column in ("physical", "value"):
            want = by_parcel[f"{service}_{column}"]
            assert sums[column].to_numpy() == pytest.approx(want.to_numpy(), rel=1e-12)
    total = account.groupby("parcel_id", observed=True)["value"].sum()
    assert total.to_numpy() == pytest.approx(by_parcel["gep"].to_numpy(), rel=1e-12)
    extent = pd.read_parquet(demo.run / "extent.parquet")
    areas = extent.groupby("parcel_id")["area_ha"].sum()
    assert areas.to_numpy() == pytest.approx(by_parcel["area_ha"].to_numpy(), rel=1e-12)


def tables_of(demo: Demo) -> dict[str, Table]:
    return {table.id: table for table in all_tables(read_overview(demo.run))}


def test_the_total_is_that_of_the_summary_wherever_it_is_told(
    demo: Demo, parcels: gpd.GeoDataFrame
) -> None:
    summary = pd.read_csv(demo.run / "summary.csv").set_index("service")["value"]
    # what the counties have, and the 94.16e8 CNY of primary industry that no county has
    assert summary["gep"] == pytest.approx(parcels["gep"].sum() + 94.16e8, rel=1e-12)
    told = f"{summary['gep'] / 1e8:,.2f}"
    assert f"GEP 合计：{told} 亿元" in demo.printed
    tables = tables_of(demo)
    for name in ("summary", "values", "values_by_ecosystem"):
        assert told in {cell.zh for cell in tables[name].total}, name
    page = (demo.run / "page.html").read_text(encoding="utf-8")
    assert f"{told} 亿元" in page
    for name in ("values", "values_by_ecosystem"):
        rows = [row for row in tables[name].rows if row[0].zh.startswith("未分摊到")]
        assert [row[-1].zh for row in rows] == ["94.16"], name
        assert rows[0][0].zh in page
        assert rows[0][0].zh in demo.printed


def test_every_computed_service_is_in_the_summary_with_its_share(
    demo: Demo, manifest: dict[str, list[dict[str, str]]]
) -> None:
    table = tables_of(demo)["summary"]
    rows = [r for r, kind in zip(table.rows, table.kinds, strict=True) if not kind]
    assert [r[0].zh for r in rows] == [s["title_zh"] for s in manifest["services"]]
    assert sum(float(r[7].zh) for r in rows) == pytest.approx(100, abs=0.05 * len(rows))
    # 水源涵养: 6.11 CNY/m3, all of it on an estimated parameter
    water = next(r for r in rows if r[0].zh == "水源涵养")
    assert (water[3].zh, water[8].zh) == ("6.11 元/m³", "估计 100.0%")
    sums = [r[0].zh for r, kind in zip(table.rows, table.kinds, strict=True) if kind]
    assert sums[0] == "供给服务小计（1/7 项）"
    assert "标准所列 19 项服务中的 5 项" in demo.printed


def test_one_reason_is_told_once_with_all_the_services_it_stops(demo: Demo) -> None:
    lines = demo.printed.split("\n没有计算的\n")[1].split("\n\n")[0].splitlines()
    about_rows = [w for w in lines if "yearbook.csv" in w]
    assert lines[0] == about_rows[0]  # what concerns most services comes first
    assert len(about_rows) == 1
    for name in ("农业产品", "水资源供给", "水质净化"):
        assert name in about_rows[0]
    told = [line.strip("·- ") for line in lines]
    assert len(told) == len(set(told))
    assert not [line for line in lines if "无法由" in line or line.count("（") > 4]
    assert max(len(line) for line in lines) < 120


def test_chinese_is_chinese_but_for_names_and_units(demo: Demo) -> None:
    page = (demo.run / "page.html").read_text(encoding="utf-8")
    texts = re.findall(r'<(\w+) lang="zh">(.*?)</\1>', page)
    assert len(texts) > 300
    sentence = re.compile(r"(?:\b[a-z]{3,}\b[ ,]+){2,}[a-z]{3,}", re.IGNORECASE)
    for said in (*(text for _, text in texts), *demo.printed.splitlines()):
        assert not sentence.search(said), said


def test_the_doubtful_share_counts_what_modelled_layers_rest_on(
    demo: Demo, manifest: dict[str, object]
) -> None:
    # water conservation rests on recalled Budyko parameters, oxygen on a recalled 32/44, climate
    # regulation on recalled energies of transpiration; soil retention and carbon on what was read
    account = pd.read_parquet(demo.run / "account.parquet")
    value = account.groupby("service")["value"].sum()
    recalled = ["water_conservation", "oxygen_release", "climate_regulation"]
    doubtful = value[recalled].sum()
    assert manifest["doubtful_share"] == pytest.approx(doubtful / value.sum(), rel=1e-12)


def test_every_figure_is_readable(demo: Demo) -> None:
    assert not re.search(r"\d[eE][+-]?\d", demo.printed), "powers of ten"
    assert not re.search(r"(?<![\d.,])\d{4,}\.\d", demo.printed), "thousands are not apart"
    assert "nan" not in demo.printed.lower()


def test_chinese_columns_are_aligned(demo: Demo) -> None:
    from rich.cells import cell_len

    for table in all_tables(read_overview(demo.run)):
        lines = demo.printed.split(f"\n{table.title.zh}\n")[1].split("\n\n")[0].splitlines()
        rows = [w for w in lines if re.match(r"\S", w) and not w.startswith("名称")][2:]
        last = tuple({row[-1].zh for row in (*table.rows, table.total) if row} - {""})
        ends = {cell_len(w) for w in rows if w.endswith(last) and not w.startswith("生态")}
        assert len(ends) == 1, table.title.zh


def test_it_speaks_english_too_and_replaces_only_when_told(demo: Demo) -> None:
    refused = gep("demo", "--lang", "en", folder=demo.folder)
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith(
        "exists already. Replace it with --overwrite, or choose another folder."
    )
    assert refused.stdout == ""
    done = gep("demo", "--lang", "en", "--out", "other", folder=demo.folder)
    assert done.returncode == 0, done.stderr
    again = gep("demo", "--lang", "en", "--out", "other", "--overwrite", folder=demo.folder)
    assert again.returncode == 0, again.stderr
    assert again.stdout == done.stdout
    for words in (
        "Longquan",
        "Not computed, and why",
        "Not for publication",
        "in prices of different",
    ):
        assert words in done.stdout
    tables = done.stdout.split("Not computed")[0].splitlines()
    assert not [w for w in tables if re.search(r"[\u4e00-\u9fff]", w) and "公报" not in w]


def test_it_names_the_limits_and_where_to_look(demo: Demo) -> None:
    with (DATA / "limits.csv").open(encoding="utf-8", newline="") as file:
        limits = [row["zh"] for row in csv.DictReader(file)]
    page = (demo.run / "page.html").read_text(encoding="utf-8")
    assert "审图号" in limits[0]
    for limit in limits:
        assert limit in demo.printed
        assert limit in page
    for name in re.findall(r"gep-demo/([\w./]+)", demo.printed):
        assert (demo.run / name).exists(), name


class Page(HTMLParser):
    """Collects text and what is linked, and insists that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        named = dict(attrs)
        self.links += [str(named[k]) for k in ("src", "href", "xlink:href", "srcset") if k in named]
        self.ids += [str(named["id"])] if "id" in named else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()


def test_the_page_is_whole_and_needs_no_network(demo: Demo, parcels: gpd.GeoDataFrame) -> None:
    text = (demo.run / "page.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.links == []
    assert len(page.ids) == len(set(page.ids))
    assert "url(" not in text
    assert "@import" not in text
    for parcel in parcels.itertuples():
        row = re.search(rf'<th scope="row"><span lang="zh">{parcel.zh}</span>.*?</tr>', text)
        assert row, parcel.zh
        assert f"{parcel.gep / 1e8:,.2f}" in text
    assert text.count("<path d=") == len(COUNTIES)
