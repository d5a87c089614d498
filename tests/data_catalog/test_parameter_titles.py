"""What parameters are called: the words are known without the command that prints them."""

import csv
import re
from importlib import resources

from data_catalog.parameter_titles import parameter_title
from data_catalog.parameters import bundled
from data_catalog.text import Text


def test_every_row_s_parameter_has_words_in_both_languages() -> None:
    for name in bundled().names():
        title = parameter_title(name)
        assert re.search(r"[\u4e00-\u9fff]", title.zh), name
        assert title.en, name


def test_a_name_has_its_words_once_and_no_words_are_shared() -> None:
    file = resources.files("data_catalog") / "parameter_titles.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    for column in ("name", "zh", "en"):
        cells = [row[column] for row in rows]
        assert len(set(cells)) == len(cells), column


def test_a_project_s_own_name_stands_for_itself() -> None:
    assert parameter_title("our_price") == Text("our_price", "our price")
