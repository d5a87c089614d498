"""`gep compare` as people and programs read it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from cli.main import gep
from data_catalog.errors import GepError
from tests.small_runs import Row, SmallRun, written

Says = Callable[..., str]
EAST, WEST = ("0001", "11"), ("0002", "11")
EARLIER = SmallRun(
    year=2015, townships={"0001": "东乡", "0002": "西乡"}, area={EAST: 10, WEST: 5},
    rows=(Row(physical=1000, value=2_000_000), Row(parcel="0002", physical=500, value=1_000_000)),
)  # fmt: skip
LATER = EARLIER.but(
    year=2020, area={EAST: 12, WEST: 5},
    rows=(Row(physical=1320, value=3_960_000), Row(parcel="0002", physical=500, value=1_500_000)),
)  # fmt: skip
LAST = LATER.but(year=2022)


@pytest.fixture
def runs(tmp_path: Path) -> Callable[..., list[Path]]:
    def write(*small: SmallRun) -> list[Path]:
        return written(tmp_path, small)

    return write


def line(page: str, begins: str) -> list[str]:
    """Return the numbers of the line of a table that begins with some words."""
    found = next(w for w in page.splitlines() if w.startswith(begins))
    return found.removeprefix(begins).split()


def test_the_table_says_why_in_english(says: Says, runs: Callable[..., list[Path]]) -> None:
    page = says("compare", *runs(EARLIER, LATER))
    assert "Why GEP changed: 2015 to 2020" in page
    assert "in 10,000 CNY" in page
    # 3,000,000 -> 5,460,000; of the parcel 0001 as in tests/gep/test_compare.py, a thousand times:
    # 526,667 + 276,667 + 1,156,667; parcel 0002 only its price, 500 x 1000
    want = ["300.00", "+52.67", "+27.67", "+165.67", "546.00", "+82.0"]
    assert line(page, "Water conservation") == want
    assert line(page, "GEP total") == want
    assert "method" not in page.split("in 10,000 CNY")[1].splitlines()[1]


def test_it_speaks_chinese_in_aligned_columns(says: Says, runs: Callable[..., list[Path]]) -> None:
    page = says("compare", *runs(EARLIER, LATER), "--lang", "zh")
    assert "GEP 为什么变化：2015 至 2020 年" in page
    assert "单位：万元" in page
    assert line(page, "GEP 合计") == ["300.00", "+52.67", "+27.67", "+165.67", "546.00", "+82.0"]
    table = page.split("单位：万元\n")[1].split("\n\n")[0].splitlines()
    assert len({cell_len(w) for w in table}) == 1


def test_by_a_column_of_the_parcels(says: Says, runs: Callable[..., list[Path]]) -> None:
    page = says("compare", *runs(EARLIER, LATER), "--by", "township")
    assert line(page, "西乡") == ["100.00", "0.00", "0.00", "+50.00", "150.00", "+50.0"]
    assert line(page, "GEP total")[-1] == "+82.0"


def test_by_ecosystem_classes_have_their_names(says: Says, runs: Callable[..., list[Path]]) -> None:
    page = says("compare", *runs(EARLIER, LATER), "--by", "ecosystem")
    assert line(page, "11 broadleaf forest")[0] == "300.00"


def test_the_indices_stand_below_with_their_coverage(
    says: Says, runs: Callable[..., list[Path]]
) -> None:
    # one item: 1500 -> 1820 m3 at 2000 -> 3000 CNY/m3
    page = says("compare", *runs(EARLIER, LATER))
    for name in ("Laspeyres", "Paasche", "Fisher", "Tornqvist"):
        assert line(page, f"volume, {name}") == ["100.00", "121.33"]
        assert line(page, f"price, {name}") == ["100.00", "150.00"]
    assert line(page, "value in prices of 2015 (10,000 CNY)") == ["300.00", "364.00"]
    assert line(page, "GEP in the index, % (of the year before)") == ["–", "100.0", "(100.0)"]
    parts = page.split("Contributions to the growth")[1]
    assert line(parts, "total") == ["+21.33", "+21.33"]


def test_more_than_two_runs_are_chained(says: Says, runs: Callable[..., list[Path]]) -> None:
    page = says("compare", *runs(EARLIER, LATER, LAST))
    assert "Chained indices (2015 = 100)" in page
    assert line(page, "volume, Fisher") == ["100.00", "121.33", "121.33"]
    assert "The effects compare 2015 with 2022 alone" in page


def test_a_hidden_change_of_method_is_told_before_the_numbers(
    says: Says, runs: Callable[..., list[Path]]
) -> None:
    page = says("compare", *runs(EARLIER, LATER.but(software="0.2.0")), "--lang", "zh")
    before, _ = page.split("单位：")
    assert "注意：两次运行的做法不同：软件：0.1.0 → 0.2.0。" in before
    assert "--restated" in before


def test_a_restated_year_has_its_column(says: Says, runs: Callable[..., list[Path]]) -> None:
    digests = {"land_cover": "c1", "precipitation": "r2"}
    again = EARLIER.but(rows=(Row(physical=900, value=1_800_000), EARLIER.rows[1]),
                        digests=digests)  # fmt: skip
    one, other, third = runs(EARLIER, LATER.but(digests=digests), again)
    page = says("compare", one, other, "--restated", third)
    assert "the content of annual precipitation; all of it is called data revision" in page
    assert "data revision" in page.split("CNY")[1].splitlines()[1]
    assert line(page, "GEP total")[4:] == ["-20.00", "546.00", "+82.0"]
    assert "2015 restated" in page.split("Indices")[1]


def test_two_accounts_of_one_year_have_no_index(
    says: Says, runs: Callable[..., list[Path]]
) -> None:
    page = says("compare", *runs(EARLIER, EARLIER.but(software="0.2.0", rows=LATER.rows)))
    assert "Two accounts of 2015" in page
    assert line(page, "GEP total") == ["300.00", "+246.00", "546.00", "+82.0"]
    assert "Indices" not in page


def test_a_program_gets_every_number_and_both_languages(
    says: Says, runs: Callable[..., list[Path]]
) -> None:
    other = LATER.but(software="0.2.0")
    got = json.loads(says("compare", *runs(EARLIER, other), "--json", "--by", "township"))
    effects = ("area", "condition", "price", "value_per_area", "coverage", "method", "data",
               "method_and_data")  # fmt: skip
    total = got["total"]
    assert sum(total[e] for e in effects) == pytest.approx(2_460_000, rel=1e-12)
    assert abs(got["residual"]) < 1e-9 * total["after"]
    assert [g["township"] for g in got["groups"]] == ["东乡", "西乡"]
    assert got["services"][0]["title_zh"] == "水源涵养"
    assert [s["step"] for s in got["waterfall"][:5]] == ["before", "area", "condition", "price",
                                                        "after"]  # fmt: skip
    assert got["index"][0]["coverage"] is None
    assert got["hidden_differences"] == [
        {"kind": "method", "zh": "软件：0.1.0 → 0.2.0", "en": "software: 0.1.0 -> 0.2.0"}
    ]
    assert set(got["notes"][0]) == {"zh", "en"}


def test_files_are_written_and_said_where(
    says: Says, runs: Callable[..., list[Path]], tmp_path: Path
) -> None:
    out = tmp_path / "why"
    says("compare", *runs(EARLIER, LATER), "--out", out)
    assert {p.name for p in out.iterdir()} == {
        "effects.csv", "effects.parquet", "waterfall.csv", "index.csv", "contributions.csv"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "RUN_A RUN_B"),
        (["0"], "Two run folders are needed"),
        (["0", "1", "1", "--restated", "0"], "goes with two run folders"),
    ],
)
def test_too_few_or_too_many_runs_are_a_fault_of_usage(
    runs: Callable[..., list[Path]], tmp_path: Path, arguments: Sequence[str], said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("GEP_LANG", "en")
    monkeypatch.chdir(tmp_path)
    runs(EARLIER, LATER)
    found = CliRunner().invoke(gep, ["compare", *arguments])
    assert found.exit_code == 2
    assert said in found.output


def test_a_column_that_the_parcels_do_not_have_is_told_before_anything_is_printed(
    runs: Callable[..., list[Path]],
) -> None:
    arguments = [str(r) for r in runs(EARLIER, LATER)]
    found = CliRunner().invoke(gep, ["compare", *arguments, "--by", "townshp"])
    assert isinstance(found.exception, GepError)
    assert "township" in found.exception.say("en")
    assert found.stdout == ""
