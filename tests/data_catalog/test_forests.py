"""The words of forest inventories lead to the groups that numbers are known for."""

import csv
from importlib import resources

import pytest

from data_catalog.errors import UnknownNameError
from data_catalog.forests import chain, code_of, species_group, species_groups


@pytest.mark.parametrize("name", ["杉木", "Chinese fir", "Cunninghamia lanceolata", "chinese_fir"])
def test_one_species_has_many_names(name: str) -> None:
    assert species_group(name, "inventory.csv:2") == "chinese_fir"


def test_case_and_blanks_do_not_matter() -> None:
    assert species_group(" pinus  MASSONIANA", "") == "masson_pine"
    assert code_of("age_group", " 近 熟 林 ", "") == "near_mature"


def test_an_unknown_species_is_told_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match=r"inventory\.csv:7.*'马尾松树'.*马尾松"):
        species_group("马尾松树", "inventory.csv:7")


def test_an_unknown_age_group_is_told_with_the_words_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match="no age group is named 'old'"):
        code_of("age_group", "old", "inventory.csv:2")


def test_a_narrow_group_belongs_to_wider_ones_and_none_to_itself() -> None:
    assert chain("castanopsis_eyrei") == ("castanopsis_eyrei", "castanopsis", "hard_broadleaf")
    assert chain("chinese_fir") == ("chinese_fir",)
    for group in species_groups():
        found = chain(group)
        assert len(set(found)) == len(found), group


def test_every_name_is_of_a_group_and_no_name_of_two() -> None:
    text = (resources.files("data_catalog.forests") / "species_names.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["group"] for row in rows} == set(species_groups())
    names = ["".join(row["name"].split()).casefold() for row in rows]
    assert len(set(names)) == len(names)
