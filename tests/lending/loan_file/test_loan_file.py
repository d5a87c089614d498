"""The loan file: complete, honest about what is missing, and to be made again from itself."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import gep
from data_catalog.errors import GepError, Problems, ProjectError, UnknownNameError
from data_catalog.references import references
from data_catalog.text import Language
from lending.loan_file import LoanFile, read_loan_file, recomputed
from lending.loan_file.catalogue import (
    CASES,
    STAGES,
    checks,
    items,
    sections,
    statements,
    steps,
)
from lending.loan_file.facts import GivenDocument, Signature, SpecialMatter, read_file_facts
from lending.loan_file.origin import Run
from lending.loan_file.origin_pages import run_pieces
from lending.loan_file.pages import document
from lending.loan_file.record import item_states, steps_left
from lending.loan_file.report_check import LOOK, LOOK_AT_ANY, report_check
from lending.loan_file.writing import write_pair
from lending.paper import typeset
from lending.paper.document import Words
from tests.lending.loan_file.made_up import DAY, opened, pages, squeezed

LANGUAGES: tuple[Language, Language] = ("zh", "en")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> LoanFile:
    return opened(tmp_path_factory.mktemp("loan") / "example")


def with_facts(record: LoanFile, **changed: object) -> LoanFile:
    return record.model_copy(update={"facts": record.facts.model_copy(update=changed)})


def found(record: LoanFile, on: date = DAY) -> set[str]:
    return {one.check.id for one in report_check(record, on)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_file_is_on_its_pages(record: LoanFile, language: Language) -> None:
    told = document(record, report_check(record, DAY), language)
    text = squeezed("".join(pages(typeset(told))))
    lost = [t for t in told.texts() if t not in {"zh", "en", "auto", "1fr"}]
    # a row that goes on on the next page is cut by that page's head: look at its sentences
    parts = [p for t in lost for p in re.split(r"[；;。\n]", t) if len(p) < 60]
    assert len(parts) > 200
    assert [p for p in parts if squeezed(p) not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_states_what_it_does_not_prove(record: LoanFile, language: Language) -> None:
    text = squeezed("".join(pages(typeset(document(record, (), language)))))
    for one in statements():
        assert squeezed(one.text[language]) in text


def test_it_is_made_again_from_its_own_json_to_the_cent(record: LoanFile) -> None:
    read = read_loan_file(record.to_json(), "file")
    assert read == record
    assert recomputed(read) == record


def test_the_anji_case_gives_the_figures_of_practice_beside_the_prudent_one(
    record: LoanFile,
) -> None:
    results = record.valuation.results
    (practice,) = results.practice
    # 1,030 mu * 0.39 t * 17.538 years = 7,045.0 t; at 52.79: 371,906; the paper says 37.19 x 10^4
    assert practice.limit == pytest.approx(Decimal(371900), abs=100)
    assert results.max_loan < practice.limit / 5
    assert "7,045.015 tCO2e" in str(document(record, (), "zh").content())


def test_the_checks_find_what_the_example_lacks(record: LoanFile) -> None:
    assert found(record) == {
        "example_policy", "methods", "missing_item", "outside_valuation", "signatures",
        "uncovered", "unflagged_conflict",
    }  # fmt: skip


def test_what_was_altered_after_it_was_computed_is_found(record: LoanFile) -> None:
    results = record.valuation.results.model_copy(update={"lending_value": Decimal("371900.00")})
    altered = record.model_copy(
        update={"valuation": record.valuation.model_copy(update={"results": results})}
    )
    assert "not_reproducible" in found(altered)
    assert "not_reproducible" not in found(record)


def test_a_valuation_and_a_price_grow_stale(record: LoanFile) -> None:
    # the example policy: a price 30 days from 2021-07-16, a valuation 6 months from 2021-07-30
    assert "stale_price" not in found(record, date(2021, 8, 15))
    assert "stale_price" in found(record, date(2021, 8, 16))
    assert "stale_valuation" not in found(record, date(2022, 1, 29))
    assert "stale_valuation" in found(record, date(2022, 1, 30))
    assert "stale_valuation" in found(record, DAY - timedelta(days=1))


def test_tonnes_after_the_tenure_of_a_parcel_are_found(record: LoanFile) -> None:
    papers = record.facts.parcels["AJ-001"].model_copy(update={"tenure_to": date(2030, 1, 1)})
    short = with_facts(record, parcels={"AJ-001": papers})
    assert "tonnes_outside_tenure" in found(short)
    assert "tonnes_outside_tenure" not in found(record)


def test_two_persons_must_sign_and_maker_and_checker_must_differ(record: LoanFile) -> None:
    def signed(*by: tuple[str, str]) -> LoanFile:
        return with_facts(
            record, signatures=tuple(Signature(role=r, name=n, day=DAY) for r, n in by)
        )

    assert "signatures" in found(signed(("maker", "甲")))
    assert "signatures" not in found(signed(("maker", "甲"), ("checker", "乙")))
    assert "same_person" in found(signed(("maker", "甲"), ("checker", "甲")))
    assert "same_person" not in found(signed(("maker", "甲"), ("checker", "乙")))


def test_one_method_needs_a_reason(record: LoanFile) -> None:
    assert "methods" not in found(with_facts(record, one_method_because="没有三笔可比交易"))


def test_a_conflict_that_somebody_answered_is_not_told_again(record: LoanFile) -> None:
    matter = SpecialMatter(about="PLEDGE-0007", text="重叠处已从质押范围剔除（示例）。")
    assert "unflagged_conflict" not in found(with_facts(record, special_matters=(matter,)))


def test_a_price_without_a_source_and_a_file_without_a_search_are_found(record: LoanFile) -> None:
    bare = record.valuation.inputs.price.model_copy(update={"source": " "})
    inputs = record.valuation.inputs.model_copy(update={"price": bare})
    valuation = record.valuation.model_copy(update={"inputs": inputs})
    assert "price_source" in found(record.model_copy(update={"valuation": valuation}))
    assert "not_searched" in found(record.model_copy(update={"search": None}))


def test_documents_are_present_missing_or_due_later(record: LoanFile) -> None:
    states = {one.item.id: one.state for one in item_states(record)}
    assert states["application"] == "present"
    assert states["identity"] == "missing"
    assert states["loan_contract"] == "later"
    assert states["own_valuation"] == "present"
    assert states["outside_valuation"] == "missing"  # 371,900 is not below 300,000
    assert "resolution" not in states  # the borrower is no company
    loan = record.facts.loan.model_copy(update={"amount": Decimal(299999), "stage": "drawdown"})
    small = {one.item.id: one.state for one in item_states(with_facts(record, loan=loan))}
    assert "outside_valuation" not in small
    assert small["loan_contract"] == "missing"


def test_a_step_of_registration_is_left_until_its_document_is_there(record: LoanFile) -> None:
    left = [one.id for one in steps_left(record)]
    assert left == ["search_again", "account", "sign_pledge", "register", "payee"]
    proof = GivenDocument(item="registration_proof", name="登记证明（示例）", number="0001")
    done = with_facts(record, documents=(*record.facts.documents, proof))
    assert "register" not in [one.id for one in steps_left(done)]


def test_the_tables_of_the_file_hang_together() -> None:
    known = references()
    numbers = {one.number for one in sections()}
    for item in items().values():
        assert item.section in numbers
        assert item.due in STAGES
        assert item.given_if in {"", *CASES}
        assert item.source in known, item.id
    assert {one.section for one in items().values()} == numbers
    for step in steps():
        assert step.done_by in items()
        assert step.source in known
    assert {*LOOK, *LOOK_AT_ANY, "not_reproducible"} == set(checks())
    assert all(one.source in known for one in (*checks().values(), *statements()))
    names = ("loan_file_items", "loan_file_sections", "registration_steps", "not_proven",
             "report_checks")  # fmt: skip
    for name in names:
        file = resources.files("data_catalog.lending") / f"{name}.csv"
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
            assert re.search(r"[\u4e00-\u9fff]", row["zh"]), row
            assert row["en"]
            assert None not in row.values()


def test_an_unknown_document_is_refused_with_the_nearest(tmp_path: Path) -> None:
    opened(tmp_path / "x")
    file = tmp_path / "x" / "loan.toml"
    text = file.read_text(encoding="utf-8").replace('"certificate"', '"certificat"')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnknownNameError, match="certificate"):
        read_file_facts(file)


def test_all_that_is_wrong_with_the_toml_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "loan.toml"
    file.write_text('[loan]\nnumber = ""\namount = -1\nfoo = 1\n[inputs]\nland = "x"\n')
    with pytest.raises(Problems) as problems:
        read_file_facts(file)
    assert len(problems.value.errors) > 4


def test_what_is_no_loan_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="is no loan file"):
        read_loan_file("{}", "x.json")
    with pytest.raises(ProjectError, match="cannot be read"):
        CliRunner().invoke(
            gep, ["loan", "check", str(tmp_path / "none.json")], catch_exceptions=False
        )


def test_the_commands_make_and_check_a_file(tmp_path: Path) -> None:
    run = CliRunner()
    folder, out = tmp_path / "e", tmp_path / "file.pdf"
    made = run.invoke(gep, ["loan", "example", str(folder)], catch_exceptions=False)
    assert made.exit_code == 0
    words = ["loan", "file", str(folder / "loan.toml"), "--on", "2021-07-30", "--out", str(out)]
    done = run.invoke(gep, words, catch_exceptions=False, standalone_mode=False)
    assert done.return_value == 3  # something stands against lending on it
    check = ["loan", "check", str(out.with_suffix(".json")), "--on", "2021-07-30", "--json"]
    again = run.invoke(gep, check, catch_exceptions=False, standalone_mode=False)
    assert '"check": "unflagged_conflict"' in again.stdout
    assert '"check": "not_reproducible"' not in again.stdout
    with pytest.raises(GepError, match="Name a new folder"):
        run.invoke(gep, ["loan", "example", str(folder)], catch_exceptions=False)


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file, no folder")
    with pytest.raises(GepError, match="cannot be written"):
        write_pair(tmp_path / "there" / "x.pdf", b"", "{}", overwrite=False)
    assert [file.name for file in tmp_path.iterdir()] == ["there"]


@pytest.mark.parametrize(("level", "told"), [(0.9, "90 %"), (0.975, "97.5 %"), (0.995, "99.5 %")])
def test_the_level_of_a_run_is_told_with_its_digits(level: float, told: str) -> None:
    run = Run(name="run", project="p", sha256="0", software="gep", level=level)
    for language in LANGUAGES:
        words = [one.text for one in run_pieces(run, language) if isinstance(one, Words)]
        assert any(told in text for text in words)
