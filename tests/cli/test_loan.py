"""`gep loan schedule` and `gep loan stress`: what is printed, and what is refused."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import gep, main
from lending.valuation.value import value
from tests.lending.stress.base_case import inputs

TERMS = ("--amount", "300000", "--rate", "0.0435", "--drawn", "2026-01-15")


def run(*words: str) -> Result:
    return CliRunner().invoke(gep, ["loan", *words], prog_name="gep", catch_exceptions=False)


@pytest.fixture(scope="module")
def valuation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("valuation") / "s03.json"
    file.write_text(value(inputs()).to_json(), encoding="utf-8")
    return file


def refused(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr("sys.argv", ["gep", "loan", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1


def test_the_instalments_and_their_sum_are_printed_in_both_languages() -> None:
    words = (*TERMS, "--instalments", "4", "--every", "quarterly", "--repayment", "bullet")
    zh, en = (run("schedule", *words, "--lang", lang).stdout for lang in ("zh", "en"))
    assert "按期付息、到期还本" in zh
    assert "利息合计 13,050.00 元；本息合计 313,050.00 元" in zh
    assert "Interest 13,050.00 CNY, 313,050.00 CNY in all" in en
    assert not re.search(r"[\u4e00-\u9fff]", en)
    assert len(re.findall(r"(?<!\d)3,262\.50", en)) == 7  # three payments, four times interest


def test_income_that_does_not_pay_is_said(tmp_path: Path) -> None:
    income = tmp_path / "income.csv"
    income.write_text("date,amount,kind\n2027-01-15,6525,carbon\n2027-01-15,6525,other\n", "utf-8")
    words = (*TERMS, "--instalments", "1", "--every", "yearly", "--income", str(income))
    said = run("schedule", *words, "--lang", "en").stdout
    assert "Over the loan's life carbon income is 2.1 %" in said  # 6,525 / 313,050
    assert "other income or security" in said
    (year,) = json.loads(run("schedule", *words, "--json").stdout)["income_cover"]
    assert year["dscr"] == "0.041687"
    assert year["service"] == "313050.00"


def test_money_is_text_to_the_cent_in_json() -> None:
    record = json.loads(run("schedule", *TERMS, "--instalments", "60", "--json").stdout)
    assert record["instalments"][-1]["balance"] == "0.00"
    assert record["instalments"][0]["payment"] == "5572.47"


def test_a_loan_beyond_the_tenure_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(monkeypatch, "schedule", *TERMS, "--instalments", "60", "--tenure-end", "2030-12-31")
    said = capsys.readouterr()
    assert said.out == ""
    assert "2031-01-15" in said.err


def test_what_is_no_number_is_a_wrong_use() -> None:
    found = run("schedule", "--amount", "much", *TERMS[2:], "--instalments", "3", "--lang", "zh")
    assert found.exit_code == 2
    assert "“much”不是数" in found.stderr


def test_the_scenarios_of_a_valuation_file_and_what_is_left_out(valuation: Path) -> None:
    zh, en = (
        run("stress", str(valuation), "--loan", "300000", "--lang", lang).stdout
        for lang in ("zh", "en")
    )
    for said in (zh, en):
        assert re.search(r"price-2025 .*510,886\.73 +278,465\.20 +107\.7 %", said)
        assert re.search(r"programme-closed .* 0\.00 +0\.00 +–", said)
        assert "--loss typhoon=0.25" in said
        assert "--share pine=0.6" in said
    assert "政策为示例" in zh
    assert not re.search(r"[\u4e00-\u9fff]", en)


def test_scenarios_strike_together_and_carry_their_sources(valuation: Path) -> None:
    words = ("--scenario", "price-2025+area-25+issuance-late", "--json")
    record = json.loads(run("stress", str(valuation), "--loan", "300000", *words).stdout)
    none, together = record["scenarios"]
    assert none["ltv"] == "0.591951"
    assert together["lending_value"] == "168304.74"
    assert together["zone"] == "red"
    assert {s["source"] for s in together["sources"]} == {"gxtzh_2025_12", "lending_research"}
    assert record["example"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--loan", "0"), "贷款金额为 0 元"),
        (("--loan", "1000", "--scenario", "typhoon"), "--loss typhoon=0.25"),
        (("--loan", "1000", "--scenario", "tyfoon"), "typhoon"),
        (("--loan", "1000", "--share", "pine=6"), "应在 0 到 1 之间"),
        (("--loan", "1000", "--share", "pin=0.6"), "pine"),
        (("--loan", "1000", "--loss", "fier=0.6"), "fire"),
    ],
)
def test_what_cannot_be_worked_out_is_told(
    words: tuple[str, ...], said: str, valuation: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    refused(monkeypatch, "stress", str(valuation), *words, "--lang", "zh")
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_a_share_without_a_name_is_a_wrong_use(valuation: Path) -> None:
    found = run("stress", str(valuation), "--loan", "1", "--loss", "0.25", "--lang", "en")
    assert found.exit_code == 2
    assert "a name and a share" in found.stderr
