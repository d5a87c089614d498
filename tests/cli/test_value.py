"""`gep value`: the steps, practice beside the prudent figure, and the file computed again."""

import json
import math
import re
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import gep
from data_catalog.errors import GepError, OutputError, ProjectError, TableError
from lending.valuation.facts import PriceProcess
from lending.valuation.result import json_schema, recompute

Says = Callable[..., str]
VINTAGES = """parcel_id,vintage_from,vintage_to,gross_tCO2e,net_tCO2e,se_tCO2e,lower_tCO2e,\
confidence,methodology,kind,serial_from,serial_to
001,2025-01-01,2026-01-01,120,100,10,87,0.90,ccer-14,issued,A-1,A-100
001,2026-01-01,2027-01-01,120,100,10,87,0.90,ccer-14,ex_ante,,
"""


@pytest.fixture
def files(says: Says, tmp_path: Path) -> list[str]:
    """Options for the example policy and facts."""
    says("value", "--example", tmp_path, "--lang", "en")
    return ["--policy", str(tmp_path / "bank.toml"), "--facts", str(tmp_path / "facts.toml")]


def test_the_headline_the_steps_and_practice_are_printed(says: Says, files: list[str]) -> None:
    page = says("value", *files)
    # 0.75 x 0.85 x 1 x 0.95 = 0.605625 of the value; of 20 % for the volume the lower bound has
    # taken 19.22 %, so 0.8 / 0.8077672 = 0.990384 is left; and 60 % of that
    assert "Lending value 776,216.30 CNY; highest loan 465,729.78 CNY" in page
    assert "Coverage 258.7%" in page
    assert re.search(r"factor of the haircuts +0\.599801 .*haircuts multiply", page)
    assert re.search(r"anji-2021 +3,170,310\.00 +6\.81", page)
    assert "an example; its numbers are no bank's rules" in page
    assert "not an appraisal report" in page


def test_it_speaks_chinese(says: Says, files: list[str]) -> None:
    page = says("value", *files, "--lang", "zh")
    assert "谨慎价值 776,216.30 元" in page
    assert "不是资产评估报告" in page
    assert "示例" in page


def test_the_file_is_computed_again_to_the_cent(
    says: Says, files: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "valuation.json"
    printed = json.loads(says("value", *files, "--out", out, "--json"))
    text = out.read_text(encoding="utf-8")
    assert json.loads(text) == printed
    assert recompute(text).results.value == Decimal(printed["results"]["value"])
    assert "the same as in the file" in says("value", "--again", out)
    out.write_text(text.replace('"max_loan": "465729.78"', '"max_loan": "465729.79"'), "utf-8")
    with pytest.raises(
        ProjectError, match=r"give: 1 .*results\.max_loan: 465,729\.79 → 465,729\.78"
    ):
        _run("value", "--again", out)


def test_a_file_is_not_replaced_unasked(says: Says, files: list[str], tmp_path: Path) -> None:
    out = tmp_path / "valuation.json"
    says("value", *files, "--out", out)
    with pytest.raises(OutputError, match="--overwrite"):
        _run("value", *files, "--out", out)
    says("value", *files, "--out", out, "--overwrite")


@pytest.mark.parametrize("as_run", [False, True])
def test_vintages_of_a_file_or_a_run(
    says: Says, files: list[str], tmp_path: Path, as_run: bool
) -> None:
    table = tmp_path / "vintages.csv"
    table.write_text(VINTAGES, encoding="utf-8")
    facts = Path(files[-1])
    text = facts.read_text(encoding="utf-8")
    text = re.sub(r"\[holding\].*?\n\n", "", text, flags=re.DOTALL)
    text = text.replace("buffer = 0.10\nleakage = 0.0", 'deducted = ["buffer", "leakage"]')
    facts.write_text(text, encoding="utf-8")
    found = json.loads(says("value", tmp_path if as_run else table, *files, "--json"))
    past, future = found["results"]["parts"]
    # issued units are as many as they are; those to come count with their lower bound
    assert (past["lower"], future["lower"]) == ("100.000", "87.000")


def test_a_rule_of_practice_is_asked_for_by_name(says: Says, files: list[str]) -> None:
    page = says("value", *files, "--method", "MARKET_X_RATIO@shanghai-2014")
    assert re.search(r"shanghai-2014 +2,219,217\.00", page)  # 70 % of 3,170,310
    with pytest.raises(GepError, match="no rule of practice is named 'NOTHING'"):
        _run("value", *files, "--method", "NOTHING")


def test_the_account_s_errors_are_drawn_and_stay_in_the_file(
    says: Says, files: list[str], tmp_path: Path
) -> None:
    carbon, out = tmp_path / "changes.csv", tmp_path / "valuation.json"
    head = "parcel_id,year_from,year_to,pool,change_tC,se_tC"
    carbon.write_text(f"{head}\np,2020,2025,above_ground,100,15\n", encoding="utf-8")
    plain = json.loads(says("value", *files, "--json"))["results"]
    drawn = json.loads(says("value", *files, "--carbon", carbon, "--out", out, "--json"))
    # 15 % as in the facts: the same spread, by the drawn quantiles and not by the normal
    tonnes = next(c for c in drawn["results"]["draws"]["causes"] if c["id"] == "tonnes")
    before = next(c for c in plain["draws"]["causes"] if c["id"] == "tonnes")
    assert float(tonnes["width"]) == pytest.approx(float(before["width"]), rel=0.05)
    assert tonnes["width"] != before["width"]
    assert "the same as in the file" in says("value", "--again", out)


def test_other_rights_and_approaches_stand_beside_the_carbon(says: Says, files: list[str]) -> None:
    facts, code = Path(files[-1]), re.compile(r"^# (?=\[|[a-z_]+ = |    \{|\])", re.MULTILINE)
    facts.write_text(code.sub("", facts.read_text(encoding="utf-8")), encoding="utf-8")
    page = says("value", *files)
    assert re.search(r"timber +253,058\.31", page)
    assert re.search(r"compensation income +342,370\.84 .*a = n if r = 0", page)
    # .4 x 75.19 x .95 + .3 x 67.56 x .97 + .3 x 58.83 x 1.05 = 66.7637 a tonne
    assert re.search(r"market +1,892,924", page)
    assert "never lent against" in page
    assert "Lending value 776,216.30 CNY" in page  # none of it is in the carbon value


def test_what_is_missing_is_told(files: list[str], tmp_path: Path) -> None:
    asked = CliRunner().invoke(gep, ["value", "--lang", "en"])
    assert asked.exit_code == 2
    assert "--policy and --facts" in asked.output
    with pytest.raises(TableError, match="gep sinks credits"):
        _run("value", tmp_path, *files)
    facts = Path(files[-1])
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text.replace("verification = 40000\n", ""), encoding="utf-8")
    with pytest.raises(ProjectError, match=r"costs\.verification is missing"):
        _run("value", *files)
    facts.write_text(text.replace("2026-03-10", "2026-06-10", 1), encoding="utf-8")
    with pytest.raises(ProjectError, match="the policy allows 30 days"):
        _run("value", *files)


