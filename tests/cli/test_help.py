"""`gep --help` is quick, and so is finding out what a command takes."""

import csv
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import resources

import click
import pytest
from click.testing import CliRunner

from cli.help import folded
from cli.main import LazyGroup, gep

HEAVY = {"numpy", "pandas", "rasterio", "dask", "numba", "pint", "geopandas", "pydantic", "rich"}
OURS = ("init", "services", "explain", "standards", "parameters", "sinks", "compare", "book",
        "pledge", "value", "loan", "watch", "lending")  # fmt: skip
ASK = """
import sys
from cli.main import gep
gep({arguments!r}, standalone_mode=False)
print(sorted({heavy!r} & set(sys.modules)))
"""


def _run(*command: str, **environment: str) -> str:
    found = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | environment
    )
    return found.stdout


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in OURS)])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    ask = ASK.format(arguments=arguments, heavy=HEAVY)
    asked = _run(sys.executable, "-c", ask, GEP_LANG="en")
    assert asked.splitlines()[-1] == "[]"
    assert "Usage: " in asked


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_page_lists_every_command_in_the_language_asked_for(lang: str) -> None:
    page = _run(sys.executable, "-m", "cli", "--help", GEP_LANG=lang)
    for name, text in LazyGroup.modules.items():
        assert name in page
        assert text["zh" if lang == "zh" else "en"] in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_page_says_how_the_shell_completes(lang: str) -> None:
    assert "_GEP_COMPLETE=bash_source" in _run(sys.executable, "-m", "cli", "--help", GEP_LANG=lang)


def test_the_first_page_is_there_at_once() -> None:
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        _run(sys.executable, "-m", "cli", "--help")
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.3


# Help in Chinese


def _commands(
    command: click.Command, *path: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _commands(found, *path, name)


COMMANDS = dict(_commands(gep))
CHINESE = {
    row["en"]: row["zh"]
    for row in csv.DictReader(
        (resources.files("cli") / "help.csv").read_text(encoding="utf-8").splitlines()
    )
}
OF_CLICK = 14
"""Rows of the table that are click's own words: they come first."""
NAMES = set(
    """
    GEP GEP_LANG JSON TOML Dask SERVICE PROJECT DIR NAME ID SET gep standards threads processes tcp
    host zh en x h q cn open demo RUN RUN_A RUN_B A B parcel ecosystem service township WHAT CODE
    ROW SAMPLE gpkg neyman proportional equal INVENTORY SPECIES GROUP PARAMETER MEAN ERROR ROUTE CSV
    Parquet growth_records stand_events constant richards chapman_richards logistic gompertz
    schumacher volume_fixed volume_linear guangxi YEAR FORM SCENES COLUMN parcel_id PLOTS NUMBER
    annuity principal bullet monthly quarterly yearly actual date amount kind carbon other csv YYYY
    MM DD VALUATION LOANS toml SHARE price area fire pine LOAN PARCEL db parquet GeoJSON GeoPackage
    PLEDGES pledge_id valuation PATH list ex_ante monitored PLEDGE PLACE SQLite postgresql user key
    KIND ACTION GEP_PLEDGE_DB GEP_PLEDGE_USER GEP_PLEDGE_SEALING_KEY sealing checkpoint pub
    bank_maker bank_checker forestry auditor USER FILE init party right project batch issue loan
    policy screen investigate sign draw monitor repay withdraw default dispose close FIRST LAST
    STATE SUBJECT DATE name CLAIMS CRS IDS G V S URL VINTAGES RULE CASE GROSS_SPOT anji OpenAPI REST
    serve openapi access POLICIES HOST PORT json endpoint role skip CONTRACT CONTRACTS INSURANCE
    HOLDINGS case index loss holding area_mu CODES tif day VALUE coowners_agree tenure_end
    """.split()  # noqa: SIM905
)
"""Words of a Chinese page that are what one types, or names."""


def _page(*words: str) -> str:
    found = CliRunner().invoke(gep, list(words), prog_name="gep", catch_exceptions=False)
    assert found.exit_code == 0
    return found.stdout


def _said() -> set[str]:
    """Return all that our commands and options say of themselves."""
    texts = {command.help for command in COMMANDS.values()}
    texts |= {getattr(p, "help", None) for c in COMMANDS.values() for p in c.params}
    return {" ".join(text.split()) for text in texts if text}


def test_all_that_is_said_in_english_is_in_the_table_and_nothing_else() -> None:
    assert _said() - set(CHINESE) == set(), "add them to cli/help.csv"
    assert set(list(CHINESE)[OF_CLICK:]) - _said() == set(), "nothing says them any more"
    for zh in CHINESE.values():
        assert re.search(r"[\u4e00-\u9fff]", zh)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_page_in_chinese_is_chinese_throughout(path: tuple[str, ...]) -> None:
    page = _page("--lang", "zh", *path, "--help")
    assert page.startswith(f"用法：{' '.join(('gep', *path))} [")
    typed = {word for way in COMMANDS for word in way}
    options = r"--?[a-z]+|_GEP_COMPLETE.*gep\)|~/\.bashrc|(zsh|fish)_source|zsh|fish|eval"
    words = set(re.findall(r"[A-Za-z_]+", re.sub(options, "", page)))
    assert words <= NAMES | typed
    assert "。" in page


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_page_in_english_has_no_chinese(path: tuple[str, ...]) -> None:
    page = _page("--lang", "en", *path, "--help")
    assert page.startswith("Usage: ")
    assert not re.search(r"[\u3000-\uffff]", page)


@pytest.mark.parametrize(
    "words",
    [("--lang", "zh", "sinks", "change", "--help"), ("sinks", "change", "--lang=zh", "--help"),
     ("sinks", "change", "--help", "--lang", "zh")],
)  # fmt: skip
def test_the_language_may_be_said_anywhere_and_only_for_once(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEP_LANG", "en")
    assert "核算 PROJECT 的森林碳储量自基期以来的变化。" in _page(*words)
    assert "Compute how the carbon stock" in _page("sinks", "change", "--help")


def test_chinese_is_folded_by_its_width_and_no_line_begins_with_a_stop() -> None:
    # a Chinese character takes two columns: five of them fill ten
    assert list(folded("核算森林碳储量。", 10)) == ["核算森林碳", "储量。"]
    assert list(folded("把森林碳，写入", 8)) == ["把森林", "碳，写入"]
    assert list(folded("见 tcp://host:8786 处", 8)) == ["见", "tcp://host:8786", "处"]
