"""`gep loan` on the files an officer has: contract, insurance, holdings, portfolio."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import gep
from data_catalog.errors import GepError
from lending.policy.reading import example_policy
from lending.valuation.value import value
from tests.lending.stress.base_case import inputs

Contract = Callable[..., str]
HAN = re.compile(r"[\u4e00-\u9fff]")
RIGHT = '[[rights]]\nid = "R1"\ncode = "CARB_F"\nlending_value = {}\n'


def run(*words: object) -> Result:
    asked = ["loan", *map(str, words)]
    return CliRunner().invoke(gep, asked, prog_name="gep", catch_exceptions=False)


def said(*words: object, lang: str = "en") -> str:
    found = run(*words, "--lang", lang)
    assert found.exit_code == 0, found.output
    return found.stdout


def told(*words: object) -> Any:
    found = run(*words, "--json")
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("officer") / "files"
    said("example", folder)
    return folder


@pytest.fixture(scope="module")
def s03(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base case of the reference: 929,798.68 and 506,798.39 at 60 CNY/t."""
    rights = [{"right": "compensation", "value": "50000", "source": "SYN"},
              {"right": "timber", "value": "80000", "same_benefit_as_carbon": True,
               "source": "SYN"}]  # fmt: skip
    path = {"market": "SYN", "source": "SYN", "scenarios": {"low": 15, "high": 75.19}}
    of = inputs(other_rights=rights, price=path)
    rules = [{"right": r, "haircut": 0.2, "max_ltv": 0.5, "source": "SYN"}
             for r in ("compensation", "timber")]  # fmt: skip
    content = of.policy.model_dump() | {"rights": rules}
    of = of.model_copy(update={"policy": type(of.policy).model_validate(content)})
    file = tmp_path_factory.mktemp("s03") / "s03.json"
    file.write_text(value(of).to_json(), encoding="utf-8")
    return file


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    file = tmp_path / "bank.toml"
    file.write_text(example_policy("en"), encoding="utf-8")
    return file


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    """Write a contract of 500,000 at 10 % over two years, and what is added to it."""

    def write(more: str = "", loan: str = "") -> str:
        file = tmp_path / "contract.toml"
        file.write_text(
            '[loan]\nnumber = "L1"\nbank = "B"\nborrower = "X"\namount = 500000\nrate = 0.10\n'
            f'drawn = 2026-01-01\ninstalments = 2\nevery = "yearly"\n{loan}\n{more}', "utf-8"
        )  # fmt: skip
        return str(file)

    return write


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_file_of_the_example_is_read_by_its_command(example: Path, lang: str) -> None:
    of, policy = example / "contract.toml", ("--policy", example / "policy.toml")
    pages = [
        said("schedule", of, lang=lang),
        said("standing", of, *policy, "--on", "2022-08-01", lang=lang),
        said("early", of, "--on", "2023-01-01", "--principal", "10000", lang=lang),
        said("late", of, "--due", "2022-10-30", "--paid", "2022-12-01", lang=lang),
        said("stress", example / "valuation.json", "--contract", of, lang=lang),
        said("insurance", example / "insurance.toml", "--losses", example / "losses.csv",
             lang=lang),
        said("bundle", example / "valuation.json", example / "holdings.csv", lang=lang),
        said("portfolio", example / "loans.csv", *policy, "--carbon", example / "changes.csv",
             "--disturbances", example / "disturbances.toml", "--draws", "500", lang=lang),
    ]  # fmt: skip
    made_up = r"[\u4e00-\u9fff]+（编造）|示例[\u4e00-\u9fff]*|保证|东乡|上溪|年度碳汇损失累计"
    for page in pages:
        chinese = HAN.search(re.sub(made_up, "", page))
        assert bool(chinese) == (lang == "zh"), chinese


# A contract


def test_the_contracts_schedule_follows_the_steps_of_its_target(example: Path) -> None:
    # 390 verified of 380: reached, 0.2 points less from the first period after 2022-04-01
    rates = [one["rate"] for one in told("schedule", example / "contract.toml")["instalments"]]
    assert rates == ["0.0435"] * 3 + ["0.0415"] * 9