def test_the_schema_is_that_of_the_docs(says: Says) -> None:
    printed = json.loads(says("value", "--schema"))
    assert printed == json_schema()
    page = Path(__file__).parents[2] / "docs" / "valuation.schema.json"
    assert json.loads(page.read_text(encoding="utf-8")) == printed


def test_processes_are_fitted_as_facts_take_them(says: Says, tmp_path: Path) -> None:
    # log prices that come back: each week half of the way to 60, and a push up or down
    series, log = tmp_path / "series.csv", math.log(60)
    lines = ["date,price"]
    for week in range(40):
        log = math.log(60) + (log - math.log(60)) / 2 + 0.05 * (-1) ** (week // 3)
        lines.append(f"{date(2025, 1, 6) + timedelta(weeks=week)},{math.exp(log)}")
    series.write_text("\n".join(lines), encoding="utf-8")
    page = says("value", "--fit", series)
    first, second = (tomllib.loads(part) for part in page.split("\n\n")[:2])
    assert first["simulation"]["price"]["model"] == "ou"  # the more likely one
    assert second["simulation"]["price"]["model"] == "gbm"
    assert first["simulation"]["price"]["mean"] == pytest.approx(60, rel=0.05)
    for fitted in (first, second):
        PriceProcess.model_validate(fitted["simulation"]["price"])
    record = json.loads(says("value", "--fit", series, "--json"))
    assert [one["model"] for one in record["fits"]] == ["ou", "gbm"]
    assert record["fits"][0]["mean"] == first["simulation"]["price"]["mean"]
    assert record["refused"] == []
    steady = "date,price\n" + "".join(f"2026-01-0{day},60\n" for day in (1, 2, 3))
    series.write_text(steady, encoding="utf-8")  # no spread at all: the likelihood is not finite
    flat = json.loads(says("value", "--fit", series, "--json"))
    assert [(fit["model"], fit["volatility"]) for fit in flat["fits"]] == [("gbm", 0)]
    assert "does not return to a mean" in flat["refused"][0]
    series.write_text("date,price\nsoon,60\n2026-01-01,-1\n", encoding="utf-8")
    with pytest.raises(GepError, match=r"series\.csv:2.*series\.csv:3"):
        _run("value", "--fit", series)


def _run(*arguments: object) -> None:
    asked = [*map(str, arguments), "--lang", "en"]
    CliRunner().invoke(gep, asked, catch_exceptions=False, standalone_mode=False)
