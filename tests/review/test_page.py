"""The page of a run: what it says is what the run's files say, and names cannot break it."""

import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import MultiPolygon, box

from data_catalog.errors import RunError
from data_catalog.text import Text
from review.figures import figure, in_words, scale_for, signed
from review.overview import read_overview
from review.page import write_page
from review.parcel_map import parcel_map
from review.refusals import refusals
from review.table import Column, Table
from review.tables import MOST_ROWS, all_tables

HOSTILE = '<script>alert("林")</script> & </svg>\'"'
CARBON = pd.DataFrame(
    {
        "parcel_id": ["001", "001", "002", "002"],
        "pool": ["above_ground", "soil", "above_ground", "soil"],
        "year": 2019,
        "stock_tC": [30.0, 90.0, 0.0, float("nan")],
        "se_tC": [float("nan"), 4.5, float("nan"), float("nan")],
    }
)


def service(
    name: str, zh: str, en: str, year: str = "2010", *, counted: bool = True
) -> dict[str, Any]:
    model = {"id": "m", "title_zh": "法", "title_en": "way", "formula": "Q = A",
             "source": "HJ1173", "where": "A.1", "note_zh": "", "note_en": "",
             "inputs": [{"name": "physical", "symbol": "Q", "units": "m3/year",
                         "kind": "physical"}]}  # fmt: skip
    return {
        "service": name, "title_zh": zh, "title_en": en, "group": "regulating",
        "physical_zh": "量", "physical_en": "amount", "unit": "m3/year", "counted": counted,
        "price_year": year, "grade": "literature", "doubtful": [],
        "variants": [model | {"classes": ["1"]}],
        "valuations": [model | {"method": "market price"}], "note_zh": "", "note_en": "",
    }  # fmt: skip


def summary(value: float, physical: float, unshared: float = 0.0) -> pd.DataFrame:
    """Return the summary of water, and of crops that are not shared out if they are worth any."""
    total = value + unshared
    water = {"service": "water", "group": "regulating", "physical": physical, "unit": "m3/year",
             "unit_price": 2.0, "value": value, "share_of_gep": value / total}  # fmt: skip
    crops = {"service": "crops", "group": "provisioning", "unit": "t/year", "value": unshared,
             "share_of_gep": unshared / total}  # fmt: skip
    rows = [{"share_of_group": 1.0, "price_year": "2010", "counted": True} | one
            for one in ((water, crops) if unshared else (water,))]  # fmt: skip
    rows.append({"service": "gep", "counted": True, "value": total, "share_of_gep": 1.0})
    columns = ["service", "group", "counted", "physical", "unit", "unit_price", "value",
               "price_year", "share_of_group", "share_of_gep", "doubtful_share"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).assign(standard="s")


def with_crops(run: Path, value: float, items: dict[str, tuple[float, str, float]]) -> Path:
    """Add crops that are not shared out to a run of two parcels, by item: amount, unit, value."""
    account = pd.read_parquet(run / "account.parquet")
    row = {"parcel_id": "", "ecosystem": "", "service": "crops", "physical_unit": "t/year",
           "value": value, "price_year": "2010", "standard": "s", "missing_share": 0.0}  # fmt: skip
    both = pd.concat([account, pd.DataFrame([row])], ignore_index=True)
    both.to_parquet(run / "account.parquet")
    summary(3e6, 1.5e6, value).to_csv(run / "summary.csv", index=False)
    rows = [{"service": "crops", "item": name, "ecosystem": "", "physical": amount,
             "physical_unit": unit, "value": worth, "price_year": "2010", "standard": "s"}
            for name, (amount, unit, worth) in items.items()]  # fmt: skip
    pd.DataFrame(rows).to_csv(run / "items.csv", index=False)
    parcels = gpd.read_parquet(run / "parcels.parquet")
    parcels.assign(crops_physical=float("nan"), crops_value=float("nan")).to_parquet(
        run / "parcels.parquet"
    )
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    record = service("crops", "农产品", "Crops") | {"group": "provisioning", "unit": "t/year"}
    manifest["services"].insert(0, record)
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return run