def test_income_of_the_valuation_stands_beside_that_of_the_table(
    contract: Contract, s03: Path
) -> None:
    right = f'[[rights]]\nid = "R1"\ncode = "CARB_F"\nvaluation = "{s03}"\n'
    (s03.parent / "income.csv").write_text("date,amount,kind\n2027-01-01,7000,other\n", "utf-8")
    of = contract(right)
    text = Path(of).read_text(encoding="utf-8")
    Path(of).write_text(f'income = "{s03.parent / "income.csv"}"\n{text}', encoding="utf-8")
    first, second = told("schedule", of)["income_cover"]
    # in its first two years S03 pays 2,000 a year for monitoring and receives nothing
    assert (first["carbon"], first["other"]) == ("-2000.00", "7000")
    assert (second["carbon"], second["other"]) == ("-2000.00", "0")


def test_a_contract_and_terms_exclude_each_other_and_one_is_needed(contract: Contract) -> None:
    more = ("--rate", "0.05", "--tenure-end", "2030-01-01")
    both = run("schedule", contract(), *more, "--lang", "en")
    assert both.exit_code == 2
    assert "do not give --rate, --tenure-end" in both.stderr
    neither = run("schedule", "--rate", "0.05", "--lang", "zh")
    assert neither.exit_code == 2
    assert "--amount, --drawn, --instalments" in neither.stderr


def test_a_contract_ends_before_the_right_that_secures_it(contract: Contract) -> None:
    with pytest.raises(GepError, match=r"2028-01-01.*2027-12-31"):
        run("schedule", contract(loan="tenure_end = 2027-12-31"))


@pytest.mark.parametrize(
    ("more", "match"),
    [
        (RIGHT.format(1).replace("CARB_F", "CARB_G"), "CARB_F"),
        ('[[rights]]\nid = "R"\ncode = "COMP"\n', "lending_value"),
        ("[expected_loss]\ndefault_probability = 0.03\n", "loss_given_default"),
        ("[expected_loss]\ndefault_probability = 3\nloss_given_default = 1\n", "at most 1"),
        ("[expected_loss]\ndefault_probability = 0\nloss_given_default = 45\n", "at most 1"),
        ("[green]\nbranch = 1\n", "green.borrower_id is missing"),
    ],
)
def test_what_is_wrong_with_a_contract_is_told(contract: Contract, more: str, match: str) -> None:
    with pytest.raises(GepError, match=match):
        run("schedule", contract(more))


# Standing


def test_where_a_loan_stands_by_hand(contract: Contract, bank: Path) -> None:
    # the reference, 4.8: 500,000 on 640,000: LTV .78125, 116,000 or 193,333.33; EL 4.10: 6,750
    more = (
        RIGHT.format(600000) + RIGHT.format(40000).replace("R1", "R2").replace("CARB_F", "COMP")
        + '[[other_security]]\nkind = "guarantee"\nvalue = 100000\n'
        + "[expected_loss]\ndefault_probability = 0.03\nloss_given_default = 0.45\n"
    )  # fmt: skip
    words = ("standing", contract(more), "--policy", bank, "--on", "2026-06-30")
    found = told(*words)
    assert (found["ltv"], found["zone"]) == ("0.781250", "yellow")
    assert (found["cash_top_up"], found["collateral_top_up"]) == ("116000.00", "193333.33")
    assert found["carbon_coverage_ratio"] == "1.200000"  # 600,000: neither COMP nor the guarantee
    assert found["coverage_ratio"] == "1.480000"  # 740,000
    assert found["expected_loss"] == "6750.00"
    page = said(*words)
    assert "Covered by carbon 120.0 %" in page
    assert "CARB_F × COMP  review" in page
    assert "Top-up within 15 working days" in page
    # a fall of 640,000 / 860,000 - 1 = -25.6 % is red, whatever the LTV
    assert told(*words, "--last-value", "860000")["zone"] == "red"
    assert told(*words, "--top-up-missed")["zone"] == told(*words, "--in-default")["zone"] == "red"


