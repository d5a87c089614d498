"""The whole way from the real rasters of Madagascar to a loan file, in both languages."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from data_catalog.errors import GepError, RunError, TableError
from data_catalog.text import Language
from lending.loan_file import LoanFile, read_loan_file, recomputed
from lending.loan_file.catalogue import statements
from lending.loan_file.opening import open_loan_file
from lending.loan_file.pages import document
from lending.loan_file.report_check import report_check
from lending.paper import typeset
from lending.quick import read_self_valuation
from lending.quick import recomputed as page_again
from tests.lending.loan_file.madagascar_loan import (
    COUNT,
    METHODOLOGY,
    PLEDGED,
    carbon_of,
    chosen,
    gep_says,
    make_run,
    write_loan,
    write_project,
)
from tests.lending.loan_file.made_up import pages, squeezed
from tests.madagascar import make_madagascar

pytestmark = pytest.mark.shared
DAY = date(2021, 7, 30)
LANGUAGES: tuple[Language, Language] = ("zh", "en")


@dataclass(frozen=True)
class Made:
    """Everything on disk, and the record of the loan's file."""

    folder: Path
    run: Path
    ids: list[str]
    loan: Path
    record: LoanFile


@pytest.fixture(scope="module")
def made(computed: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("madagascar")
    run = make_run(folder, computed)
    ids = write_project(folder, run)
    gep_says("sinks", "credits", run, "--methodology", METHODOLOGY,
             "--project", folder / "credits.toml", "--out", run)  # fmt: skip
    loan = write_loan(folder, run, ids)
    return Made(folder, run, ids, loan, open_loan_file(loan, DAY))


def found(record: LoanFile) -> dict[str, str]:
    return {one.check.id: one.what.en for one in report_check(record, DAY)}


def test_the_tonnes_are_those_of_the_run_less_what_was_declared(made: Made) -> None:
    carbon, (_, baseline) = carbon_of(made.run), chosen(made.run)
    claim = made.record.claim
    assert claim is not None
    gross = carbon.loc[made.ids, "change"].sum()
    assert float(claim.gross_tCO2e) == pytest.approx(gross, abs=0.01)
    assert float(claim.steps["baseline"]) == pytest.approx(-baseline.sum(), abs=0.01)
    # leakage [SYN]: 0.5 t CO2e per ha and year, 14 years
    area = pd.read_parquet(made.run / "parcels.parquet").set_index("parcel_id")["area_ha"]
    assert float(claim.steps["leakage"]) == pytest.approx(-7 * area[made.ids].sum(), rel=1e-6)
    steps = {name: float(amount) for name, amount in claim.steps.items() if name != "issuable"}
    assert sum(steps.values()) == pytest.approx(float(claim.issuable_tCO2e), abs=1e-6)
    kept = gross - baseline.sum() + float(claim.steps["leakage"]) + steps["uncertainty"]
    assert float(claim.issuable_tCO2e) == pytest.approx(kept * (1 - claim.buffer), abs=1)
    # what the facts tell of it is what the claim took
    told = made.record.valuation.inputs.facts.tonnes.deducted_shares
    assert told["buffer"] == claim.buffer
    claimed = kept - steps["uncertainty"]
    assert told["uncertainty"] == pytest.approx(-steps["uncertainty"] / claimed, abs=5e-4)
    vintages = made.record.valuation.inputs.vintages
    assert sum(v.net_tCO2e for v in vintages) == pytest.approx(float(claim.issuable_tCO2e))


def test_the_lending_value_rests_on_the_lower_bound_of_each_parcel(made: Made) -> None:
    inputs, results = made.record.valuation.inputs, made.record.valuation.results
    z = norm.ppf(inputs.policy.confidence)
    bounds = [max(0.0, v.net_tCO2e - z * (v.se_tCO2e or np.nan)) for v in inputs.vintages]
    assert float(results.tonnes_lower) == pytest.approx(sum(bounds), abs=1e-3)
    # receipts 12 months on at 30 CNY less 2 % fee and 30 % to the owners, less verification now,
    # issuance in a year and development, at 6 %; haircuts of 25, 15, 15 and 5 % multiplied
    worth = sum(bounds) * 30 * 0.98 * 0.70 / 1.06 - 250_000 - 100_000 / 1.06 - 300_000
    assert float(results.value) == pytest.approx(worth, rel=1e-9)
    factor = 0.75 * 0.85 * 0.85 * 0.95
    assert float(results.lending_value) == pytest.approx(worth * factor, rel=1e-9)
    assert results.coverage_ratio == pytest.approx(worth * factor / 2_000_000)


def test_it_has_the_run_its_parcels_and_their_intervals(made: Made) -> None:
    run, carbon = made.record.run, carbon_of(made.run)
    assert run is not None
    assert run.pools == ("above_ground", "below_ground")
    assert set(run.pools_left_out) == {"litter", "soil"}
    areas = pd.read_parquet(made.run / "parcels.parquet").set_index("parcel_id")["area_ha"]
    assert [one.parcel_id for one in made.record.parcels] == made.ids
    for parcel in made.record.parcels:  # the run measures in its grid, which is not equal-area
        assert float(parcel.area_ha) == pytest.approx(areas[parcel.parcel_id], rel=1e-3)
    *parcels, whole = run.carbon
    assert len(parcels) == COUNT
    for one in parcels:
        assert one.change is not None
        assert one.change.years == (2000, 2014)
        assert float(one.change.tCO2e) == pytest.approx(carbon["change"][one.parcel_id], abs=1e-3)
        # densities of 141 (se 21) and 52.17 (se 10.4) t C/ha: one draw each for all parcels
        error = np.hypot(21, 10.4) / (141 + 52.17)
        half = norm.ppf(0.975) * error * abs(carbon["change"][one.parcel_id])
        assert float(one.change.half_width or 0) == pytest.approx(half, rel=1e-4)
    halves = [float(one.change.half_width or 0) for one in parcels if one.change]
    assert whole.change is not None
    assert float(whole.change.half_width or 0) == pytest.approx(sum(halves), rel=1e-6)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_whole_in_both_languages(made: Made, language: Language) -> None:
    record = made.record
    told = document(record, report_check(record, DAY), language)
    text = squeezed("".join(pages(typeset(told))))
    for one in statements():
        assert squeezed(one.text[language]) in text
    assert record.run is not None
    assert record.claim is not None
    price, results = record.valuation.inputs.price, record.valuation.results
    shown = [
        record.run.sha256, record.claim.title.text()[language], price.id, str(price.last_day),
        f"{results.lending_value:,.2f}", f"{results.tonnes_lower:,.3f}", PLEDGED,
        f"{results.coverage_ratio:.1%}", "示例合作社（编造）", "[SYN]",
        *(f"{v.net_tCO2e:,.3f}" for v in record.valuation.inputs.vintages),
        *(f"{p.area_ha:,.4f}" for p in record.parcels), *made.ids,
    ]  # fmt: skip
    for carbon in record.run.carbon:
        for amount in (carbon.stock, carbon.change):
            assert amount is not None
            shown += [f"{amount.tCO2e:,.0f}", f"{amount.half_width:,.0f}"]
    assert [one for one in shown if squeezed(one) not in text] == []


def test_the_commands_make_both_documents_and_check_them_again(made: Made) -> None:
    out, small = made.folder / "file.pdf", made.folder / "page.pdf"
    code, _ = gep_says("loan", "file", made.loan, "--on", DAY, "--out", out)
    assert code == 3
    _, said = gep_says("loan", "check", out.with_suffix(".json"), "--on", DAY, "--json")
    checks = {one["check"] for one in json.loads(said)}
    assert "unflagged_conflict" in checks
    assert checks.isdisjoint({"not_reproducible", "other_run", "altered_vintages"})
    assert "provisional" in checks  # how a REDD methodology finds its baseline was not read
    _, value = gep_says("value", made.run, "--facts", made.folder / "facts.toml",
                        "--policy", made.folder / "policy.toml", "--json")  # fmt: skip
    results = made.record.valuation.results
    assert json.loads(value)["results"]["lending_value"] == str(results.lending_value)
    quick = [
        "loan", "quick", made.run, "--id", made.ids[0], "--amount", 250_000, "--facts",
        made.folder / "facts.toml", "--policy", made.folder / "policy.toml", "--papers",
        made.folder / "papers.csv", "--registry", made.folder / "claims.csv", "--on", DAY,
        "--out", small,
    ]  # fmt: skip
    code, said = gep_says(*quick)
    assert code == 3  # pledged already
    assert len(pages(small.read_bytes())) == 1
    page = read_self_valuation(small.with_suffix(".json").read_text("utf-8"), "page.json")
    assert page_again(page) == page
    assert {one.fact for one in page.declared} >= {"holder", "holder_is_party"}
    _, said = gep_says("loan", "check", small.with_suffix(".json"), "--on", DAY, "--json")
    assert "not_reproducible" not in said


def test_it_is_made_again_from_its_own_json_in_any_place(made: Made, tmp_path: Path) -> None:
    read = read_loan_file(made.record.to_json(), "file")
    assert recomputed(read) == read == made.record
    file = tmp_path / "file.json"
    file.write_text(made.record.to_json(), encoding="utf-8")
    script = (
        "import locale, sys; locale.setlocale(locale.LC_ALL, '')\n"
        "from lending.loan_file import read_loan_file, recomputed\n"
        "r = read_loan_file(open(sys.argv[1], encoding='utf-8').read(), 'x')\n"
        "assert recomputed(r) == r"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(file)], check=True, timeout=60,
        env={"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip


def test_a_claim_of_another_run_or_an_altered_table_is_found(made: Made) -> None:
    claim = made.record.claim
    assert claim is not None
    other = claim.model_copy(update={"source_sha256": "0" * 64, "intact": False})
    checks = found(made.record.model_copy(update={"claim": other}))
    assert {"other_run", "altered_vintages"} <= set(checks)
    assert {"other_run", "altered_vintages"}.isdisjoint(found(made.record))


def test_tonnes_without_an_error_are_told_and_count_as_nothing(made: Made) -> None:
    table = pd.read_csv(made.run / "vintages.csv", dtype={"parcel_id": str})
    folder = made.folder / "elsewhere"
    folder.mkdir()
    table.assign(se_tCO2e="", lower_tCO2e="", confidence="").to_csv(
        folder / "vintages.csv", index=False
    )
    text = made.loan.read_text(encoding="utf-8")
    loan = made.loan.with_name("unknown.toml")
    loan.write_text(text.replace("[inputs]", '[inputs]\nvintages = "elsewhere"'), "utf-8")
    record = open_loan_file(loan, DAY)
    results = record.valuation.results
    assert (results.lending_value, results.max_loan, results.tonnes_lower) == (0, 0, 0)
    assert float(results.tonnes_mean) == pytest.approx(table["net_tCO2e"].sum())
    checks = found(record)
    assert "count as 0 in the lending value" in checks["unknown_bound"]
    assert "claim.json" in checks["unknown_origin"]
    for language, words in (("zh", "误差未知"), ("en", "how far they err is unknown")):
        loud = [p for p in document(record, (), language).pieces if getattr(p, "loud", False)]
        assert any(words in p.text for p in loud)  # type: ignore[union-attr]


def test_a_run_without_errors_stops_and_names_their_sources(
    made: Made, computed: Callable[..., Any], tmp_path: Path
) -> None:
    project = make_madagascar(tmp_path, parcels=60)
    computed(project, tmp_path / "run", tile=512, workers=2)
    asked = ["sinks", "credits", tmp_path / "run", "--methodology", METHODOLOGY]
    with pytest.raises(RunError, match=r"carbon_density_above_ground\[ipcc2006-tropical"):
        gep_says(*asked, "--project", made.folder / "credits.toml")
    # what is the project's to say is asked for by name, and nothing is written
    with pytest.raises(GepError, match="baseline_removal"):
        gep_says(*asked, "--out", tmp_path / "run")
    with pytest.raises(TableError, match=r"gep sinks credits .*run --methodology ID"):
        gep_says("value", tmp_path / "run", "--facts", made.folder / "facts.toml",
                 "--policy", made.folder / "policy.toml")  # fmt: skip
    # the general rules do not credit losses that are avoided
    with pytest.raises(GepError, match="does not credit losses"):
        gep_says("sinks", "credits", made.run, "--methodology", "vcs-4.4",
                 "--project", made.folder / "credits.toml")  # fmt: skip


def test_a_file_of_the_run_that_was_altered_is_refused(made: Made) -> None:
    file = made.run / "carbon.parquet"
    whole = file.read_bytes()
    try:
        pd.read_parquet(file).assign(change_tC=0.0).to_parquet(file)
        with pytest.raises(RunError, match=r"carbon\.parquet.*altered"):
            open_loan_file(made.loan, DAY)
    finally:
        file.write_bytes(whole)


@pytest.mark.parametrize(
    ("figure", "altered"),
    [("results.lending_value", Decimal("9999999.00")), ("results.max_loan", Decimal("1.00"))],
)
def test_an_altered_figure_is_named(made: Made, figure: str, altered: Decimal) -> None:
    content = json.loads(made.record.to_json())
    content["valuation"]["results"][figure.split(".")[1]] = str(altered)
    what = found(read_loan_file(json.dumps(content), "x"))["not_reproducible"]
    assert f"valuation.{figure}: {altered:,} →" in what
