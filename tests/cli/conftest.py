"""How a command is run in a test, and a small real project."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import gep
from data_catalog.classes import crosswalks
from data_catalog.datasets import folder

PROJECT = """
[project]
name = "lishui"
region = "331100"
year = 2019
{project}
[layers.land_cover]
path = '{lishui}/land_cover_2019.tif'
classes = "igbp-hills"
{rest}
"""
CARBON = """
[carbon]
method = "class_density"
densities = "zhejiang-2016"
"""
BASELINE = """
[layers.land_cover_baseline]
path = '{lishui}/land_cover_2019.tif'
classes = "before.csv"
"""
SAVANNA, GRASSLAND = "8", 33
"""Woody savannas are forest under the crosswalk `igbp-hills`; before, here, they were not."""

Says = Callable[..., str]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """Run `gep` with these arguments and return what it says on standard output."""
    monkeypatch.setenv("GEP_LANG", "en")

    def run(*arguments: str | Path) -> str:
        found = CliRunner().invoke(gep, [str(a) for a in arguments], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.stdout

    return run


@pytest.fixture
def stock_project(tmp_path: Path) -> Path:
    """The bundled counties with forest carbon, without a baseline."""
    return _written(tmp_path / "stock.toml", "", CARBON)


@pytest.fixture
def change_project(tmp_path: Path) -> Path:
    """The same land under two crosswalks: some of it became forest."""
    rows = [
        f"{row.code},{GRASSLAND if row.code == SAVANNA else row.ecosystem}"
        for row in crosswalks()["igbp-hills"].rows
    ]
    (tmp_path / "before.csv").write_text("\n".join(["code,ecosystem", *rows]), encoding="utf-8")
    return _written(tmp_path / "change.toml", "baseline_year = 2010", BASELINE + CARBON)


@pytest.fixture
def project_without_carbon(tmp_path: Path) -> Path:
    """A project that does not say how carbon is computed."""
    return _written(tmp_path / "none.toml", "", "")


def _written(file: Path, project: str, rest: str) -> Path:
    lishui = folder("lishui").as_posix()
    text = PROJECT.format(project=project, lishui=lishui, rest=rest.format(lishui=lishui))
    file.write_text(text, encoding="utf-8")
    return file
