"""`gep sinks`: forest carbon alone."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from data_catalog.errors import OutputError, ProjectError

Says = Callable[..., str]
QUICK = ("--workers", "1", "-q")
NUMBER = r"[\d,]+\.\d"


def test_the_stock_is_printed_by_pool_in_both_languages(
    says: Says, stock_project: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    zh = says("sinks", "stock", stock_project, "--out", run, *QUICK, "--lang", "zh")
    en = says("sinks", "stock", stock_project, "--out", run, *QUICK, "--overwrite")
    with (run / "carbon.csv").open(encoding="utf-8", newline="") as lines:
        stocks = {row["pool"]: float(row["stock_tC"]) for row in csv.DictReader(lines)}
    assert "2019 年森林碳储量" in zh
    assert "Forest carbon stock of 2019" in en
    assert "土壤有机碳" in zh
    assert f"{stocks['soil']:,.1f}" in zh
    assert f"{sum(stocks.values()):,.1f}" in zh
    assert re.findall(NUMBER, zh) == re.findall(NUMBER, en)


def test_nothing_but_carbon_is_computed(says: Says, stock_project: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    found = json.loads(says("sinks", "stock", stock_project, "--out", run, *QUICK, "--json"))
    assert found["run"] == str(run)
    assert {row["year"] for row in found["totals"]} == {2019}
    assert {"carbon.csv", "carbon.parquet", "manifest.json"} <= {f.name for f in run.iterdir()}
    assert not (run / "account.csv").exists()


def test_pools_without_parameters_are_said_to_be_missing(
    says: Says, stock_project: Path, tmp_path: Path
) -> None:
    text = says("sinks", "stock", stock_project, "--out", tmp_path / "run", *QUICK, "--lang", "zh")
    assert "没有参数、未计算的碳库：枯死木、木质林产品" in text
    assert "标准误“未知”：来源没有给出。" in text


def test_a_change_has_its_removal_in_carbon_dioxide(
    says: Says, change_project: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    text = says("sinks", "change", change_project, "--out", run, *QUICK)
    assert "2010 to 2019 (gain positive)" in text
    with (run / "carbon.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["year_to"]]
    above = next(row for row in rows if row["pool"] == "above_ground")
    assert f"{float(above['change_tC']):,.1f}" in text
    assert float(above["removal_tCO2e"]) == pytest.approx(float(above["change_tC"]) * 44 / 12)
    assert f"{float(above['removal_tCO2e']):,.1f}" in text


def test_soil_under_conversion_is_not_computed_and_neither_is_a_total(
    says: Says, change_project: Path, tmp_path: Path
) -> None:
    text = says(
        "sinks", "change", change_project, "--out", tmp_path / "run", *QUICK, "--lang", "zh"
    )
    for name in ("土壤有机碳", "合计"):
        line = next(line for line in text.splitlines() if line.startswith(name))
        assert "未计算" in line
    assert "有林地转入或转出" in text


def test_a_change_without_a_baseline_is_refused_before_anything_runs(
    says: Says, stock_project: Path, tmp_path: Path
) -> None:
    with pytest.raises(ProjectError) as refused:
        says("sinks", "change", stock_project, "--out", tmp_path / "run", *QUICK)
    assert "baseline_year and a layer land_cover_baseline" in refused.value.say("en")
    assert "计算变化需要" in refused.value.say("zh")
    assert not (tmp_path / "run").exists()


def test_a_project_without_carbon_is_told_what_to_write(
    says: Says, project_without_carbon: Path, tmp_path: Path
) -> None:
    with pytest.raises(ProjectError, match=r"no \[carbon\]"):
        says("sinks", "stock", project_without_carbon, "--out", tmp_path / "run", *QUICK)


def test_a_run_in_the_way_is_kept(says: Says, stock_project: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(OutputError, match="exists already"):
        says("sinks", "stock", stock_project, "--out", tmp_path / "run", *QUICK)
