"""The small loan: one page, its figures those of the record, and the record to be made again."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import gep
from data_catalog.errors import GepError, ParcelError, TableError
from data_catalog.text import Language
from lending.loan_file import read_land
from lending.loan_file.catalogue import limit, statements
from lending.loan_file.claims import searched
from lending.loan_file.land import read_one
from lending.loan_file.opening import inputs_of_parcels
from lending.paper import amounts, typeset
from lending.quick import (
    QuickFiles,
    SelfValuation,
    open_self_valuation,
    page,
    read_self_valuation,
    recomputed,
    self_valuation,
)
from lending.quick.checking import checked_file
from tests.lending.loan_file.made_up import AMOUNT, DAY, EXAMPLE, POLICY, inputs, pages, squeezed

LANGUAGES: tuple[Language, Language] = ("zh", "en")


@pytest.fixture(scope="module")
def record() -> SelfValuation:
    land = read_one(EXAMPLE / "parcels.geojson")
    made = self_valuation(land, inputs(), AMOUNT, None)
    return made.model_copy(
        update={"search": searched((land,), made.valuation, "claims.csv", EXAMPLE, DAY, {})}
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_page_that_says_every_sentence(record: SelfValuation, language: Language) -> None:
    told = page(record, language)
    found = pages(typeset(told))
    assert len(found) == 1
    text = squeezed(found[0])
    shown = [t for t in told.texts() if t not in {"zh", "en", "auto", "1fr"}]
    assert [t for t in shown if squeezed(t) not in text] == []
    for one in statements():
        assert (squeezed(one.text[language]) in text) is one.on_quick


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_on_the_page_are_those_of_the_json(
    record: SelfValuation, language: Language
) -> None:
    (text,) = pages(typeset(page(record, language)))
    figures = json.loads(record.to_json())
    results = figures["valuation"]["results"]
    for name in ("lending_value", "max_loan"):
        assert squeezed(amounts.yuan(Decimal(results[name]), language)) in squeezed(text)
    for name in ("tonnes_mean", "tonnes_lower"):
        assert f"{Decimal(results[name]):,.3f}tCO2e" in squeezed(text)
    assert squeezed(amounts.yuan(Decimal(figures["amount"]), language)) in squeezed(text)
    # 71,205.37 / 250,000 = 28.5 %
    assert "28.5%" in squeezed(text)
    assert f"{figures['valuation']['inputs']['price']['price']:g}" in text
    assert figures["valuation"]["inputs"]["price"]["last_day"] in text


def test_it_is_made_again_from_its_own_json_to_the_cent(record: SelfValuation) -> None:
    read = read_self_valuation(record.to_json(), "page.json")
    assert read == record
    assert recomputed(read) == record


def test_an_area_in_mu_is_fifteen_times_the_hectares(record: SelfValuation) -> None:
    # the outline was drawn to 1,030 mu; 68.6665 ha * 15 = 1,029.9975
    assert record.parcel.area_ha == Decimal("68.6665")
    assert "1,030.00 亩（68.6665 公顷）" in str(page(record, "zh").content())


def test_from_the_limit_on_the_page_asks_for_an_outside_valuation() -> None:
    land = read_one(EXAMPLE / "parcels.geojson")
    assert limit().value == 300000
    for amount, asked in ((Decimal("299999.99"), False), (Decimal(300000), True)):
        made = self_valuation(land, inputs(), amount, None)
        assert made.above_limit is asked
        assert ("须另行委托外部评估" in str(page(made, "zh").content())) is asked


def test_a_loan_that_carbon_does_not_cover_is_told_the_gap(record: SelfValuation) -> None:
    # the policy lends 60 % of 71,205.37 = 42,723.22; 250,000 - 42,723.22 = 207,276.78
    assert record.shortfall == Decimal("207276.78")
    assert "207,276.78" in str(page(record, "en").content())
    small = self_valuation(read_one(EXAMPLE / "parcels.geojson"), inputs(), Decimal(40000), None)
    assert small.shortfall == 0
    assert "碳汇可担保全部申请金额" in str(page(small, "zh").content())


def test_a_page_without_a_register_says_that_nobody_looked() -> None:
    made = self_valuation(read_one(EXAMPLE / "parcels.geojson"), inputs(), AMOUNT, None)
    assert "没有比对任何登记簿" in str(page(made, "zh").content())


def test_a_neighbour_s_pledge_on_the_same_ground_is_met(record: SelfValuation) -> None:
    assert record.search is not None
    assert [one.other_claim_id for one in record.search.met if one.level == "BLOCK"] == [
        "PLEDGE-0007"
    ]
    assert record.search.compared_with == 2
    assert record.search.not_looked_at, "what was not declared has not passed"


def test_the_command_writes_the_page_and_its_figures(tmp_path: Path) -> None:
    out = tmp_path / "page.pdf"
    words = [
        "loan", "quick", str(EXAMPLE / "parcels.geojson"), "--amount", "250000", "--facts",
        str(EXAMPLE / "facts.toml"), "--policy", str(POLICY), "--on", "2021-07-30",
        "--registry", str(EXAMPLE / "claims.csv"), "--out", str(out),
    ]  # fmt: skip
    done = CliRunner().invoke(gep, ["--lang", "zh", *words], catch_exceptions=False)
    assert done.exit_code == 0
    assert "28.5 %" in done.stdout
    figures = SelfValuation.model_validate_json(out.with_suffix(".json").read_text())
    assert figures.amount == AMOUNT
    assert len(pages(out.read_bytes())) == 1
    with pytest.raises(GepError, match="is there already"):
        CliRunner().invoke(gep, words, catch_exceptions=False)


def test_what_papers_declare_is_kept_and_its_checks_are_made(tmp_path: Path) -> None:
    papers = tmp_path / "papers.csv"
    papers.write_text(
        "parcel_id,holder,holder_is_party,title_chain_complete,litigation_or_seizure\n"
        "AJ-001,示例承包户（编造）,yes,yes,yes\n",
        encoding="utf-8",
    )
    files = QuickFiles(
        land=EXAMPLE / "parcels.geojson", facts=EXAMPLE / "facts.toml", policy=POLICY,
        registry=str(EXAMPLE / "claims.csv"),
    )  # fmt: skip
    bare = open_self_valuation(files, AMOUNT, DAY)
    told = open_self_valuation(replace(files, papers=papers), AMOUNT, DAY)
    assert bare.search is not None
    assert told.search is not None
    unmade = [{f.check for f in one.search.not_looked_at} for one in (bare, told) if one.search]
    assert unmade[0] - unmade[1] == {"R1", "R3"}
    assert "R3" in {one.check for one in told.search.met}  # a lawsuit is pending
    assert {one.fact: one.value for one in told.declared} == {
        "holder": "示例承包户（编造）", "holder_is_party": "yes", "title_chain_complete": "yes",
        "litigation_or_seizure": "yes",
    }  # fmt: skip
    assert len(pages(typeset(page(told, "zh")))) == 1
    papers.write_text("parcel_id,holder\nAJ-002,x\n", encoding="utf-8")
    with pytest.raises(TableError, match="no row of parcel 'AJ-001'"):
        open_self_valuation(replace(files, papers=papers), AMOUNT, DAY)
    papers.write_text("parcel_id,holder_is_party\nAJ-001,maybe\n", encoding="utf-8")
    with pytest.raises(GepError, match="holder_is_party is 'maybe'; yes or no is needed"):
        open_self_valuation(replace(files, papers=papers), AMOUNT, DAY)
    papers.write_text("parcel_id\nAJ-001\nAJ-001\n", encoding="utf-8")
    with pytest.raises(GepError, match="a parcel has two rows"):
        open_self_valuation(replace(files, papers=papers), AMOUNT, DAY)


@pytest.mark.parametrize(("amount", "code"), [("299999.99", 0), ("300000", 3)])
def test_from_the_limit_on_the_command_says_that_it_is_not_for_it(
    tmp_path: Path, amount: str, code: int
) -> None:
    words = [
        "loan", "quick", str(EXAMPLE / "parcels.geojson"), "--amount", amount, "--facts",
        str(EXAMPLE / "facts.toml"), "--policy", str(POLICY), "--out", str(tmp_path / "p.pdf"),
        "--lang", "en",
    ]  # fmt: skip
    done = CliRunner().invoke(gep, words, catch_exceptions=False, standalone_mode=False)
    assert done.return_value == code
    assert ("beyond what the quick route may decide" in done.stderr) is bool(code)


def test_an_altered_amount_area_or_limit_is_named(record: SelfValuation, tmp_path: Path) -> None:
    def said(*path: str, value: object) -> str:
        content = json.loads(record.to_json())
        part = content
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = value
        (tmp_path / "page.json").write_text(json.dumps(content), encoding="utf-8")
        found = {one.check.id: one.what.en for one in checked_file(tmp_path / "page.json", DAY)}
        return found.get("not_reproducible", "")

    assert said("amount", value="250000") == ""
    assert "valuation.inputs.facts.loan: 250,000 → 25,000" in said("amount", value="25000")
    assert "limit.amount: 900,000 → 300,000" in said("limit", "amount", value="900000")
    assert "parcel.area_ha: 99.0 → 68.6665" in said("parcel", "area_ha", value="99.0")
    price = said("valuation", "inputs", "price", "price", value=62.79)
    assert "valuation.steps.price.amount: 52.79 → 62.79" in price


def test_a_file_of_several_parcels_asks_which(tmp_path: Path) -> None:
    import geopandas as gpd

    one = gpd.read_file(EXAMPLE / "parcels.geojson")
    two = gpd.GeoDataFrame({"parcel_id": ["A", "B"]}, geometry=[*one.geometry] * 2, crs=one.crs)
    two.to_file(tmp_path / "two.gpkg")
    with pytest.raises(ParcelError, match="has 2 parcels"):
        read_one(tmp_path / "two.gpkg")
    assert read_one(tmp_path / "two.gpkg", "B").parcel_id == "B"
    with pytest.raises(ParcelError, match="no parcel 'C'"):
        read_land(tmp_path / "two.gpkg", ["C"])


def test_faults_of_the_land_are_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(ParcelError, match="there is no such file"):
        read_one(tmp_path / "none.gpkg")
    (tmp_path / "words.geojson").write_text("no shapes", encoding="utf-8")
    with pytest.raises(ParcelError, match="cannot be read"):
        read_one(tmp_path / "words.geojson")


def test_a_parcel_without_vintages_in_their_table_stops() -> None:
    land = read_one(EXAMPLE / "parcels.geojson")
    with pytest.raises(TableError, match="no row of parcel 'AJ-001'"):
        inputs_of_parcels(inputs(), (land,), by_vintages=True)


def test_the_day_of_the_search_is_in_the_record(record: SelfValuation) -> None:
    assert record.search is not None
    assert record.search.on == date(2021, 7, 30)
