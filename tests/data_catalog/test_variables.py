"""Laws of the table of variables, and of the suggestions for a name that is not in it."""

import csv
import re
from importlib import resources
from typing import get_args

import pytest

from data_catalog.errors import UnknownNameError
from data_catalog.names import SHOWN, suggestion
from data_catalog.units import is_unit, registry
from data_catalog.variables import Bands, Epoch, Kind, Variable, variable, variables

each_variable = pytest.mark.parametrize("v", variables().values(), ids=variables().keys())


def test_names_and_labels_are_unique() -> None:
    file = resources.files("data_catalog") / "variables.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    for column in ("name", "zh", "en"):
        cells = [row[column] for row in rows]
        assert len(set(cells)) == len(cells), column


@each_variable
def test_a_name_can_be_a_key_and_both_labels_are_there(v: Variable) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", v.name)
    assert v.title.zh
    assert v.title.en
    assert re.search(r"[\u4e00-\u9fff]", v.title.zh)


@each_variable
def test_units_are_units_we_know(v: Variable) -> None:
    assert is_unit(v.units)


@each_variable
def test_the_range_is_a_range(v: Variable) -> None:
    assert v.low < v.high


@each_variable
def test_kind_bands_and_epoch_are_words_we_know(v: Variable) -> None:
    assert v.kind in get_args(Kind)
    assert v.bands in get_args(Bands)
    assert v.epoch in get_args(Epoch)


@each_variable
def test_a_class_has_no_unit_and_one_band(v: Variable) -> None:
    if v.kind == "class":
        assert (v.units, v.bands) == ("1", "one")
        assert v.low == 0


@each_variable
def test_a_yearly_sum_is_per_year(v: Variable) -> None:
    if v.bands == "sum":
        assert registry.Quantity(1.0, v.units).dimensionality["[time]"] == -1


@each_variable
def test_a_baseline_variable_is_like_that_of_the_account(v: Variable) -> None:
    assert v.name.endswith("_baseline") == (v.epoch == "baseline")
    if v.epoch == "baseline":
        now = variable(v.name.removesuffix("_baseline"))
        assert (now.units, now.kind, now.bands) == (v.units, v.kind, v.bands)
        assert (now.low, now.high) == (v.low, v.high)


def test_a_variable_is_found_by_name() -> None:
    assert variable("precipitation").units == "mm/year"
    assert variable("land_cover").kind == "class"


def test_a_misspelt_name_gives_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean precipitation") as caught:
        variable("precipitaton")
    assert caught.value.say("zh").startswith("[layers]：没有名为“precipitaton”的变量")


def test_a_name_like_no_other_gives_the_known_ones() -> None:
    assert suggestion("qqqq", ["b", "a"]).en == "Known: a, b."
    many = [f"name{i:02d}" for i in range(SHOWN + 1)]
    hint = suggestion("qqqq", many).en
    assert "name11 ..." in hint
    assert "name12" not in hint


def test_two_near_names_are_both_suggested() -> None:
    hint = suggestion("forst", ["forest", "forst2", "wetland"])
    assert "forest" in hint.en
    assert "forst2" in hint.en
