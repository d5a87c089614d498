"""`gep parameters`: every number with its source and grade."""

import json
import unicodedata
from collections.abc import Callable

import pytest

from data_catalog.errors import UnknownNameError
from data_catalog.parameters import bundled
from data_catalog.references import references

Says = Callable[..., str]


def test_the_list_has_every_parameter_once_with_its_counts(says: Says) -> None:
    records = json.loads(says("parameters", "--json"))
    assert [r["parameter"] for r in records] == sorted(bundled().names())
    assert sum(sum(r["grades"].values()) for r in records) == len(list(bundled()))
    text = says("parameters", "--lang", "zh")
    assert "径流系数" in text
    assert "gong2017-evergreen (13)" in text


def test_rows_have_value_unit_class_source_and_notes(says: Says) -> None:
    text = says("parameters", "runoff_coefficient", "--set", "gong2017-evergreen", "--lang", "zh")
    row = next(line for line in text.splitlines() if line.startswith("11 "))
    assert row.split()[:6] == ["11", "阔叶林", "4.65", "percent", "gong2017-evergreen", "CN"]
    assert "文献" in row
    assert "table 2; picked: evergreen broadleaf forest" in text
    assert references()["GONG2017"].title in text


def test_a_set_without_a_name_gives_all_of_its_parameters(says: Says) -> None:
    records = json.loads(says("parameters", "--set", "taihang2017", "--json"))
    assert {r["parameter"] for r in records} == {
        row.parameter for row in bundled() if row.set == "taihang2017"
    }


def test_rows_for_a_program_are_as_in_a_manifest(says: Says) -> None:
    records = json.loads(says("parameters", "co2_per_carbon", "--json"))
    assert records == [r.record() for r in bundled() if r.parameter == "co2_per_carbon"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_columns_line_up_under_wide_characters(says: Says, lang: str) -> None:
    text = says("parameters", "oxygen_price", "--lang", lang)
    lines = text.split("\n\n")[1].splitlines()
    rows = [line for line in lines if "CNY/t_O2" in line]
    starts = {_width(line[: line.index("CNY/t_O2")]) for line in rows}
    assert len(rows) == 7
    assert len(starts) == 1
    units = "单位" if lang == "zh" else "units"
    assert starts == {_width(lines[0][: lines[0].index(units)])}


def test_an_unknown_parameter_or_set_suggests_the_nearest(says: Says) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean runoff_coefficient"):
        says("parameters", "runof_coefficient")
    with pytest.raises(UnknownNameError, match="Did you mean garze2017"):
        says("parameters", "oxygen_price", "--set", "garze")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
