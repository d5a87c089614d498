"""`gep loan schedule` and `gep loan stress`: what is printed, and what is refused."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import gep, main
from lending.policy.reading import example_policy
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


# A portfolio

LOANS = """loan_id,borrower,exposure,lending_value,default_probability,recovered,watershed,species
L1,A,100,300,0.02,0,好溪,pine
L2,B,100,100,0.02,0,好溪,bamboo
L3,C,100,50,0.02,0,松阴溪,
L4,D,100,50,0.02,0,小溪,pine
"""


@pytest.fixture
def loans(tmp_path: Path) -> Path:
    file = tmp_path / "loans.csv"
    file.write_text(LOANS, encoding="utf-8")
    return file


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    file = tmp_path / "policy.toml"
    limits = "[concentration]\nsingle = 0.50\nwatershed = 0.90\n"
    file.write_text(
        example_policy("en").replace("[concentration]\nsingle = 0.70\n", limits), encoding="utf-8"
    )
    return file


def test_a_portfolio_shows_its_largest_groups_and_what_is_above_a_limit(
    loans: Path, bank: Path
) -> None:
    # HHI of 300, 100, 50, 50 is .42; 好溪 holds 400 of 500
    words = (str(loans), "--policy", str(bank), "--factor", "0.2", "--level", "0.99")
    zh, en = (
        run("portfolio", *words, "--draws", "2000", "--lang", lang).stdout for lang in ("zh", "en")
    )
    assert re.search(r"borrower +A +60\.0 % +4 +0\.4200 +2\.381 +50\.0 %", en)
    assert re.search(r"watershed +好溪 +80\.0 %", en)
    assert "borrower A: 60.0% is above the limit of 50.0%" in en
    assert "单户 A：占 60.0%，超过上限 50.0%" in zh
    assert "小流域 好溪" not in zh.split("超过政策上限")[1]
    assert "风险价值" in zh
    assert "no such columns: right, region." in en
    assert "没有相应的列，未检查：权利、地区。" in zh


def test_the_losses_of_a_portfolio_for_a_program(loans: Path) -> None:
    words = (str(loans), "--factor", "0", "--level", "0.9", "--draws", "40000", "--json")
    record = json.loads(run("portfolio", *words).stdout)
    losses = record["losses"]
    # four loans of 100 at 2 %, nothing recovered: 8; any: 1 - .98^4 = .0776
    assert losses["mean"] == pytest.approx(8, abs=5 * losses["standard_error"])
    assert losses["any_default"] == pytest.approx(0.0776, abs=0.006)
    assert losses["levels"][0]["quantile"] == 0
    assert record["over_limits"] == record["limits_not_checked"] == []


def test_faults_of_a_loan_table_are_told_by_line(
    loans: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = LOANS.replace("L2,B,100,100,0.02", "L1,B,-1,many,2").replace("L3,C,100", "L3,C,NaN")
    loans.write_text(wrong, encoding="utf-8")
    refused(monkeypatch, "portfolio", str(loans), "--lang", "en")
    told = capsys.readouterr().err
    for part in ("line 3: exposure is '-1'", "lending_value is 'many'",
                 "default_probability is '2'", "the loan L1 is there already",
                 "line 4: exposure is 'NaN'"):  # fmt: skip
        assert part in told
    refused(monkeypatch, "portfolio", str(loans.with_name("none.csv")), "--lang", "zh")
    assert "无法读取" in capsys.readouterr().err


def test_a_factor_without_a_level_is_a_wrong_use(loans: Path) -> None:
    found = run("portfolio", str(loans), "--factor", "0.2", "--lang", "zh")
    assert found.exit_code == 2
    assert "--level" in found.stderr
