"""A service declared in one place is everywhere: nothing else has to be touched."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import gep.services
from cli.main import gep as command
from data_catalog.spec import ECOSYSTEM, Citation, Column, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Service, Valuation, Variant
from tests.county import changed

Says = Callable[..., str]


def honey_made(nectar_yield: Pixels) -> Pixels:
    """Return the honey that bees make of an ecosystem's nectar in a year."""
    return nectar_yield


def honey_sold(quantity: Pixels) -> Pixels:
    """Return the honey that the yearbook counts."""
    return quantity


def honey_value(physical: Pixels, honey_price: Pixels) -> Pixels:
    """Return the value of honey at its price."""
    return physical * honey_price


HONEY = Service(
    id="honey",
    title=Text("蜂蜜", "Honey"),
    group="provisioning",
    physical=Text("蜂蜜产量", "honey made"),
    total="t/year",
    items=(Item("wild", Text("野生", "wild")), Item("kept", Text("人工饲养", "kept"))),
    variants=(
        Variant(
            id="nectar",
            title=Text("蜜源法", "Nectar"),
            formula=r"Q = \sum A \, y",
            source=Citation("DERIVED", "a test"),
            inputs={"nectar_yield": Factor(symbol="y", units="t/(ha*year)", by=ECOSYSTEM)},
            kernel=honey_made,
            output=Output(name="honey", units="t/(ha*year)", total="t/year", low=0, high=10),
            item="wild",
        ),
        Variant(
            id="yearbook",
            title=Text("统计产量", "Yearbook"),
            formula="Q",
            source=Citation("DERIVED", "a test"),
            inputs={"quantity": Column(symbol="Q", units="t/year")},
            kernel=honey_sold,
            output=Output(name="honey", units="t/year", total="t/year", low=0, high=1e9),
            table="statistics",
            item="kept",
        ),
    ),
    valuations=(
        Valuation(
            id="honey_price",
            title=Text("市价", "Market price"),
            formula=r"V = Q \, p",
            source=Citation("DERIVED", "a test"),
            inputs={
                "physical": Layer(symbol="Q", units="t/year"),
                "honey_price": Factor(symbol="p", units="CNY/t"),
            },
            kernel=honey_value,
            output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
            method="market price",
            family="output",
        ),
    ),
)
STANDARD = """\
id = "bees"
title_zh = "蜜蜂"
title_en = "Bees"
source = "HJ1173"
[services.honey]
parts = [
  { variant = "nectar", classes = ["1"] },
  { variant = "yearbook", classes = ["3"], spread = "area" },
]
valuations = ["honey_price"]
"""
PARAMETERS = """\
parameter,key,value,units,source
nectar_yield,1,2,kg/(ha*year),us
honey_price,,40,CNY/kg,us
"""
STATISTICS = """\
region,service,item,year,quantity,unit,source
,honey,kept,2019,12,t,yearbook
"""


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    monkeypatch.setenv("GEP_LANG", "en")
    monkeypatch.setattr(gep.services, "SERVICES", (*gep.services.SERVICES, HONEY))

    def run(*arguments: str | Path) -> str:
        found = CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.stdout

    return run


@pytest.fixture
def bees(county: Path) -> Path:
    """Return a county's project under a standard that has the new service alone."""
    for name, text in (
        ("bees.toml", STANDARD), ("bees.csv", PARAMETERS), ("hives.csv", STATISTICS),
    ):  # fmt: skip
        (county.parent / name).write_text(text, encoding="utf-8")
    tables = '[tables]\nparameters = "bees.csv"\nstatistics = "hives.csv"\n\n[output]'
    year = 'year = 2019\nstandard = "bees.toml"'
    return changed(county, "bees-project.toml", {"[output]": tables, "year = 2019": year})


def test_it_is_listed_and_explained(
    says: Says, bees: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Honey (honey)" in says("services")
    assert json.loads(says("services", "--json"))[-1]["id"] == "honey"
    monkeypatch.chdir(bees.parent)
    text = says("explain", "honey", "--standard", "bees.toml")
    assert "Q = Σ A y" in text
    assert "[tables] statistics" in text
    assert "蜂蜜" in says("explain", "蜂蜜", "--standard", "bees.toml", "--lang", "zh")
    assert "honey_price" in says("standards", "show", "bees.toml")


def test_it_has_a_page_with_an_example_by_hand(says: Says, tmp_path: Path) -> None:
    says("book", tmp_path)
    page = (tmp_path / "services" / "honey.md").read_text(encoding="utf-8")
    assert "```math\nQ = \\sum A \\, y\n```" in page
    assert "| $`y`$ | nectar yield | t/(ha·year) | parameter" in page
    # no row gives a yield or a price: one of each is supposed, and 1 t at 1 CNY/t is 1 CNY
    assert "a hectare gives **1 t/year**" in page
    assert "is worth **1 CNY/year**" in page
    assert "蜂蜜" in (tmp_path / "services" / "README.zh.md").read_text(encoding="utf-8")


def test_it_is_validated(says: Says, bees: Path) -> None:
    assert says("validate", bees).strip() == "no problem found."


def test_it_is_in_the_account(says: Says, bees: Path, tmp_path: Path) -> None:
    manifest = json.loads(says("compute", bees, "--out", tmp_path / "run", "-q", "--json"))
    assert [s["service"] for s in manifest["services"]] == ["honey"]
    extent = pd.read_parquet(tmp_path / "run" / "extent.parquet")
    forest = extent.loc[extent["ecosystem"].str.startswith("1"), "area_ha"].sum()
    # 2 kg/ha of wild honey in the forest and 12 t of kept; 40 CNY/kg = 40,000 CNY/t
    tonnes = forest * 2 / 1000 + 12
    summary = pd.read_csv(tmp_path / "run" / "summary.csv").set_index("service")
    assert summary.loc["honey", "physical"] == pytest.approx(tonnes)
    assert summary.loc["gep", "value"] == pytest.approx(tonnes * 40_000)


def test_a_number_that_it_lacks_stops_it_by_name(says: Says, bees: Path, tmp_path: Path) -> None:
    header, _, price = PARAMETERS.splitlines()
    (bees.parent / "bees.csv").write_text(f"{header}\n{price}\n", encoding="utf-8")
    says("compute", bees, "--out", tmp_path / "run", "-q")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    (refused,) = manifest["services_not_computed"]
    assert refused["title_en"] == "Honey (wild)"
    assert "'bees' has no row for parameter 'nectar_yield'" in refused["reason_en"]
    summary = pd.read_csv(tmp_path / "run" / "summary.csv").set_index("service")
    assert summary.loc["honey", "physical"] == pytest.approx(12)