def table_of(run: Path, name: str) -> Table:
    return next(t for t in all_tables(read_overview(run)) if t.id == name)


def written(cells: Iterable[Text]) -> list[str]:
    return [cell.en for cell in cells]


def write_run(
    run: Path, names: list[str], *, carbon: bool = True, crs: str = "EPSG:4549",
    values: list[float] | None = None, **more: Any,
) -> Path:  # fmt: skip
    """Write a run folder of square parcels of 100 ha, one beside the other."""
    (run / "seea").mkdir(parents=True)
    ids = [f"{n:03d}" for n in range(1, len(names) + 1)]
    side = 1000.0 if crs == "EPSG:4549" else 0.01
    worth = values or [1e6 * n for n in range(1, len(names) + 1)]
    frame = {"parcel_id": ids, "zh": names, "en": names, "area_ha": 100.0, "gep": worth,
             "water_physical": [v / 2 for v in worth], "water_value": worth}  # fmt: skip
    squares = [box(side * n, 0, side * (n + 1), side) for n in range(len(names))]
    gpd.GeoDataFrame(frame, geometry=squares, crs=crs).to_parquet(run / "parcels.parquet")
    account = pd.DataFrame(
        {"parcel_id": ids, "ecosystem": "11", "service": "water",
         "physical": frame["water_physical"], "physical_unit": "m3/year", "value": worth,
         "price_year": "2010", "standard": "s", "missing_share": 0.0}
    )  # fmt: skip
    account.to_parquet(run / "account.parquet")
    summary(sum(worth), sum(worth) / 2).to_csv(run / "summary.csv", index=False)
    extent = pd.DataFrame({"parcel_id": ids, "ecosystem": "11", "area_ha": 100.0})
    extent.to_parquet(run / "extent.parquet")
    if carbon:
        CARBON.to_parquet(run / "carbon.parquet")
        totals = pd.DataFrame({"pool": ["above_ground", "soil"], "year": 2019,
                               "stock_tC": [30.0, 90.0], "se_tC": [float("nan"), 4.5]})  # fmt: skip
        totals.to_csv(run / "carbon.csv", index=False)
    manifest = {
        "software": {"gep-toolkit": "0.1.0"}, "command": ["gep", "compute"],
        "project": {"project": {"name": "try", "year": 2019}}, "standard": "s",
        "standard_title_zh": "标准", "standard_title_en": "standard",
        "grid": {"crs": crs, "rows": 1, "cols": 2, "transform": [500.0, 0, 0, 0, -500.0, 0]},
        "parcels": {"source": "p.gpkg", "count": len(names)}, "inputs": [], "modelled": [],
        "not_computed": [], "parameters": [], "doubtful_share": 0.0,
        "services": [service("water", "水", "Water")],
    } | more  # fmt: skip
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (run / "alignment.json").write_text("[]", encoding="utf-8")
    return run


