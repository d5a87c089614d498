"""Accounts from tables: statistics shared out, objects placed, standards side by side."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data_catalog.errors import GepError
from tests.county import CELL, CRS, LEFT, TOP, changed

Run = tuple[Path, dict[str, Any]]
STATISTICS = """\
region,service,item,year,quantity,unit,price,net_output,source,note
,agricultural_products,rice,2019,2,万t,2.8e7,3e7,yearbook,
,agricultural_products,bamboo,2019,43.11,万株,5e4,2e6,yearbook,
,air_purification,sulphur_dioxide,2019,1137,t,,,yearbook,
,air_purification,dust,2010,941,t,,,yearbook,the only year there is
"""
TABLES = """[tables]
statistics = "statistics.csv"
lakes = "lakes.gpkg"
reservoirs = "reservoirs.gpkg"

[output]"""
OURS = """\
id = "{id}"
title_zh = "本县"
title_en = "Ours"
source = "GARZE2017"
default_set = "garze2017"
[services.agricultural_products]
parts = [{{ variant = "yearbook", classes = {classes}, spread = "{spread}" }}]
valuations = ["{valuation}"]
"""
EXTENT = (LEFT, TOP - 260 * CELL, LEFT + 300 * CELL, TOP)


@pytest.fixture(scope="session")
def with_tables(county: Path) -> Path:
    """Return a county's project with statistics, two lakes and a reservoir."""
    left, bottom, right, _ = EXTENT
    whole = shapely.box(left + 1000, bottom + 1000, left + 3000, bottom + 2500)
    half_outside = shapely.box(right - 500, bottom + 3000, right + 500, bottom + 4000)
    lakes = {"lake_region": ["tibet", "tibet"], "name": ["a", "b"]}
    frame = gpd.GeoDataFrame(lakes, geometry=[whole, half_outside], crs=CRS)
    frame.to_file(county.parent / "lakes.gpkg")
    point = shapely.Point(left + 4000, bottom + 4000)
    frame = gpd.GeoDataFrame({"capacity": [3e6]}, geometry=[point], crs=CRS)
    frame.to_file(county.parent / "reservoirs.gpkg")
    (county.parent / "statistics.csv").write_text(STATISTICS, encoding="utf-8")
    return changed(county, "with_tables.toml", {"[output]": TABLES})


