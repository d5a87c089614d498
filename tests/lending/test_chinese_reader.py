"""A Chinese reader of a file with mistakes is told of them in Chinese, whichever file it is."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from data_catalog.errors import GepError
from lending.loan_file.record import read_loan_file
from lending.policy import example_policy, read_policy
from lending.prices.rows import read_prices
from lending.registry import forms
from lending.valuation.facts import read_facts
from lending.valuation.value import vintages_of

OF_PYDANTIC = re.compile(r"Input should|Value error|Field required|Extra inputs|valid |should be")
PRICE = "id,market,kind,first_day,last_day,price,source,grade\n"
VINTAGE = {"parcel_id": "1", "vintage_from": "2026-01-01", "vintage_to": "2027-01-01",
           "gross_tCO2e": 1.0, "net_tCO2e": 1.0, "kind": "ex_ante"}  # fmt: skip


def prices(text: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / "prices.csv").write_text(PRICE + text, encoding="utf-8")
        return read_prices(folder / "prices.csv")

    return read


def policy(old: str, new: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        text = example_policy("zh")
        assert old in text
        (folder / "bank.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
        return read_policy(folder / "bank.toml")

    return read


def facts(text: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / "facts.toml").write_text(text, encoding="utf-8")
        return read_facts(folder / "facts.toml")

    return read


def form(**given: object) -> Callable[[Path], object]:
    return lambda _: forms.read_form(forms.LoanForm, given, "loan.json")


@pytest.mark.parametrize(
    "read",
    [
        prices("a,b,offset,2026-02-30,2026-01-01,1,S,literature\n"),
        prices("a,b,offset,2026-01-02,2026-01-01,1,S,literature\n"),
        prices("a,b,offset,2026-01-01,2026-01-01,dear,S,literature\n"),
        prices("a,b,gift,2026-01-01,2026-01-01,1,S,sure\n"),
        prices(",,,,,,,\n"),
        policy("max_ltv", "max_itv"),
        policy("[ladder]", "[ladder]\nyellow_ltv = 'high'\n#"),
        facts("base_date = 'today'\n"),
        facts("base_date = 2026-01-01\n[price]\nmarket = 5\ngrowth = nan\npoints = 3\n"),
        lambda _: vintages_of(pd.DataFrame([VINTAGE | {"net_tCO2e": -1.0}])),
        lambda _: vintages_of(pd.DataFrame([VINTAGE | {"vintage_to": "soon"}])),
        lambda _: vintages_of(pd.DataFrame([{}, VINTAGE | {"odd": 1}])),
        lambda _: read_loan_file("{}", "loan.json"),
        lambda _: read_loan_file("no JSON", "loan.json"),
        form(loan_id="L 1", amount="NaN", rate="2", starts="2026-01-01", ends="2025-01-01"),
        form(loan_id="L1", amount="1", rate="0", starts="2026-01-01", ends="2025-01-01"),
        form(loan_id="L1\u202e", amount="0.001", rate="x", starts=None, ends="2026-02-30", odd=1),
    ],
)  # fmt: skip
def test_no_english_of_pydantic_in_chinese(read: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(GepError) as caught:
        read(tmp_path)
    said = caught.value.say("zh")
    assert not OF_PYDANTIC.search(said), said
    assert re.search("[\u4e00-\u9fff]", said)
    assert not re.search("[\u4e00-\u9fff]", caught.value.say("en").replace("（", "")), said