def test_what_is_left_after_a_payment_releases_security(contract: Contract, bank: Path) -> None:
    # after the first of two instalments 261,904.76 are left; at 60 % less the margin of 5:
    # 900,000 - 261,904.76 / .55 = 423,809.527
    of = contract(RIGHT.format(900000))
    found = told("standing", of, "--policy", bank, "--on", "2027-01-01")
    assert found["balance"] == "261904.76"
    assert found["release"] == "423809.52"
    assert "security has ended" in said("standing", of, "--policy", bank, "--on", "2028-01-01")


def test_a_valuation_file_gives_each_right_its_own_value_once(
    contract: Contract, bank: Path, s03: Path
) -> None:
    def right(id_: str, code: str) -> str:
        return f'[[rights]]\nid = "{id_}"\ncode = "{code}"\nvaluation = "{s03}"\n'

    found = told("standing", contract(right("A", "CARB_F") + right("B", "COMP")), "--policy", bank)
    assert [one["lending_value"] for one in found["rights"]] == ["506798.39", "40000.00"]
    for rights, match in (
        (right("A", "CARB_F") + right("B", "CARB_I"), "named by two rights"),
        (right("A", "TREE"), "same benefit as the carbon"),
        (right("A", "WATER"), "no lending value of WATER"),
    ):
        with pytest.raises(GepError, match=match):
            run("standing", contract(rights), "--policy", bank)


def test_a_value_counts_once_however_its_path_is_spelt(
    contract: Contract, bank: Path, s03: Path
) -> None:
    def right(id_: str, code: str, file: object = s03) -> str:
        return f'[[rights]]\nid = "{id_}"\ncode = "{code}"\nvaluation = "{file}"\n'

    again = s03.parent / ".." / s03.parent.name / s03.name
    for rights, match in (
        (right("A", "COMP") + right("B", "COMP"), r"A \(COMP\) and B \(COMP\)"),
        (right("A", "CARB_F") + right("B", "CARB_F", again), r"A \(CARB_F\) and B \(CARB_F\)"),
    ):
        with pytest.raises(GepError, match=match):
            run("standing", contract(rights), "--policy", bank)
    # two years of -2,000 each, once
    of = contract(right("A", "CARB_F") + right("B", "CARB_I", again))
    first, _ = told("schedule", of)["income_cover"]
    assert first["carbon"] == "-2000.00"


def test_a_surcharge_is_a_share_of_the_rate(contract: Contract) -> None:
    with pytest.raises(GepError, match=r"late_surcharge.*at most 1"):
        run("schedule", contract(loan="late_surcharge = 50"))


# Early and late


def test_paying_early_and_late_by_hand(contract: Contract) -> None:
    of = contract(loan="early_fee = 0.01\nlate_surcharge = 0.5")
    # half a year of 30/360 at 10 % on 500,000: 25,000; 1 % of 500,000; nothing is left
    early = told("early", of, "--on", "2026-07-01")
    assert (early["interest"], early["fee"], early["paid"]) == ("25000.00", "5000.00", "530000.00")
    assert early["after"] is None
    assert "paid off" in said("early", of, "--on", "2026-07-01")
    # 10,000 at 15 % for 36 days of 360: 150.00
    late = told("late", of, "--due", "2027-01-01", "--paid", "2027-02-07", "--overdue", "10000")
    assert (late["rate"], late["penalty"]) == ("0.1", "150.00")
    with pytest.raises(GepError, match="due dates are 2027-01-01, 2028-01-01"):
        run("late", of, "--due", "2027-01-02", "--paid", "2027-02-06")
    with pytest.raises(GepError, match=r"at most the instalment of 288095\.24"):
        run("late", of, "--due", "2027-01-01", "--paid", "2027-02-06", "--overdue", "300000")


def test_a_fee_that_the_contract_does_not_state_is_asked_for(contract: Contract) -> None:
    with pytest.raises(GepError, match=r"loan\.early_fee"):
        run("early", contract(), "--on", "2026-07-01")
    with pytest.raises(GepError, match=r"loan\.late_surcharge"):
        run("late", contract(), "--due", "2027-01-01", "--paid", "2027-02-06")


# Green-loan statistics


