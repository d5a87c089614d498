"""What must hold for every row of every parameter table."""

import csv
import math
import re
from importlib import resources
from pathlib import Path

import pytest

from data_catalog.classes import ecosystems
from data_catalog.errors import ProjectError, UnknownNameError
from data_catalog.parameters import COLUMNS, GRADES, LOCAL, bundled, read_rows
from data_catalog.references import references
from data_catalog.units import is_unit

FILES = sorted(
    f.name for f in resources.files("data_catalog.parameters").iterdir() if f.name.endswith(".csv")
)
DECISION = re.compile(r"decision-\d{4}")


def read(name: str) -> list[dict[str, str]]:
    text = (resources.files("data_catalog.parameters") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


each_file = pytest.mark.parametrize("name", FILES)


@each_file
def test_the_columns_are_the_declared_ones(name: str) -> None:
    assert tuple(read(name)[0]) == COLUMNS


@each_file
def test_units_are_known(name: str) -> None:
    for row in read(name):
        assert is_unit(row["units"]), row


@each_file
def test_a_value_is_a_number_within_its_bounds(name: str) -> None:
    for row in read(name):
        value = float(row["value"])
        assert math.isfinite(value), row
        assert float(row["low"] or "-inf") <= value <= float(row["high"] or "inf"), row
        assert float(row["se"] or 0) >= 0, row


@each_file
def test_every_row_says_where_it_comes_from(name: str) -> None:
    for row in read(name):
        assert row["source"] in references() or DECISION.fullmatch(row["source"]), row
        assert row["where"].strip(), row
        assert row["grade"] in GRADES, row
        assert row["note"] or row["grade"] != "estimate", row
        assert row["set"] != LOCAL, row


@each_file
def test_a_price_year_is_a_year(name: str) -> None:
    for row in read(name):
        assert re.fullmatch(r"(\d{4})?", row["year"]) or "CNY" not in row["units"], row


def test_a_row_is_there_once() -> None:
    keys = [(r["parameter"], r["set"], r["key"]) for name in FILES for r in read(name)]
    assert len(keys) == len(set(keys)), sorted({k for k in keys if keys.count(k) > 1})
    assert len(list(bundled())) == len(keys)


def test_a_price_without_a_year_says_so() -> None:
    for row in bundled():
        if "CNY" in row.units and not row.year:
            assert "states no price year" in row.note, row.name()


def test_keys_of_runoff_coefficients_are_classes_of_the_norm() -> None:
    level1 = {code[0] for code in ecosystems()}
    for row in bundled():
        if row.parameter == "runoff_coefficient":
            assert row.key in level1 | set(ecosystems()), row.name()


def test_a_printed_percentage_is_read_as_a_fraction() -> None:
    row = bundled().find("runoff_coefficient", "gong2017-evergreen", "11")
    assert row is not None
    assert (row.value, row.units) == (4.65, "percent")
    assert row.in_units("1") == pytest.approx(0.0465)


def test_a_class_takes_its_own_row_before_that_of_its_group_before_the_one_for_all() -> None:
    known = bundled()
    own = known.of_ecosystem("runoff_coefficient", "redline2019", "11")
    group = known.of_ecosystem("runoff_coefficient", "redline2019", "61")
    for_all = known.of_ecosystem("soil_nitrogen_content", "garze2017", "11")
    assert own is not None
    assert group is not None
    assert for_all is not None
    assert (own.key, group.key, for_all.key) == ("11", "6", "")
    assert known.of_ecosystem("runoff_coefficient", "gong2017-evergreen", "42") is None


def test_a_project_s_row_comes_before_all_others(tmp_path: Path) -> None:
    table = tmp_path / "prices.csv"
    table.write_text(
        "parameter,value,units,source\nreservoir_storage_cost,9.5,CNY/m3,county price bureau\n",
        encoding="utf-8",
    )
    rows = read_rows(table, {"reservoir_storage_cost"})
    row = bundled().with_rows(rows).find("reservoir_storage_cost", "garze2017")
    assert row is not None
    assert (row.value, row.set, row.grade) == (9.5, LOCAL, "local")


def test_a_project_s_row_for_all_classes_comes_before_a_set_s_row_for_one(tmp_path: Path) -> None:
    table = tmp_path / "local.csv"
    table.write_text(
        "parameter,value,units,source\nrunoff_coefficient,6,percent,county hydrology\n",
        encoding="utf-8",
    )
    known = bundled().with_rows(read_rows(table, {"runoff_coefficient"}))
    row = known.of_ecosystem("runoff_coefficient", "gong2017-evergreen", "11")
    assert row is not None
    assert row.value == 6


def test_a_project_s_table_from_a_chinese_excel_is_read(tmp_path: Path) -> None:
    table = tmp_path / "prices.csv"
    table.write_bytes(
        "parameter,value,units,source\nreservoir_storage_cost,9.5,元/m3,县发改局\n".encode(
            "gb18030"
        )
    )
    (row,) = read_rows(table, {"reservoir_storage_cost"})
    assert row.source == "县发改局"
    assert row.in_units("CNY/m3") == 9.5


def test_a_row_given_twice_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "prices.csv"
    line = "reservoir_storage_cost,9.5,CNY/m3,bureau\n"
    table.write_text(f"parameter,value,units,source\n{line}{line}", encoding="utf-8")
    with pytest.raises(ProjectError, match="is there twice"):
        read_rows(table, {"reservoir_storage_cost"})


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"prices\.csv: this file cannot be read"):
        read_rows(tmp_path / "prices.csv", {"reservoir_storage_cost"})


def test_a_value_outside_its_own_bounds_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "prices.csv"
    table.write_text(
        "parameter,value,units,low,high,source\nreservoir_storage_cost,9.5,CNY/m3,1,8,bureau\n",
        encoding="utf-8",
    )
    with pytest.raises(ProjectError, match="must be within 1 to 8"):
        read_rows(table, {"reservoir_storage_cost"})


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("reservoir_storage_cost,much,CNY/m3,bureau", "value"),
        ("reservoir_storage_cost,9.5,CNY/cube,bureau", "units"),
        ("reservoir_storage_cost,9.5,CNY/,bureau", "units"),
        ("reservoir_storage_cost,9.5,(CNY,bureau", "units"),
        ("reservoir_storage_cost,9.5,,bureau", "units"),
        ("reservoir_storage_cost,9.5,CNY/m3,", "source"),
        ("reservoir_storage_cost,,CNY/m3,bureau", "value"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(tmp_path: Path, line: str, column: str) -> None:
    table = tmp_path / "prices.csv"
    table.write_text(f"parameter,value,units,source\n{line}\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=rf"prices\.csv:2: column {column} is"):
        read_rows(table, {"reservoir_storage_cost"})


def test_a_parameter_no_model_uses_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "prices.csv"
    table.write_text(
        "parameter,value,units,source\nreservoir_cost,9.5,CNY/m3,bureau\n", encoding="utf-8"
    )
    with pytest.raises(UnknownNameError, match="Did you mean reservoir_storage_cost"):
        read_rows(table, {"reservoir_storage_cost"})
