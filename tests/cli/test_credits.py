"""`gep sinks credits`: what is printed, written and refused."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from cli.main import gep
from data_catalog.errors import GepError
from data_catalog.methodologies import bundled
from sinks.credits.vintages import COLUMNS, read_vintages

CHANGES = """parcel_id,year_from,year_to,pool,change_tC,se_tC
001,2015,2020,above_ground,100,4
001,2015,2020,below_ground,25,1
002,2015,2020,above_ground,300,12
002,2015,2020,below_ground,75,3
003,2015,2020,above_ground,50,2
003,2015,2020,below_ground,12,1
"""
PARCELS = """parcel_id,area_ha,nonforest_years,existing_trees_kept,cleared_shrub_share,land_excluded
001,10,5,yes,0.1,无
002,30,5,是,0.1,无
003,0.03,2,no,0.1,经济林
"""
PROJECT = """[facts]
start_date = 2016-03-01
crediting_from = 2016-01-01
crediting_to = 2046-01-01
[parcels]
path = "parcels.csv"
[parameters]
rows = "rows.csv"
"""
ROWS = "parameter,value,units,source\nbaseline_removal,0.1,t_CO2e/(ha*year),survey\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"change.csv": CHANGES, "parcels.csv": PARCELS, "project.toml": PROJECT,
                       "rows.csv": ROWS}.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def said(*words: str, lang: str = "en", code: int = 0) -> str:
    """Return what is printed, or the error that stops the command (code 1)."""
    arguments = ["sinks", "credits", *words, "--lang", lang]
    if code == 1:
        with pytest.raises(GepError) as told:
            CliRunner().invoke(gep, arguments, catch_exceptions=False)
        return told.value.say("zh" if lang == "zh" else "en")
    found = CliRunner().invoke(gep, arguments, catch_exceptions=False)
    assert found.exit_code == code, found.output
    return found.output if code else found.stdout


def ccer(folder: Path, *words: str, lang: str = "en", code: int = 0) -> str:
    return said(str(folder / "change.csv"), "--methodology", "ccer-14-001", "--project",
                str(folder / "project.toml"), *words, lang=lang, code=code)  # fmt: skip


def test_a_claim_says_every_step_in_both_languages(folder: Path) -> None:
    text = ccer(folder)
    for words in ("2 parcels count, 1 do not", "Provisional", "gross removal", "baseline",
                  "buffer", "issuable", "003: years without forest"):  # fmt: skip
        assert words in text, words
    zh = ccer(folder, lang="zh")
    for words in (
        "2 个宗地计入，1 个不计入",
        "毛移除量",
        "可签发量",
        "凭记忆（未核对）",
        "缓冲比例 10.00%",
    ):
        assert words in zh, words


def test_what_is_written_adds_up_and_is_read_back(folder: Path) -> None:
    ccer(folder, "--yearly", "--out", str(folder / "out"))
    vintages = read_vintages(folder / "out" / "vintages.parquet")
    assert list(vintages) == list(COLUMNS)
    assert vintages["parcel_id"].unique().tolist() == ["001", "002"]
    fall = pd.read_csv(folder / "out" / "waterfall.csv")
    assert len(fall) == 5
    # 500 t C x 44/12 / 5 years = 366.667; 40 ha x 0.1 = 4; less 10 %: 326.4 -> 326
    assert fall["issuable"].tolist() == [326] * 5
    assert vintages["net_tCO2e"].sum() == pytest.approx(5 * 326)
    record = json.loads((folder / "out" / "claim.json").read_text(encoding="utf-8"))
    assert record["buffer"]["row"]["grade"] == "recalled"
    assert record["provisional"] is True


def test_json_holds_the_same_for_a_program(folder: Path) -> None:
    record = json.loads(ccer(folder, "--json"))
    assert record["total"]["gross"] == pytest.approx(500 * 44 / 12, abs=1e-3)
    assert {c["rule"] for c in record["eligibility"] if c["answer"] == "no"} == {
        "nonforest_years", "parcel_area_2019", "existing_trees_kept", "land_excluded"
    }  # fmt: skip
    assert list(record["left_out"]) == ["003"]


def test_a_claim_that_is_there_is_not_replaced_by_chance(folder: Path) -> None:
    out = str(folder / "out")
    ccer(folder, "--out", out)
    assert "holds vintages.csv already" in ccer(folder, "--out", out, code=1)
    ccer(folder, "--out", out, "--overwrite")


def test_paths_of_stock_are_ex_ante_and_differ_by_year(folder: Path) -> None:
    rows = ["parcel_id,year,pool,stock_tC,se_tC"]
    for year, stock in ((2025, 100), (2026, 130), (2027, 150)):
        rows += [
            f"001,{year},above_ground,{0.8 * stock},8",
            f"001,{year},below_ground,{0.2 * stock},2",
        ]
    (folder / "paths.csv").write_text("\n".join(rows), encoding="utf-8")
    record = json.loads(said(str(folder / "paths.csv"), "--methodology",
                             "ipcc-stock-difference", "--json"))  # fmt: skip
    assert record["kind"] == "ex_ante"
    # 30 and 20 t C: 110 and 73.333 t CO2e
    assert [v["gross"] for v in record["vintages"]] == pytest.approx([110, 73.333], abs=2e-3)
    # nothing is known of what the dates have in common: sqrt(10^2 + 10^2) t C a year
    assert record["vintages"][0]["se_tCO2e"] == pytest.approx(14.142 * 44 / 12, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        (("yes,0.1,无\n002", "perhaps,0.1,无\n002"), "existing_trees_kept"),
        (("parcel_id,area_ha", "parcel,area_ha"), "has no column parcel_id"),
        (("002,30", "001,30"), "parcel 001 is there twice"),
        (("002,30", "002,big"), "it must be a number (ha)"),
    ],
)
def test_a_wrong_table_of_parcels_is_told(
    folder: Path, change: tuple[str, str], said_of_it: str
) -> None:
    (folder / "parcels.csv").write_text(PARCELS.replace(*change), encoding="utf-8")
    assert said_of_it in ccer(folder, code=1)


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        (("start_date", "strat_date"), "Did you mean start_date"),
        (("crediting_to = 2046-01-01", "crediting_to = 2015-01-01"), "must be later than"),
        (("[facts]", "[fact]"), "unknown key 'fact'"),
        (("2016-03-01", "true"), "it must be a date"),
        (("2046-01-01", "2086-01-01"), "at most 40 years"),
    ],
)
def test_a_wrong_project_is_told(folder: Path, change: tuple[str, str], said_of_it: str) -> None:
    (folder / "project.toml").write_text(PROJECT.replace(*change), encoding="utf-8")
    assert said_of_it in ccer(folder, code=1)


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        (("change_tC", "change"), "has no column change_tC"),
        (("2015,2020,above", "2020,2015,above"), "year_to must be later"),
        (("001,2015,2020,below_ground,25", "001,2015,2020,roots,25"), "no pool is named roots"),
        (("ground,100", "ground,many"), "'many'; it must be a number"),
        (("001,2015,2020,below", "001,2015,2020,above"), "are there twice"),
        (("002,2015,2020", "002,2014,2019"), "Cut them into years"),
    ],
)
def test_a_wrong_table_of_changes_is_told(
    folder: Path, change: tuple[str, str], said_of_it: str
) -> None:
    (folder / "change.csv").write_text(CHANGES.replace(*change), encoding="utf-8")
    assert said_of_it in ccer(folder, code=1)


def test_a_number_that_is_not_known_stops_by_name(folder: Path) -> None:
    (folder / "rows.csv").write_text(ROWS.splitlines()[0] + "\n", encoding="utf-8")
    text = ccer(folder, code=1)
    assert "methodology 'ccer-14-001' the parameter 'baseline_removal'" in text
    assert "方法学“ccer-14-001”的参数“baseline_removal”" in ccer(folder, lang="zh", code=1)


def test_an_unknown_methodology_is_met_with_the_nearest_one(folder: Path) -> None:
    text = said(str(folder / "change.csv"), "--methodology", "vcs-4.5", code=1)
    assert "Did you mean vcs-4.4" in text


def test_a_path_and_a_methodology_are_asked_for(folder: Path) -> None:
    assert "--methodology must be given" in said(str(folder / "change.csv"), code=2)
    assert "PATH" in said("--methodology", "gs-403", code=2)


def test_every_methodology_is_listed_and_shown() -> None:
    listing = said("--list")
    for name, one in bundled().items():
        assert name in listing
        for lang in ("zh", "en"):
            text = said("--show", name, lang=lang)
            assert one.title[lang] in text
            assert "{" not in text


def test_a_methodology_of_one_s_own_is_read_from_its_file(folder: Path) -> None:
    own = folder / "own.toml"
    own.write_text(
        'id = "own"\ntitle_zh = "自定"\ntitle_en = "Our own"\nsource = "us"\nstatus = "own"\n'
        'set = "own"\n[pools]\nrequired = ["above_ground"]\nstatus = "own"\n'
        '[baseline]\nform = "zero"\nstatus = "own"\n[leakage]\nform = "zero"\nstatus = "own"\n'
        '[uncertainty]\nrule = "none"\nstatus = "own"\n'
        '[non_permanence]\nform = "none"\nstatus = "own"\n', encoding="utf-8",
    )  # fmt: skip
    record = json.loads(said(str(folder / "change.csv"), "--methodology", str(own), "--json"))
    # above ground alone: 450 t C x 44/12
    assert record["total"]["issuable"] == 1650
    own.write_text(
        own.read_text(encoding="utf-8").replace('"own"', '"gs-403"', 1), encoding="utf-8"
    )
    assert "comes with gep" in said(str(folder / "change.csv"), "--methodology", str(own), code=1)


def test_paths_of_growth_give_vintages_ex_ante_and_say_what_no_source_tells_the_error_of(
    tmp_path: Path,
) -> None:
    (tmp_path / "inventory.csv").write_text(
        "parcel_id,year,area_ha,species,origin,age,volume,volume_se\n"
        "0017,2020,12.5,马尾松,人工,18,95,8\n0018,2020,30,马尾松,人工,25,120,9\n",
        encoding="utf-8",
    )
    records = "\n".join(f"马尾松,{t},{250 * (1 - 2.718 ** (-0.05 * t)) + t % 7}"
                        for t in range(5, 60, 3))  # fmt: skip
    (tmp_path / "records.csv").write_text(f"species,age,volume\n{records}", encoding="utf-8")
    paths = tmp_path / "paths.csv"
    grown = CliRunner().invoke(
        gep, ["sinks", "grow", str(tmp_path / "inventory.csv"), "--to", "2022", "--fit",
              str(tmp_path / "records.csv"), "--out", str(paths), "--json"],
        catch_exceptions=False,
    )  # fmt: skip
    change = json.loads(grown.stdout)["totals"][1]
    record = json.loads(said(str(paths), "--methodology", "ipcc-stock-difference", "--json"))
    first = record["vintages"][0]
    assert first["gross"] == pytest.approx(change["change_tC"] * 44 / 12, abs=2e-3)
    # the stand factors have no standard error in their source: no bound is made up
    assert change["change_se_tC"] is None
    assert first["se_tCO2e"] is None
    assert any("biomass_expansion_factor" in r["en"] for r in record["remarks"])
