"""`gep init`: a project to start from, that parses and runs."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data_catalog.datasets import folder
from data_catalog.errors import OutputError, UnknownNameError
from data_catalog.parameters import COLUMNS, bundled, read_rows
from data_catalog.tables import tables
from tiles.project import Account, Carbon, LayerEntry, ParcelsEntry, Tables, read_project
from tiles.tables import read_table

Says = Callable[..., str]
FILES = {"project.toml", "parameters.csv", "statistics.csv", "README.md"}
IGNORED = {"table", "column", "prices", "offset", "nodata", "year", "note"}
"""Keys that the file explains in words, or that need a table of their own."""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_project_parses_as_it_is_and_is_named_after_its_folder(
    says: Says, tmp_path: Path, lang: str
) -> None:
    file = says("init", tmp_path / "青田", "--lang", lang).strip()
    assert {f.name for f in (tmp_path / "青田").iterdir()} == FILES
    assert read_project(Path(file)).project.name == "青田"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_optional_key_parses_when_it_is_taken_into_use(
    says: Says, tmp_path: Path, lang: str
) -> None:
    file = Path(says("init", tmp_path / "all", "--lang", lang).strip())
    text = re.sub(r"^#(?=\w|\[)", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")
    project = read_project(file)
    assert project.parcels is not None
    assert project.tables.parameters == "parameters.csv"
    assert project.tables.statistics == "statistics.csv"
    assert project.project.baseline_year is not None


def test_every_key_of_a_project_is_in_the_file(says: Says, tmp_path: Path) -> None:
    text = Path(says("init", tmp_path / "keys").strip()).read_text(encoding="utf-8")
    for model in (Account, LayerEntry, ParcelsEntry, Tables, Carbon):
        for key in set(model.model_fields) - IGNORED:
            assert re.search(rf"^#?(\[\w+\.)?{key}( =|\])", text, flags=re.MULTILINE), key


def test_each_language_has_its_own_words_and_the_same_keys(says: Says, tmp_path: Path) -> None:
    zh, en = (
        Path(says("init", tmp_path / lang / "x", "--lang", lang).strip()) for lang in ("zh", "en")
    )
    words, keys = {}, {}
    for file in (zh, en):
        lines = file.read_text(encoding="utf-8").splitlines()
        words[file] = " ".join(line for line in lines if line.startswith("# "))
        keys[file] = [line for line in lines if line and not line.startswith("# ")]
    assert keys[zh] == keys[en]
    assert re.search(r"[\u4e00-\u9fff]", words[zh])
    assert not re.search(r"[\u4e00-\u9fff]", words[en])


def test_the_example_row_is_refused_until_it_is_changed(says: Says, tmp_path: Path) -> None:
    says("init", tmp_path / "x", "--lang", "zh")
    file = tmp_path / "x" / "parameters.csv"
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert set(rows[0]) == set(COLUMNS) - {"set"}
    with pytest.raises(UnknownNameError, match="Did you mean reservoir_storage_cost"):
        read_rows(file, bundled().names())
    text = file.read_text(encoding="utf-8-sig").replace("# ", "", 1)
    file.write_text(text, encoding="utf-8-sig")
    assert read_rows(file, bundled().names())[0].grade == "local"


def test_nothing_is_overwritten(says: Says, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"README\.md: exists already"):
        says("init", tmp_path)
    assert [f.name for f in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_way_is_said_in_words(says: Says, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        says("init", tmp_path / "file" / "x")


def test_it_runs_once_the_layers_are_there(says: Says, tmp_path: Path) -> None:
    file = Path(says("init", tmp_path / "lishui").strip())
    layers = file.parent / "layers"
    layers.mkdir()
    for name, bundled_name in (
        ("land_cover", "land_cover_2019"),
        ("precipitation", "precipitation_monthly"),
        ("temperature", "temperature_monthly"),
    ):
        shutil.copy(folder("lishui") / f"{bundled_name}.tif", layers / f"{name}.tif")
    text = file.read_text(encoding="utf-8").replace('"clcd"', '"igbp-hills"')
    file.write_text(text, encoding="utf-8")
    run = tmp_path / "run"
    manifest = json.loads(says("compute", file, "--out", run, "--workers", "1", "-q", "--json"))
    computed = {s["service"] for s in manifest["services"]}
    assert {"water_conservation", "carbon_sequestration", "climate_regulation"} <= computed
    refused = {n["account"]: n["reason_en"] for n in manifest["not_computed"]}
    assert "soil_retention" in refused
    assert refused["agricultural_products"].startswith("[tables] statistics: the project gives")
    assert (run / "account.csv").is_file()
    assert (run / "carbon.csv").is_file()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_example_statistics_say_what_each_column_is_and_hold_no_row(
    says: Says, tmp_path: Path, lang: str
) -> None:
    project = read_project(Path(says("init", tmp_path / "x", "--lang", lang).strip()))
    file = tmp_path / "x" / "statistics.csv"
    text = file.read_text(encoding="utf-8-sig")
    assert all(f"# {name}: " in text for name in tables()["statistics"].read())
    assert len(read_table(project, "statistics", file).frame) == 0
    file.write_text(text.replace("# ,agri", ",agri"), encoding="utf-8-sig")
    assert list(read_table(project, "statistics", file).frame["quantity"]) == [12000]