def test_the_statistics_are_a_table_of_contracts(example: Path, tmp_path: Path) -> None:
    of, out = example / "contract.toml", tmp_path / "green.csv"
    words = ("green", of, "--on", "2022-12-31")
    assert "green.csv" in said(*words, "--out", out)
    (row,) = csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines())
    # 26,384.06 of 120,000 are left: .219867 of 390 t is 85.748 t
    assert (row["balance"], row["share"], row["co2e"]) == ("26384.06", "0.219867", "85.748")
    assert (row["rate"], row["collateral_right"]) == ("0.0415", "CARB_F COMP")
    # .0415 since 2022-04-01 is the rate of the period that begins on 2022-04-30, no earlier
    for day, rate in (("2022-04-29", "0.0435"), ("2022-04-30", "0.0415")):
        (row,) = csv.DictReader(said("green", of, "--on", day).splitlines())
        assert row["rate"] == rate
    assert said(*words) == out.read_text(encoding="utf-8-sig")
    with pytest.raises(GepError, match="--overwrite"):
        run(*words, "--out", out)
    said(*words, "--out", out, "--overwrite")
    with pytest.raises(GepError, match="no such file"):
        run("green", tmp_path / "none.toml")


# Stress


def test_scenarios_tell_coverage_shortfall_and_what_the_income_pays(
    contract: Contract, s03: Path
) -> None:
    of = contract()
    words = ("stress", s03, "--contract", of, "--scenario", "price-2025")
    none, fallen = told(*words)["scenarios"]
    # 506,798.39 / 500,000; 278,465.20 / 500,000 and what is left of the loan
    assert (none["coverage"], none["shortfall"]) == ("1.013597", "0.00")
    assert (fallen["coverage"], fallen["shortfall"]) == ("0.556930", "221534.80")
    # 2 x 2,000 of monitoring over 2 x 288,095.24: the first receipt is in year 6
    assert none["dscr_carbon"] == fallen["dscr_carbon"] == "-0.006942"
    page = said(*words)
    assert re.search(r"price-2025 .* 55\.7 % +red +221,534\.80 +332,920\.88 +-0\.01 +-0\.01", page)


def test_a_loan_that_carbon_pays_has_its_cover_in_every_scenario(
    contract: Contract, s03: Path
) -> None:
    of = Path(contract())
    text = of.read_text(encoding="utf-8").replace("instalments = 2", "instalments = 12")
    of.write_text(text.replace("rate = 0.10", "rate = 0"), encoding="utf-8")
    words = ("--scenario", "price-60", "--scenario", "issuance-late", "--scenario",
             "programme-closed")  # fmt: skip
    rows = {one["id"]: one for one in told("stress", s03, "--contract", of, *words)["scenarios"]}
    # receipts 2 x 833,567.36 (5 x 2,835.2631 t x 60 x .98) less 10 x 2,000 and 2 x 40,000; loan
    # of 500,000 at no interest
    whole = (2 * 5 * 2_835.2631 * 60 * 0.98 - 100_000) / 500_000
    assert float(rows["none"]["dscr_carbon"]) == pytest.approx(whole, abs=1e-5)
    low = (2 * 5 * 2_835.2631 * 24 * 0.98 - 100_000) / 500_000
    assert float(rows["price-60"]["dscr_carbon"]) == pytest.approx(low, abs=1e-5)
    # two years later the second receipt, of year 13, is after the loan
    late = (5 * 2_835.2631 * 60 * 0.98 - 100_000) / 500_000
    assert float(rows["issuance-late"]["dscr_carbon"]) == pytest.approx(late, abs=1e-5)
    assert float(rows["programme-closed"]["dscr_carbon"]) == 0


def test_named_scenarios_combine_by_twos_and_all_together(s03: Path) -> None:
    words = ("stress", s03, "--loan", "300000", "--combine", "--scenario", "price-2025",
             "--scenario", "area-25", "--scenario", "issuance-late")  # fmt: skip
    rows = {one["id"]: one["lending_value"] for one in told(*words)["scenarios"]}
    assert list(rows) == [
        "none", "price-2025", "area-25", "issuance-late", "price-2025+area-25",
        "price-2025+issuance-late", "area-25+issuance-late", "price-2025+area-25+issuance-late",
    ]  # fmt: skip
    assert rows["price-2025+area-25+issuance-late"] == "168304.74"  # the reference, 4.10


