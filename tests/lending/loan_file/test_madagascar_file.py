"""A loan file for parcels of the real Madagascar run. Tonnes, costs and policy are made up."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from data_catalog.text import Language
from lending.loan_file import LoanFile, read_loan_file, recomputed
from lending.loan_file.catalogue import statements
from lending.loan_file.opening import open_loan_file, write_example
from lending.loan_file.pages import document
from lending.loan_file.report_check import report_check
from lending.paper import typeset
from tests.lending.loan_file.made_up import EXAMPLE, pages, squeezed
from tests.madagascar import DATA, make_madagascar

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not in {DATA}"),
]
PARCELS = 3
DAY = date(2021, 7, 30)


@pytest.fixture(scope="module")
def record(computed, tmp_path_factory: pytest.TempPathFactory) -> LoanFile:
    folder = tmp_path_factory.mktemp("madagascar")
    computed(make_madagascar(folder, parcels=60), folder / "run", tile=512, workers=2)
    carbon = pd.read_parquet(folder / "run" / "carbon.parquet").dropna(subset="removal_tCO2e")
    lost = -carbon.groupby("parcel_id")["removal_tCO2e"].sum()
    chosen = lost[lost > 0].nlargest(PARCELS)
    assert len(chosen) == PARCELS
    write_example(folder / "loan", "en")
    rows = [
        # made up: a tenth of the loss of 2000 to 2014 kept standing, in ten years to come
        {"parcel_id": name, "vintage_from": f"{year}-01-01", "vintage_to": f"{year + 1}-01-01",
         "gross_tCO2e": 0.01 * tonnes, "net_tCO2e": 0.01 * tonnes, "se_tCO2e": 0.002 * tonnes,
         "lower_tCO2e": 0.0074 * tonnes, "confidence": 0.9, "methodology": "made up",
         "kind": "ex_ante", "serial_from": "", "serial_to": ""}
        for name, tonnes in chosen.items() for year in range(2022, 2032)
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(folder / "loan" / "vintages.csv", index=False)
    facts = (EXAMPLE / "facts.toml").read_text(encoding="utf-8")
    start, end = facts.index("[holding]"), facts.index("[ends]")
    tonnes = '[tonnes]\ndeducted = ["uncertainty"]\nbuffer = 0.2\nleakage = 0.1\n\n'
    (folder / "loan" / "facts.toml").write_text(facts[:start] + tonnes + facts[end:], "utf-8")
    loan = (EXAMPLE / "loan.toml").read_text(encoding="utf-8")
    names = ", ".join(f'"{name}"' for name in chosen.index)
    loan = loan.replace('"parcels.geojson"', f'"../run"\nparcels = [{names}]')
    loan = loan.replace(
        'policy = "policy.toml"', 'policy = "policy.toml"\nvintages = "vintages.csv"'
    )
    loan = loan.replace('registry = "claims.csv"\n', "").replace("AJ-001", str(chosen.index[0]))
    (folder / "loan" / "loan.toml").write_text(loan, encoding="utf-8")
    return open_loan_file(folder / "loan" / "loan.toml", DAY)


def test_it_has_the_parcels_of_the_run_and_their_areas(record: LoanFile) -> None:
    assert len(record.parcels) == PARCELS
    assert {one.file for one in record.parcels} == {"parcels.parquet"}
    assert len(record.valuation.inputs.vintages) == 10 * PARCELS
    assert record.area_ha == sum((one.area_ha for one in record.parcels), Decimal(0))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_set_in_both_languages_and_says_what_it_does_not_prove(
    record: LoanFile, language: Language
) -> None:
    told = document(record, report_check(record, DAY), language)
    text = squeezed("".join(pages(typeset(told))))
    for one in statements():
        assert squeezed(one.text[language]) in text
    for parcel in record.parcels:
        assert parcel.parcel_id in text
        assert f"{parcel.area_ha:,.4f}" in text
    assert f"{record.valuation.results.lending_value:,.2f}" in text


def test_it_is_made_again_from_its_own_json_to_the_cent(record: LoanFile) -> None:
    read = read_loan_file(record.to_json(), "file")
    assert recomputed(read) == record
    assert "not_searched" in {one.check.id for one in report_check(record, DAY)}
