"""What people install: the wheel holds the seven rooms whole, and runs without the checkout."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {"data_catalog", "tiles", "gep", "sinks", "lending", "review", "cli"}
HEAVY = {"numpy", "pandas", "rasterio", "dask", "numba", "pint", "geopandas", "pydantic"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def is_written(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def needs(module: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not is_written(module), reason=f"{module} is not written yet")


def python(
    *command: str, folder: Path, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder that is not the checkout, with packages from `path` first."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_", "PYTEST"))}
    env = clean | ({"PYTHONPATH": str(path)} if path else {}) | {"PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-P", *command],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def files_of_the_checkout() -> set[str]:
    return {
        file.relative_to(ROOT).as_posix()
        for room in ROOMS
        for file in (ROOT / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT))
    done = python(*build, folder=out)
    assert done.returncode == 0, done.stderr + done.stdout
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    target = wheel.parent / "site"
    options = ("--no-deps", "--no-index", "--no-compile", "--quiet", "--disable-pip-version-check")
    done = python(
        "-m", "pip", "install", *options, "--target", str(target), str(wheel), folder=wheel.parent
    )
    assert done.returncode == 0, done.stderr
    return target


def test_the_wheel_holds_the_seven_rooms_and_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == ROOMS | {f"gep_toolkit-{PROJECT['version']}.dist-info"}


def test_no_file_of_a_room_is_left_behind(wheel: Path) -> None:
    packed = {n for n in zipfile.ZipFile(wheel).namelist() if n.split("/")[0] in ROOMS}
    assert packed == files_of_the_checkout()


def test_the_licence_and_the_command_travel_with_it(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    about = f"gep_toolkit-{PROJECT['version']}.dist-info"
    licence = archive.read(f"{about}/licenses/LICENSE").decode()
    assert "Apache License" in licence
    assert "gep = cli.main:main" in archive.read(f"{about}/entry_points.txt").decode()


def test_the_installed_rooms_are_not_those_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    rooms = ", ".join(sorted(ROOMS))
    code = f"import {rooms}\nfor room in ({rooms}):\n    print(room.__file__)"
    done = python("-c", code, folder=tmp_path, path=installed)
    assert done.returncode == 0, done.stderr
    files = done.stdout.splitlines()
    assert len(files) == len(ROOMS)
    assert all(Path(file).is_relative_to(installed) for file in files)


def test_the_installed_catalog_finds_its_tables(installed: Path, tmp_path: Path) -> None:
    code = """
from data_catalog.classes import crosswalks, ecosystems
from data_catalog.datasets import datasets, folder
from data_catalog.regions import counties
from data_catalog.variables import variables
print(len(ecosystems()), len(crosswalks()), len(counties()), len(variables()) > 0)
print(folder(datasets()[0]))
"""
    done = python("-c", code, folder=tmp_path, path=installed)
    assert done.returncode == 0, done.stderr
    counts, folder = done.stdout.splitlines()
    assert counts == "24 8 9 True"
    assert Path(folder).is_relative_to(installed)


@needs("cli.__main__")
def test_the_installed_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    done = python("-m", "cli", "--version", folder=tmp_path, path=installed)
    assert done.returncode == 0, done.stderr
    assert PROJECT["version"] in done.stdout


@needs("cli.commands.demo")
def test_the_installed_demo_makes_a_complete_run(installed: Path, tmp_path: Path) -> None:
    run = tmp_path / "demo"
    done = python("-m", "cli", "demo", "--out", str(run), folder=tmp_path, path=installed)
    assert done.returncode == 0, done.stderr
    names = {file.relative_to(run).as_posix() for file in run.rglob("*") if file.is_file()}
    assert {"manifest.json", "alignment.json", "account.csv", "parcels.parquet"} <= names
    assert not any(name.startswith(".checkpoints") for name in names)


@needs("cli.main")
@pytest.mark.parametrize(
    "command",
    [("-c", "import cli.main"), pytest.param(("-m", "cli", "--help"), marks=needs("cli.__main__"))],
    ids=["import", "help"],
)
def test_help_loads_no_heavy_library(command: tuple[str, ...], tmp_path: Path) -> None:
    # time depends on the machine; what is imported does not
    done = python("-X", "importtime", *command, folder=tmp_path, path=ROOT)
    assert done.returncode == 0, done.stderr
    loaded = set(re.findall(r"^import time:.*\|\s+(\w+)", done.stderr, flags=re.MULTILINE))
    assert "cli" in loaded
    assert not loaded & HEAVY


def test_constraints_pin_exact_versions_and_name_no_place() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin) for pin in pins)


def test_every_dependency_is_pinned() -> None:
    def canonical(requirement: str) -> str:
        name = re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0]
        return re.sub(r"[-_.]+", "-", name).lower()

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonical(line) for line in lines if not line.startswith("#")}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert {canonical(w) for w in wanted} <= pinned