@pytest.mark.parametrize(
    ("words", "match"),
    [((), "--contract"), (("--loan", "1", "--contract", "x"), "--contract"),
     (("--loan", "1", "--combine"), "--combine needs --scenario")],
)  # fmt: skip
def test_a_stress_that_is_not_asked_rightly(words: tuple[str, ...], match: str, s03: Path) -> None:
    found = run("stress", s03, *words, "--lang", "en")
    assert found.exit_code == 2
    assert match in found.stderr


# Insurance


def test_an_insurance_by_its_table(example: Path) -> None:
    words = ("insurance", example / "insurance.toml", "--losses", example / "losses.csv")
    found = told(*words, "--above", "10000")
    # from 300 on 40 % of 200,000, less 5,000; the last step is limited to 150,000
    assert [one["recovery"] for one in found["steps"]] == ["15000.00", "75000.00", "145000.00"]
    # above 10,000: 20,000 (nothing paid), 30,000 (15,000), 180,000 (145,000)
    assert found["basis_risk"] == {
        "above": "10000", "losses": 3, "paid_nothing": pytest.approx(1 / 3),
        "mean_not_covered": pytest.approx((20_000 + 15_000 + 35_000) / 3),
    }  # fmt: skip
    assert [gap["en"] for gap in found["gaps"]] == [
        "2500 t are insured, fewer than the 2800 t pledged", "pine wilt is not insured",
    ]  # fmt: skip
    page = said(*words, lang="zh")
    assert "损失超过 0.00 元的有 4 次，其中 50 % 分文未赔" in page
    assert "投保 2500 吨，少于质押的 2800 吨" in page


def test_years_of_one_case_add_up_and_gains_are_forgotten(example: Path, tmp_path: Path) -> None:
    losses = tmp_path / "years.csv"
    losses.write_text("case,index,loss\nfire,90,1000\nfire,-50,0\nfire,60,500\n", "utf-8")
    (one,) = told("insurance", example / "insurance.toml", "--losses", losses)["cases"]
    assert (one["index"], one["loss"], one["recovery"]) == ("150", "1500", "15000.00")
    losses.write_text("case,index,loss\nfire,many,1000\nfrost,1,-1\n", "utf-8")
    with pytest.raises(GepError, match=r"line 2 is fire, many, 1000.*line 3"):
        run("insurance", example / "insurance.toml", "--losses", losses)
    asked = run("insurance", example / "insurance.toml", "--above", "5", "--lang", "en")
    assert asked.exit_code == 2


# Bundling


def test_a_bundle_and_the_break_even_areas_of_the_reference(s03: Path, tmp_path: Path) -> None:
    holdings = tmp_path / "holdings.csv"
    holdings.write_text("holding,area_mu\n" + "".join(f"{n},500\n" for n in "abcd"), "utf-8")
    found = told("bundle", s03, holdings)
    areas = {p: float(a) for p, a in found["break_even_area_mu"].items()}
    assert areas == {"60.0": 944.2, "15.0": 3776.8, "75.19": 753.5}  # lending.md 4.5
    # 500 mu are below 944.2; 2,000 above: 929,798.68 / (10,000 - 944.2) a mu
    together = 929_798.68 / (10_000 - 944.18) * (2_000 - 944.18)
    assert float(found["value_together"]) == pytest.approx(together, rel=1e-4)
    assert found["gain"] == found["value_together"]
    factor = 0.75 * 0.90 * 0.95 * 0.85
    assert float(found["lending_value"]) == pytest.approx(together * factor, rel=1e-4)
    assert "944.2" in said("bundle", s03, holdings, lang="zh")
    holdings.write_text("holding,area_mu\na,500\na,500\nb,0\n", "utf-8")
    with pytest.raises(GepError, match=r"line 3 is a, 500.*line 4 is b, 0"):
        run("bundle", s03, holdings)


# Portfolio


COLUMNS = "exposure,lending_value,default_probability,recovered,species,lon,lat,parcel_id"
LOANS = f"""loan_id,borrower,{COLUMNS}
L1,A,100,300,0.02,0,pine,119.60,28.40,p1;p2
L2,B,100,100,0.02,0,bamboo,119.61,28.40,p3
"""