@pytest.fixture(scope="session")
def both(
    with_tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """Return a run of two standards, the first the paper's profile."""
    out = tmp_path_factory.mktemp("both") / "run"
    return out, run(with_tables, out, "garze-2017", "cn-open")


def run(project: Path, out: Path, *standards: str) -> dict[str, Any]:
    from cli.accounts import accounts_of
    from tiles.compute import compute
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(project)
    return compute(wanted, accounts_of(wanted, standards), out, How(tile=128, workers=1))


def given(county: Path, name: str) -> Path:
    """Return the county's project with the statistics of a file of that name."""
    table = f'[tables]\nstatistics = "{name}.csv"\n[output]'
    return changed(county, f"{name}.toml", {"[output]": table})


def ours(folder: Path, **words: str) -> str:
    file = folder / f"{words.get('id', 'ours')}.toml"
    choices = {"id": "ours", "classes": '["51"]', "spread": "area", "valuation": "net_output"}
    file.write_text(OURS.format(**choices | words), encoding="utf-8")
    return str(file)


def items(out: Path, standard: str = "garze-2017") -> pd.DataFrame:
    rows = pd.read_csv(out / "items.csv", dtype={"ecosystem": str}, keep_default_na=False,
                       na_values={"physical": [""], "value": [""]})  # fmt: skip
    return rows[rows["standard"] == standard].set_index(["service", "item"])


def crops_of(out: Path) -> pd.DataFrame:
    account = pd.read_parquet(out / "account.parquet")
    mine = account["standard"] == "garze-2017"
    return account[mine & (account["service"] == "agricultural_products")]


def test_a_yearbook_s_figures_are_all_there_once_shared_out(both: Run) -> None:
    found = items(both[0])
    rice = found.loc[[("agricultural_products", "rice")]]
    # 2 万t; net output of 3e7 CNY
    assert rice["physical"].sum() == pytest.approx(20_000)
    assert rice["value"].sum() == pytest.approx(3e7)
    assert set(rice["physical_unit"]) == {"t/year"}
    dust = found.loc[[("air_purification", "dust")]]
    assert dust["value"].sum() == pytest.approx(941 * 150)


def test_bamboo_counts_in_the_value_and_not_in_the_tonnes(both: Run) -> None:
    bamboo = items(both[0]).loc[[("agricultural_products", "bamboo")]]
    assert set(bamboo["physical_unit"]) == {"万株/year"}
    assert bamboo["physical"].sum() == pytest.approx(43.11)
    crops = crops_of(both[0])
    assert crops["physical"].sum() == pytest.approx(20_000)
    assert crops["value"].sum() == pytest.approx(3.2e7)


def test_shares_follow_the_area_of_the_classes(both: Run) -> None:
    extent = pd.read_parquet(both[0] / "extent.parquet")
    crops = crops_of(both[0])
    merged = crops.merge(extent, on=["parcel_id", "ecosystem"])
    assert len(merged) == len(crops)
    per_hectare = merged["value"] / merged["area_ha"]
    assert per_hectare.to_numpy() == pytest.approx(3.2e7 / merged["area_ha"].sum(), rel=1e-9)


def test_a_lake_is_measured_whole_and_counts_where_it_lies(both: Run) -> None:
    # lake a: 2.0 x 1.5 km, all inside; b: 1 km2, half inside: e^6.636 (3^0.678 + 1^0.678 / 2)
    want = np.exp(6.636) * (3**0.678 + 0.5) * 1e4
    found = items(both[0])
    lake = found.loc[[("flood_mitigation", "lake")]]
    assert lake["physical"].sum() == pytest.approx(want, rel=2e-3)
    assert lake["value"].sum() == pytest.approx(7.06 * lake["physical"].sum())
    assert set(lake["ecosystem"]) == {"42"}
    (outside,) = both[1]["outside_the_parcels"]
    assert (outside["name"], outside["share"]) == ("b", pytest.approx(0.5))


def test_a_reservoir_is_in_the_parcel_that_holds_its_point(both: Run) -> None:
    found = pd.read_parquet(both[0] / "items.parquet")
    mine = (found["item"] == "reservoir") & (found["standard"] == "garze-2017")
    (row,) = found[mine].to_dict("records")
    assert row["physical"] == pytest.approx(0.35 * 3e6)
    parcels = gpd.read_parquet(both[0] / "parcels.parquet").set_index("parcel_id")
    left, bottom, *_ = EXTENT
    assert parcels.loc[row["parcel_id"], "geometry"].contains(
        shapely.Point(left + 4000, bottom + 4000)
    )


def test_parcels_and_classes_add_up_to_the_summary(both: Run) -> None:
    account = pd.read_parquet(both[0] / "account.parquet")
    account = account[account["standard"] == "garze-2017"]
    summary = pd.read_csv(both[0] / "summary.csv").set_index(["standard", "service"])
    parcels = gpd.read_parquet(both[0] / "parcels.parquet")
    for service, rows in account.groupby("service"):
        for column in ("physical", "value"):
            want = summary.loc[("garze-2017", service), column]
            assert rows[column].sum() == pytest.approx(want)
            assert parcels[f"{service}_{column}"].sum() == pytest.approx(want)
    total = summary.loc[("garze-2017", "gep")]
    assert parcels["gep"].sum() == pytest.approx(total["value"])
    shares = summary.loc["garze-2017"].drop("gep")["share_of_gep"]
    assert shares.sum() == pytest.approx(1)
    regulating = summary.loc["garze-2017"].query("group == 'regulating'")["share_of_group"]
    assert regulating.sum() == pytest.approx(1)


def test_what_cannot_be_computed_is_named_and_the_rest_counts(both: Run) -> None:
    told = {r["title_en"]: r["reason_en"] for r in both[1]["not_computed"]}
    reason = told["Air purification (Emission of nitrogen oxides)"]
    assert reason == "statistics.csv: has no row of air_purification, nitrogen_oxides."
    causes = {c["en"] for r in both[1]["not_computed"] for c in r["causes"]}
    assert "statistics.csv has no such rows: add them." in causes  # the same for all that lack rows
    assert ("air_purification", "dust") in items(both[0]).index
    assert both[1]["of_other_years"] == [{"table": "statistics.csv", "lines": [5]}]


@pytest.mark.parametrize("name", ["garze-2017", "cn-open"])
def test_two_standards_in_one_run_give_what_each_gives_alone(
    both: Run, with_tables: Path, tmp_path: Path, name: str
) -> None:
    run(with_tables, tmp_path / "alone", name)
    for file in ("account", "items"):
        if not (tmp_path / "alone" / f"{file}.parquet").exists():
            assert (file, name) == ("items", "cn-open")
            continue
        together = pd.read_parquet(both[0] / f"{file}.parquet")
        together = together[together["standard"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(
            together, pd.read_parquet(tmp_path / "alone" / f"{file}.parquet"), check_exact=True
        )


def test_people_read_of_two_standards_what_the_files_say(both: Run) -> None:
    from review.overview import read_overview
    from review.tables import all_tables

    tables = {table.id: table for table in all_tables(read_overview(both[0]))}
    compared = pd.read_csv(both[0] / "comparison.csv")
    total = compared[compared["service"] == "gep"].set_index("standard")["value"]
    names = ["garze-2017", "cn-open"]
    wan = [f"{total[name] / 1e4:,.2f}" for name in names]
    assert [cell.zh for cell in tables["comparison"].total[-2:]] == wan
    assert [column.title.zh for column in tables["comparison"].columns[-2:]] == names
    for name in ("summary", "values", "values_by_ecosystem"):
        assert wan[0] in {cell.zh for cell in tables[name].total}, name
    # 43.11 万株 for 2e6 CNY is 4.64 CNY a stem; the tonnes are of rice alone
    lines = {row[0].zh: [cell.zh for cell in row] for row in tables["summary"].rows}
    assert lines["bamboo"][1:5] == ["43.11", "万株/年", "4.64 元/株", "200.00"]
    assert lines["农业产品"][1:3] == ["20,000.00", "t/年"]


def test_what_two_standards_share_is_computed_once(with_tables: Path) -> None:
    from cli.accounts import accounts_of
    from gep.account import PreparedGep
    from tiles.compute import prepare, project_parameters, rings_of
    from tiles.inputs import resolve
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(with_tables)
    counts = {}
    for names in (("garze-2017",), ("cn-open",), ("garze-2017", "cn-open")):
        accounts = accounts_of(wanted, names)
        inputs = resolve(wanted)
        parameters = project_parameters(wanted, accounts)
        folder = with_tables.parent / "-".join(names)
        folder.mkdir(exist_ok=True)
        how = How(tile=128, workers=1)
        _, (gep, _), _ = prepare(
            inputs, parameters, accounts, folder, rings_of(inputs, folder), how
        )
        assert isinstance(gep, PreparedGep)
        ids = [m.id for m in gep.models]
        assert len(ids) == len(set(ids))
        counts[names] = len(ids)
    # the transpiration of climate regulation and evapotranspiration are the same work
    assert counts["garze-2017", "cn-open"] < counts["garze-2017",] + counts["cn-open",]


def test_standards_are_compared_service_by_service(both: Run) -> None:
    rows = pd.read_csv(both[0] / "comparison.csv").set_index(["service", "standard"])
    assert rows.loc[("soil_retention", "cn-open"), "value"] > 0
    assert not rows.loc[("species_conservation", "garze-2017"), "accounted"]
    assert "storm_runoff" in rows.loc[("water_conservation", "garze-2017"), "not_computed_en"]
    summary = pd.read_csv(both[0] / "summary.csv").set_index(["service", "standard"])
    for name in ("garze-2017", "cn-open"):
        assert rows.loc[("gep", name), "value"] == summary.loc[("gep", name), "value"]
    assert list(both[1]["other_standards"]) == ["cn-open"]


def test_every_figure_has_a_code_of_its_own(both: Run) -> None:
    codes = [c for f in ("items", "summary") for c in pd.read_csv(both[0] / f"{f}.csv")["code"]]
    assert len(codes) == len(set(codes))
    assert "cn-open/soil_retention/11" in codes
    assert "garze-2017/air_purification:dust/41" in codes
    assert "cn-open/gep/all" in codes


def test_npp_decides_the_shares_where_a_part_says_so(with_tables: Path, tmp_path: Path) -> None:
    run(with_tables, tmp_path / "run", ours(tmp_path, spread="npp", classes='["1", "51"]'))
    account = pd.read_parquet(tmp_path / "run" / "account.parquet")
    assert account["value"].sum() == pytest.approx(3.2e7)
    extent = pd.read_parquet(tmp_path / "run" / "extent.parquet")
    merged = account.merge(extent, on=["parcel_id", "ecosystem"])
    per_hectare = merged["value"] / merged["area_ha"]
    assert per_hectare.max() > 1.5 * per_hectare.min()


def test_what_is_not_shared_out_is_in_no_parcel_and_counts(
    with_tables: Path, tmp_path: Path
) -> None:
    manifest = run(with_tables, tmp_path / "run", ours(tmp_path, spread="none", classes="[]"))
    account = pd.read_parquet(tmp_path / "run" / "account.parquet")
    (row,) = account.to_dict("records")
    assert (row["parcel_id"], row["ecosystem"], row["value"]) == ("", "", 3.2e7)
    parcels = gpd.read_parquet(tmp_path / "run" / "parcels.parquet")
    assert parcels["gep"].isna().all()
    summary = pd.read_csv(tmp_path / "run" / "summary.csv").set_index("service")
    assert summary.loc["gep", "value"] == 3.2e7
    assert {r["item"] for r in manifest["not_shared_out"]} == {"rice", "bamboo"}
    codes = pd.read_csv(tmp_path / "run" / "items.csv")["code"]
    assert set(codes) == {f"ours/agricultural_products:{i}/none" for i in ("rice", "bamboo")}


def test_a_region_without_the_classes_leaves_its_item_out(county: Path, tmp_path: Path) -> None:
    extent_run = tmp_path / "extent"
    run(county, extent_run, "cn-open")
    extent = pd.read_parquet(extent_run / "extent.parquet")
    cropped = set(extent.loc[extent["ecosystem"] == "51", "parcel_id"])
    without = next(p for p in sorted(set(extent["parcel_id"])) if p not in cropped)
    (county.parent / "bare.csv").write_text(
        f"{STATISTICS}{without},agricultural_products,tea,2019,10,t,5,4e5,yearbook,\n",
        encoding="utf-8",
    )
    project = changed(
        county, "bare.toml", {"[output]": '[tables]\nstatistics = "bare.csv"\n[output]'}
    )
    manifest = run(project, tmp_path / "run", ours(tmp_path))
    (refused,) = manifest["services_not_computed"]
    assert refused["title_en"] == "Agricultural products (tea)"
    assert f"the classes 51 have no area in {without}" in refused["reason_en"]
    summary = pd.read_csv(tmp_path / "run" / "summary.csv").set_index("service")
    assert summary.loc["gep", "value"] == pytest.approx(3.2e7)


def test_a_price_that_is_missing_leaves_its_item_out_and_is_never_zero(
    county: Path, tmp_path: Path
) -> None:
    text = STATISTICS.replace("2,万t,2.8e7", "2,万t,")
    (county.parent / "unpriced.csv").write_text(text, encoding="utf-8")
    project = given(county, "unpriced")
    manifest = run(project, tmp_path / "run", ours(tmp_path, valuation="market_price"))
    (refused,) = [r for r in manifest["not_computed"] if r["account"] == "agricultural_products"]
    assert refused["title_en"] == "Agricultural products (rice)"
    assert refused["reason_en"].startswith("unpriced.csv: line 2 has no price")
    summary = pd.read_csv(tmp_path / "run" / "summary.csv").set_index("service")
    assert summary.loc["gep", "value"] == pytest.approx(43.11 * 5e4)


def test_without_the_table_the_service_says_what_is_needed(county: Path, tmp_path: Path) -> None:
    manifest = run(county, tmp_path / "run", ours(tmp_path))
    told = {r["account"]: r["reason_en"] for r in manifest["not_computed"]}
    assert told["agricultural_products"].startswith("[tables] statistics: the project gives no")


def test_two_valuations_of_one_family_are_refused_by_name(
    with_tables: Path, tmp_path: Path
) -> None:
    twice = ours(tmp_path, valuation='market_price", "residual')
    with pytest.raises(GepError, match="market_price and residual both value 'output'"):
        run(with_tables, tmp_path / "run", twice)
    assert not (tmp_path / "run").exists()


UNNOTED = "dust,2010,941,t,,,yearbook,"
WRONG = {
    "a column is unknown": (
        "region,service", "regin,service", "no column is named 'regin'. Did you mean region",
    ),
    "a column is missing": (",source,", ",", "has no column 'source'"),
    "text is no number": ("2,万t", "two,万t", ":2: column quantity is 'two'; it must be a number"),
    "out of range": ("941,t", "-941,t", ":5: column quantity is '-941'; it must be within 0 to"),
    "a year is wrong": (
        f"{UNNOTED}the only year there is", UNNOTED, ":5: is of 2010, not of the accounting year",
    ),
    "a service is unknown": (
        ",air_purification,dust", ",air_purifier,dust", "no service is named 'air_purifier'",
    ),
    "an item is unknown": ("dust", "dusty", "is named 'dusty'. Did you mean dust"),
    "a region is unknown": (
        ",air_purification,dust", "99999,air_purification,dust", "is named '99999'",
    ),
    "a row is there twice": ("dust,2010", "sulphur_dioxide,2010", ":5: is the same as line 4"),
    "a unit is none": ("941,t", "941,tons per head", ":5: column unit is 'tons per head'"),
    "a unit is of another kind": ("941,t", "941,m3", "is 'm3', but air_purification is counted in"),
    "regions overlap": (
        ",air_purification,dust", "00003,air_purification,sulphur_dioxide", "lines 4, 5 are of",
    ),
    "a source is empty": ("3e7,yearbook", "3e7,", ":2: column source is ''; it must be given"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_table_is_said_before_anything_is_computed(
    county: Path, tmp_path: Path, wrong: str
) -> None:
    old, new, said = WRONG[wrong]
    assert old in STATISTICS
    (county.parent / "wrong.csv").write_text(STATISTICS.replace(old, new), encoding="utf-8")
    project = given(county, "wrong")
    with pytest.raises(GepError) as caught:
        run(project, tmp_path / "run", "garze-2017")
    assert said in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_validate_tells_everything_that_is_wrong_with_a_table(
    county: Path,
) -> None:
    from cli.accounts import accounts_of
    from tiles.plan import check
    from tiles.project import read_project
    from tiles.run import How

    text = STATISTICS.replace("941,t", "941,m3").replace("bamboo,2019", "bamboo,2018")
    text = text.replace("2,万t", "two,万t")
    (county.parent / "several.csv").write_text(text, encoding="utf-8")
    project = given(county, "several")
    wanted = read_project(project)
    found = [e.say("en") for e in check(wanted, accounts_of(wanted), How(tile=128, workers=1))]
    assert any("is of 2018" in e for e in found)
    assert any("column quantity is 'two'" in e for e in found)


def test_items_are_the_same_for_any_tile_size(both: Run, with_tables: Path,
                                              tmp_path: Path) -> None:  # fmt: skip
    from cli.accounts import accounts_of
    from tiles.compute import compute
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(with_tables)
    accounts = accounts_of(wanted, ("garze-2017", "cn-open"))
    compute(wanted, accounts, tmp_path / "run", How(tile=37, workers=1))
    for name in ("account.parquet", "items.parquet", "items.csv", "summary.csv", "comparison.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (both[0] / name).read_bytes(), name


def test_the_manifest_names_the_tables_by_their_digests(both: Run) -> None:
    manifest = json.loads((both[0] / "manifest.json").read_text(encoding="utf-8"))
    files = {r["path"]: r["sha256"] for r in manifest["inputs"]}
    assert {"statistics.csv", "lakes.gpkg", "reservoirs.gpkg"} <= set(files)
