"""`gep --help` is quick, and so is finding out what a command takes."""

import os
import subprocess
import sys

import pytest

from cli.main import LazyGroup

HEAVY = {"numpy", "pandas", "rasterio", "dask", "numba", "pint", "geopandas", "pydantic", "rich"}
OURS = ("init", "services", "explain", "standards", "parameters", "sinks", "compare")
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
    asked = _run(sys.executable, "-c", ASK.format(arguments=arguments, heavy=HEAVY))
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