def test_the_errors_that_parcels_share_move_all_security(tmp_path: Path) -> None:
    loans, carbon = tmp_path / "loans.csv", tmp_path / "changes.csv"
    loans.write_text(LOANS, encoding="utf-8")
    rows = "".join(f"p{i},2015,2020,above_ground,100,10\n" for i in (1, 2, 3))
    carbon.write_text(f"parcel_id,year_from,year_to,pool,change_tC,se_tC\n{rows}", "utf-8")
    found = told("portfolio", loans, "--carbon", carbon, "--draws", "20000")["security"]
    # 10 % of everything, one error of all: .1 x 400; apart it would be .1 sqrt(300^2 + 100^2)
    assert found["mean"] == pytest.approx(400, rel=0.005)
    assert found["deviation"] == pytest.approx(40, rel=0.03)
    assert found["deviation_apart"] == pytest.approx(31.62, rel=0.03)
    assert found["quantiles"][0] == pytest.approx(400 - 1.645 * 40, rel=0.01)
    assert "1.26 times" in said("portfolio", loans, "--carbon", carbon, "--draws", "20000")
    carbon.write_text(carbon.read_text("utf-8").replace("p3,", "p9,"), "utf-8")
    with pytest.raises(GepError, match="parcel p3"):
        run("portfolio", loans, "--carbon", carbon)


STORM = """[[disturbance]]
name = "storm"
probability = 0.2
loss_share = 0.5
everywhere = 0
near = 0.9
reach_km = 10
same_species = 0
source = "SYN"
"""


def test_near_forests_are_struck_together_and_only_the_species_that_are(tmp_path: Path) -> None:
    loans, storm = tmp_path / "loans.csv", tmp_path / "storm.toml"
    storm.write_text(STORM, encoding="utf-8")

    def security(table: str, of: str = STORM) -> dict[str, float]:
        loans.write_text(table, encoding="utf-8")
        storm.write_text(of, encoding="utf-8")
        words = ("--disturbances", storm, "--draws", "20000")
        found: dict[str, float] = told("portfolio", loans, *words)["security"]
        return found

    near, far = security(LOANS), security(LOANS.replace("119.61,28.40", "121.61,28.40"))
    # 400 less .2 x .5 of it
    assert near["mean"] == pytest.approx(360, rel=0.01)
    assert far["mean"] == pytest.approx(360, rel=0.01)
    assert near["deviation"] > 1.1 * near["deviation_apart"]  # 1 km apart
    assert far["deviation"] == pytest.approx(far["deviation_apart"], rel=0.03)  # 196 km apart
    pine = security(LOANS, STORM + 'species = ["pine"]\n')
    assert pine["mean"] == pytest.approx(370, rel=0.01)  # 300 less a tenth; bamboo is left alone
    with pytest.raises(GepError, match=r"L2.*lon, lat"):
        security(LOANS.replace("119.61,28.40", ","))
    with pytest.raises(GepError, match=r"L2.*species"):
        security(LOANS.replace("bamboo", ""), STORM + 'species = ["pine"]\n')
    with pytest.raises(GepError, match="line 2: lat is '95'"):
        security(LOANS.replace("119.60,28.40", "119.60,95"))
    with pytest.raises(GepError, match="add up to more than 1"):
        security(LOANS, STORM.replace("everywhere = 0", "everywhere = 0.2"))


def test_security_that_is_struck_is_lost_with_the_borrower(tmp_path: Path) -> None:
    loans, storm = tmp_path / "loans.csv", tmp_path / "storm.toml"
    loans.write_text(LOANS.replace(",0.02,0,", ",1,1,"), encoding="utf-8")
    storm.write_text(STORM, encoding="utf-8")
    words = ("--factor", "0", "--level", "0.9", "--draws", "20000")
    # both default; 100 are owed on 300 and on 100: only the second loses its half in .2 of draws
    losses = told("portfolio", loans, "--disturbances", storm, *words)["losses"]
    assert losses["mean"] == pytest.approx(10, abs=5 * losses["standard_error"])
    assert told("portfolio", loans, *words)["losses"]["mean"] == 0