class Scripts(HTMLParser):
    """Collects the scripts and the text outside of them."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.inside = False
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.scripts[-1] += data
        else:
            self.text += data


def parsed(page: Path) -> Scripts:
    reader = Scripts()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def test_a_hostile_name_stays_text(tmp_path: Path) -> None:
    page = parsed(write_page(write_run(tmp_path / "run", [HOSTILE, "乙"])))
    assert len(page.scripts) == 2  # the map's record and the page's own script
    assert HOSTILE in page.text
    assert json.loads(page.scripts[0])["parcels"][0]["zh"] == HOSTILE
    assert "alert" not in page.scripts[1]


def test_a_run_without_carbon_has_a_page_without_carbon(tmp_path: Path) -> None:
    without = write_page(write_run(tmp_path / "a", ["甲", "乙"], carbon=False))
    with_carbon = write_page(write_run(tmp_path / "b", ["甲", "乙"]))
    assert "碳储量" not in parsed(without).text
    assert "碳储量" in parsed(with_carbon).text


def test_a_run_of_carbon_alone_has_a_page_too(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["甲", "乙"], services=[], doubtful_share=None)
    text = parsed(write_page(run)).text
    assert "森林碳储量" in text
    assert "GEP" not in text.replace("GEP and forest carbon account", "")


CROPS = {"rice": (20_000.0, "t/year", 2.5e6), "bamboo": (43.11, "万株/year", 0.5e6)}


def test_the_total_holds_what_is_in_no_parcel(tmp_path: Path) -> None:
    # parcels: water of 1e6 + 2e6; crops of 3e6 for the whole: 600 ten thousand in all
    run = with_crops(write_run(tmp_path / "run", ["甲", "乙"]), 3e6, CROPS)
    table = table_of(run, "values")
    assert written(table.rows[-1]) == ["Not shared out to parcels", "300.00", "–", "300.00"]
    assert written(table.total) == ["Total", "300.00", "300.00", "600.00"]
    by_class = table_of(run, "values_by_ecosystem")
    assert written(by_class.rows[-1]) == [
        "Not shared out to ecosystems", "–", "300.00", "–", "300.00"
    ]  # fmt: skip
    assert written(by_class.total)[1:] == ["200.0", "300.00", "300.00", "600.00"]
    assert "6.00 million CNY" in parsed(write_page(run)).text
    assert "农产品只有全域的数，没有分摊到宗地，只计入合计。" in parsed(write_page(run)).text


def test_the_summary_has_items_beneath_their_service_and_sums_by_group(tmp_path: Path) -> None:
    # rice: 2.5e6 / 20000 t = 125 CNY/t; half a million of six for bamboo: 8.3 % of GEP
    refused = {"account": "soil_retention", "title_zh": "土", "title_en": "soil (x)",
               "reason_zh": "缺", "reason_en": "lacking"}  # fmt: skip
    run = write_run(tmp_path / "run", ["甲", "乙"], not_computed=[refused])
    table = table_of(with_crops(run, 3e6, CROPS), "summary")
    assert table.kinds == ("", "part", "part", "subtotal", "", "subtotal")
    lines = [written(row) for row in table.rows]
    assert lines[0][:2] == ["Crops", "–"]
    assert lines[1] == ["rice", "20,000.00", "t/year", "125.00 CNY/t", "250.00", "2010", "83.3",
                        "41.7", ""]  # fmt: skip
    # 431,100 stems at 0.5e6 / 431100 = 1.16 CNY
    assert lines[2][:5] == ["bamboo", "43.11", "10,000 stem/year", "1.16 CNY/stem", "50.00"]
    assert (lines[3][0], lines[3][4]) == ("Provisioning: 1 of 1 services", "300.00")
    assert lines[4][:5] == ["Water", "150.00", "10,000 m³/year", "2.00 CNY/m³", "300.00"]
    assert lines[5][0] == "Regulating: 1 of 2 services"
    assert (table.total[0].zh, table.total[4].zh) == ("GEP 合计", "600.00")
    assert any("2 of the standard's 3" in note.en for note in table.notes)


def test_a_service_on_doubtful_numbers_is_marked_in_the_summary(tmp_path: Path) -> None:
    record = service("water", "水", "Water") | {"grade": "estimate", "doubtful": ["x[y]"]}
    run = write_run(tmp_path / "run", ["甲", "乙"], services=[record])
    whole = pd.read_csv(run / "summary.csv").assign(doubtful_share=0.25)
    whole.to_csv(run / "summary.csv", index=False)
    table = table_of(run, "summary")
    assert table.rows[0][-1] == Text("估计 25.0%", "estimate 25.0 %")
    assert table.total[-1].en == "25.0 %"
    assert any("not checked against the printed text" in note.en for note in table.notes)


def test_an_object_on_a_class_without_cells_is_in_its_ecosystem(tmp_path: Path) -> None:
    # a reservoir smaller than a cell: 42 has a value and no area
    run = write_run(tmp_path / "run", ["甲", "乙"])
    account = pd.read_parquet(run / "account.parquet")
    account.loc[1, "ecosystem"] = "42"
    account.to_parquet(run / "account.parquet")
    table = table_of(run, "values_by_ecosystem")
    assert [written(row)[1:] for row in table.rows] == [
        ["200.0", "100.00", "100.00"], ["–", "200.00", "200.00"]
    ]  # fmt: skip
    assert written(table.total)[-1] == "300.00"


def compared_with_b(run: Path) -> Path:
    """Add a second standard: another amount of water, and crops that only it has."""
    columns = {"accounted": True, "counted": True, "physical_unit": "m3/year", "price_year": "2010"}
    rows = [("water", "s", 1.5e6, 3e6, {}), ("water", "b", 2e6, 4e6, {"price_year": "2018"}),
            ("crops", "s", None, None, {"accounted": False}), ("crops", "b", None, None, {}),
            ("gep", "s", None, 3e6, {}), ("gep", "b", None, 4e6, {})]  # fmt: skip
    frame = pd.DataFrame([columns | {"service": n, "standard": s, "physical": p, "value": v} | more
                          for n, s, p, v, more in rows])  # fmt: skip
    frame.to_csv(run / "comparison.csv", index=False)
    return run


def test_two_standards_are_laid_side_by_side_and_the_page_says_whose_it_is(tmp_path: Path) -> None:
    told = {"account": "crops", "title_zh": "农产品", "title_en": "Crops", "reason_zh": "没有表",
            "reason_en": "no table"}  # fmt: skip
    guard = {"outcome": "warned", "found_zh": "可能重复", "found_en": "may count twice"}
    other = {"standard": "b", "standard_title_zh": "乙标准", "standard_title_en": "the other",
             "services": [service("water", "水", "Water")], "not_computed": [told],
             "guards": [guard]}  # fmt: skip
    run = write_run(tmp_path / "run", ["甲", "乙"], other_standards={"b": other})
    table = table_of(compared_with_b(run), "comparison")
    assert [written(row) for row in table.rows] == [
        ["water", "150.00", "200.00", "10,000 m³/year", "300.00 [2010]", "400.00 [2018]"],
        ["crops", "–", "–", "m³/year", "not in it", "not computed"],
    ]
    assert written(table.total)[-2:] == ["300.00", "400.00"]
    assert any("b: may count twice" in note.en for note in table.notes)
    text = parsed(write_page(run)).text
    for words in ("乙标准（b）", "this page is of s", "没有表", "可能重复"):
        assert words in text, words


@pytest.mark.parametrize(("region", "unit"), [
    ("331100", "亿元"), ("331102", "万元"), ("county.gpkg", "万元"), (None, "万元"),
])  # fmt: skip
def test_values_are_in_wan_up_to_a_county_and_in_yi_above(
    tmp_path: Path, region: str | None, unit: str
) -> None:
    values = [1e7, 5e7, 2e10]  # most parcels would be 0.10 or 0.50 in 亿元
    project = {"project": {"name": "try", "year": 2019, "region": region}}
    run = write_run(
        tmp_path / "run", ["甲", "乙", "丙"], values=values, carbon=False, project=project
    )
    assert table_of(run, "summary").columns[4].unit.zh == unit
    assert table_of(run, "values").columns[-1].unit.zh == "万元"


def test_numbers_on_the_page_are_those_of_the_account(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["甲", "乙"], values=[1_234_567.8, 2_000_000.0])
    text = parsed(write_page(run)).text
    for words in ("123.46", "200.00", "323.46", "万元", "323.46 万元", "3.23 million CNY"):
        assert words in text, words
    table = next(t for t in all_tables(read_overview(run)) if t.id == "values")
    assert [row[-1].zh for row in table.rows] == ["123.46", "200.00"]
    assert table.total[-1].zh == "323.46"
    assert table.columns[-1].unit == Text("万元", "10,000 CNY")


def test_a_missing_number_is_a_dash_and_a_zero_is_a_zero(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["甲", "乙"])
    table = next(t for t in all_tables(read_overview(run)) if t.id == "carbon")
    assert [c.zh for c in table.rows[0][1:4]] == ["30.0", "90.0 ± 4.5", "120.0"]
    assert [c.zh for c in table.rows[1][1:4]] == ["0.0", "–", "0.0"]
    assert table.total[2].zh == "90.0 ± 4.5"


def test_a_service_that_does_not_count_is_marked_and_left_out(tmp_path: Path) -> None:
    record = service("water", "水", "Water", counted=False)
    run = write_run(tmp_path / "run", ["甲", "乙"], services=[record])
    table = next(t for t in all_tables(read_overview(run)) if t.id == "values")
    assert table.columns[1].title == Text("水（不计入）", "Water (not counted)")
    by_ecosystem = next(t for t in all_tables(read_overview(run)) if t.id == "values_by_ecosystem")
    assert by_ecosystem.total[-1].zh == "–"


def test_what_was_not_computed_is_told_from_wherever_the_manifest_says_it(tmp_path: Path) -> None:
    told = {"account": "x", "title_zh": "某项", "title_en": "item", "reason_zh": "缘由一",
            "reason_en": "reason one"}  # fmt: skip
    run = write_run(
        tmp_path / "run", ["甲", "乙"], not_computed=[told],
        carbon_not_computed=[told | {"reason_zh": "缘由二"}],
        services_not_valued={"water": {"zh": "没有价格", "en": "no price"}},
    )  # fmt: skip
    text = parsed(write_page(run)).text
    for words in ("缘由一", "缘由二", "水（价值量）", "没有价格", "no price"):
        assert words in text


def refused(account: str, zh: str, en: str, *causes: str) -> dict[str, Any]:
    return {"account": account, "title_zh": zh, "title_en": en, "reason_zh": "长",
            "reason_en": "long", "causes": [{"zh": c, "en": c} for c in causes]}  # fmt: skip


def test_one_reason_is_told_once_and_what_concerns_most_services_first() -> None:
    section = {
        "services": [service("tourism", "旅游", "Tourism")],
        "not_computed": [
            refused("pest_control", "病", "Pests (a)", "no layer"),
            refused("water_supply", "水资源供给（生活用水）", "Water supply (homes)", "no rows"),
            refused("water_supply", "水资源供给（工业用水）", "Water supply (works)", "no rows"),
            refused("flood_mitigation", "洪（湖）", "Floods (lakes)", "no lakes"),
            refused("flood_mitigation", "洪（库）", "Floods (dams)", "no dams", "no price"),
            refused("tourism", "旅游（访客）", "Tourism (visitors)", "no rows"),
        ],
    }
    assert [(r.title.en, [c.en for c in r.causes]) for r in refusals(section)] == [
        ("Water supply; Tourism (visitors)", ["no rows"]),
        ("Pest control", ["no layer"]),
        ("Floods (lakes)", ["no lakes"]),
        ("Floods (dams)", ["no dams", "no price"]),
    ]


def test_it_opens_in_the_language_asked_for_and_holds_both(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["甲", "乙"])
    for language, tag in (("zh", "zh-CN"), ("en", "en")):
        text = write_page(run, language).read_text(encoding="utf-8")  # type: ignore[arg-type]
        assert f'<html lang="{tag}" data-lang="{language}">' in text
        assert "没有计算的" in text
        assert "What was not computed" in text


def test_more_tables_and_warnings_are_on_the_page(tmp_path: Path) -> None:
    table = Table(id="more", title=Text("另表", "More"), columns=(
        Column(title=Text("项", "item"), number=False), Column(title=Text("数", "number")),
    ), rows=((Text("a", "a"), Text("<7>", "<7>")),))  # fmt: skip
    run = write_run(tmp_path / "run", ["甲", "乙"])
    text = parsed(write_page(run, more=[table], warnings=[Text("当心", "Beware")])).text
    for words in ("另表", "<7>", "当心", "Beware"):
        assert words in text


def test_many_parcels_are_all_on_the_map_and_the_largest_in_the_table(tmp_path: Path) -> None:
    many = MOST_ROWS + 5
    run = write_run(tmp_path / "run", [f"林{n}" for n in range(many)], carbon=False)
    overview = read_overview(run)
    drawing = parcel_map(overview)
    assert len(drawing.outlines) == many
    assert not drawing.labelled
    table = table_of(run, "areas")
    assert len(table.rows) == MOST_ROWS
    assert table.total[1].zh == figure(many * 100.0, 1)
    assert f"{many}" in table.notes[0].zh
    legend = drawing.themes[0].legend
    assert (legend[0].label[0], legend[-1].label[0]) == ("<", "≥")


def test_parcels_of_one_value_have_one_colour(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["甲", "乙"], values=[5e6, 5e6])
    theme = parcel_map(read_overview(run)).themes[0]
    assert len(theme.legend) == 1
    assert theme.colour(0) == theme.colour(1) == theme.legend[0].colour


def test_a_parcel_without_a_value_is_grey_on_the_map(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["甲", "乙"], values=[5e6, float("nan")])
    theme = parcel_map(read_overview(run)).themes[0]
    assert theme.figures[1] == "–"
    assert theme.colour(1) == "#d9d9d9"


def test_a_map_in_degrees_has_no_scale_bar(tmp_path: Path) -> None:
    assert parcel_map(read_overview(write_run(tmp_path / "a", ["甲", "乙"]))).bar_label == "500 m"
    degrees = write_run(tmp_path / "b", ["甲", "乙"], crs="EPSG:4326")
    assert parcel_map(read_overview(degrees)).bar == 0


def test_parcels_in_several_parts_and_with_holes_are_drawn_whole(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["甲", "乙"])
    frame = gpd.read_parquet(run / "parcels.parquet")
    ring = box(0, 0, 1000, 1000) - box(400, 400, 600, 600)
    frame["geometry"] = [MultiPolygon([ring, box(0, 2000, 500, 2500)]), box(1000, 0, 2000, 1000)]
    frame.to_parquet(run / "parcels.parquet")
    assert parcel_map(read_overview(run)).outlines[0].path.count("M") == 3


def test_a_folder_that_is_no_run_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is no finished run folder"):
        write_page(tmp_path)
    run = write_run(tmp_path / "run", ["甲", "乙"])
    (run / "account.parquet").write_bytes(b"")
    with pytest.raises(RunError, match="incomplete or damaged"):
        write_page(run)


def test_ids_that_look_like_missing_values_survive(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ["甲", "乙"])
    extent = pd.DataFrame(
        {"parcel_id": ["NA", "001"], "ecosystem": ["11", "00"], "area_ha": [1, 2]}
    )
    extent.to_parquet(run / "extent.parquet")
    read = read_overview(run).extent
    assert list(read["parcel_id"]) == ["NA", "001"]
    assert list(read["ecosystem"]) == ["11", "00"]


@pytest.mark.parametrize(
    ("value", "words"),
    [(163_212_345_678.0, "1,632.12 亿元|163.21 billion CNY"),
     (5_250_000.0, "525.00 万元|5.25 million CNY"),
     (99_999.0, "99,999.00 元|99,999.00 CNY"), (0.0, "0.00 元|0.00 CNY")],
)  # fmt: skip
def test_money_is_in_the_multiples_of_each_language(value: float, words: str) -> None:
    got = in_words(value, "CNY")
    assert f"{got.zh}|{got.en}" == words


def test_figures_have_thousands_apart_and_no_minus_zero() -> None:
    assert figure(1234567.891) == "1,234,567.89"
    assert figure(-0.001) == "0.00"
    assert figure(float("nan")) == "–"
    assert signed(2.0) == "+2.0"
    assert signed(0.0) == "0.0"
    assert scale_for([1.0, float("nan"), 2e9]).factor == 1e8
    assert not re.search("[eE]", figure(1e22))
