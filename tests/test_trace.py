"""Every figure of an account leads back to its sources, and a parameter row to its figures."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.commands.trace import all_figures
from cli.main import gep as command
from data_catalog.datasets import folder
from data_catalog.errors import RunError, UnknownNameError
from gep.trace import Trace, dependents, trace
from tests.county import changed, make_county
from tests.test_seea_of_a_run import GROUPS, LAYERS, USERS
from tests.test_tables import STATISTICS, run
from tiles.lineage import Figure, Lineage

FILES = (
    "account.csv",
    "items.csv",
    "summary.csv",
    "carbon.csv",
    "carbon_total.csv",
    "carbon_change_effects.csv",
    "seea/**/*.csv",
)
LABEL = re.compile(
    r"_zh$|_en$|unit$|^code$|^(price_)?year|^standard$|^service$|^item$|^ecosystem(s|_from)?$|"
    r"^group$|^counted$|^in_gep$|^variable$|^grade$|^pool$"
)
"""Columns that hold no figures."""
ROWS = """\
parameter,key,value,units,source
discount_rate,,3,percent,county finance office
asset_life,,20,year,county finance office
first_flow_discounted,,1,1,county finance office
reservoir_storage_cost,,6.11,CNY/m3,us
runoff_coefficient,11,4.65,percent,us
nep_npp_ratio,1,0.215,1,us
sulphur_dioxide_treatment_cost,,1200,CNY/t,us
carbon_fraction,,0.47,t_C/t_dm,us
"""
CHANGES = {
    "reservoir_storage_cost[project]": ("cost,,6.11", "cost,,7"),
    "runoff_coefficient[project, 11]": ("11,4.65", "11,6"),
    "nep_npp_ratio[project, 1]": ("0.215", "0.3"),
    "sulphur_dioxide_treatment_cost[project]": ("1200", "900"),
    "discount_rate[project]": ("rate,,3", "rate,,4"),
}
"""A row of the project, and what is written in its place."""
STANDARDS = ("cn-open", "garze-2017")
Figures = dict[str, Figure]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small county's project with statistics, users, groups, terms and own rows."""
    made = make_county(tmp_path_factory.mktemp("traced"), shape=(90, 110), parcels=9)
    texts = {"statistics": STATISTICS, "users": USERS, "groups": GROUPS, "rows": ROWS}
    for name, text in texts.items():
        (made.parent / f"{name}.csv").write_text(text, encoding="utf-8")
    tables = (
        '[tables]\nparameters = "rows.csv"\nusers = "users.csv"\niucn_groups = "groups.csv"\n'
        'statistics = "statistics.csv"\n[output]'
    )
    return changed(made, "traced.toml", {"[output]": tables, "[parcels]": LAYERS})


@pytest.fixture(scope="session")
def county_run(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("traced-run") / "run"
    run(project, out, *STANDARDS)
    return out


@pytest.fixture(scope="session")
def with_opening(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the county's account with that of the baseline year as its opening."""
    years = {"year = 2019": "year = 2010", "baseline_year = 2010": "baseline_year = 2000",
             'statistics = "statistics.csv"': ""}  # fmt: skip
    before = tmp_path_factory.mktemp("traced-before") / "run"
    run(changed(project, "before.toml", years), before, *STANDARDS)
    opened = {"[tables]": f"[tables]\nopening_run = '{before}'"}
    out = tmp_path_factory.mktemp("traced-after") / "run"
    run(changed(project, "opened.toml", opened), out, *STANDARDS)
    return out


@pytest.fixture(scope="session")
def lishui(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the account of the bundled counties."""
    out = tmp_path_factory.mktemp("traced-lishui") / "run"
    run(folder("lishui") / "project.toml", out)
    return out


@pytest.fixture(scope="session", params=["county_run", "with_opening", "lishui"])
def out(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def figures(out: Path) -> Figures:
    return all_figures(Lineage.read(out))


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("GEP_LANG", "en")

    def said(*arguments: str | Path) -> str:
        found = CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.stdout

    return said


def lines(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))


def test_every_number_of_every_table_has_a_code(out: Path, figures: Figures) -> None:
    places = {(f.file, f.line, f.column) for f in figures.values()}
    files = [f for pattern in FILES for f in sorted(out.glob(pattern)) if f.name != "notes.csv"]
    assert len(files) >= 11
    for file in files:
        name = file.relative_to(out).as_posix()
        for line, row in enumerate(lines(file), start=2):
            for column in (c for c, text in row.items() if text and not LABEL.search(c)):
                if (name, line, column) not in places:  # what another table has, too
                    code = row.get("code") or "carbon/{pool}/{year_from}-{year_to}".format(**row)
                    same = figures[f"{code}/{column}"]
                    assert float(same.value) == pytest.approx(float(row[column]), rel=1e-12)


def test_every_code_shows_the_number_of_the_file(out: Path, figures: Figures) -> None:
    tables = {f.file: lines(out / f.file) for f in figures.values()}
    for figure in figures.values():
        assert tables[figure.file][figure.line - 2][figure.column] == figure.value, figure.code
        float(figure.value)


def test_every_code_resolves_to_sources(out: Path, figures: Figures) -> None:
    lineage = Lineage.read(out)
    for code, figure in figures.items():
        found = trace(lineage, figures, code)
        assert (found.code, found.value) == (code, figure.value)
        assert found.unit
        assert found.title.zh
        assert found.title.en
        assert len(found.parts) == len(figure.parts), code
        check_sources(found)


def check_sources(found: Trace) -> None:
    alone = found.value in {"0.0", "1.0"} and "share" in found.column  # whatever it is of
    nothing = float(found.value) == 0 and found.file.split("/")[-1].startswith("use_")
    assert alone or nothing or found.layers or found.parameters or found.tables, found.code
    for row in found.parameters:
        assert row["source"], found.code
    names = {layer.name for layer in found.layers}
    for layer in found.layers:
        constant = layer.method.en.startswith("constant")
        assert constant or layer.model or re.fullmatch("[0-9a-f]{64}", layer.sha256), layer.name
        assert set(layer.made_from) <= names
    for used in found.tables:
        assert re.fullmatch("[0-9a-f]{64}", used.sha256)
        assert used.table == "opening_run" or (used.lines and used.sources)


def test_a_sum_is_the_sum_of_its_parts(figures: Figures) -> None:
    checked = 0
    for figure in figures.values():
        if figure.said.en == "The sum of its parts." and figure.parts:
            parts = [float(figures[code].value) for code in figure.parts]
            assert float(figure.value) == pytest.approx(sum(parts), rel=1e-9), figure.code
            checked += 1
    assert checked > 20


def test_a_class_s_figure_rests_on_its_own_row_and_not_on_another_s(county_run: Path) -> None:
    rows = all_figures(Lineage.read(county_run))["cn-open/water_conservation/11/value"].rests.rows
    assert list(rows) == ["reservoir_storage_cost[project]", "runoff_coefficient[project, 11]"]


def test_a_yearbook_s_figure_names_its_line_and_what_it_was_shared_out_by(
    county_run: Path,
) -> None:
    lineage = Lineage.read(county_run)
    figures = all_figures(lineage)
    code = next(c for c in figures if c.startswith("garze-2017/agricultural_products:rice/5"))
    found = trace(lineage, figures, code)
    (used,) = found.tables
    assert (used.path, used.lines, used.sources) == ("statistics.csv", "2", ("yearbook",))
    assert [layer.name for layer in found.layers] == ["land_cover"]
    whole = figures["garze-2017/agricultural_products/all/value"]
    assert not whole.rests.layers, "shared out or not, the whole is what the yearbook says"


def test_the_land_that_is_counted_is_the_extent_s(county_run: Path) -> None:
    lineage = Lineage.read(county_run)
    figures = all_figures(lineage)
    land = trace(lineage, figures, "cn-open/water_conservation/11/physical").counted
    assert land is not None
    assert land.area_ha == pytest.approx(float(figures["seea/extent/11/closing"].value))
    assert land.cells == pytest.approx(land.area_ha * 1e4 / 30**2, abs=1)
    assert land.missing_share is not None
    assert 0 < land.missing_share < 0.3


def test_the_manifest_says_exactly_which_figures_a_row_decides(
    project: Path, county_run: Path, tmp_path: Path
) -> None:
    before = all_figures(Lineage.read(county_run))
    for row, (old, new) in CHANGES.items():
        assert old in ROWS
        (project.parent / "other.csv").write_text(ROWS.replace(old, new), encoding="utf-8")
        other = changed(project, "other.toml", {'"rows.csv"': '"other.csv"'})
        run(other, tmp_path / row, *STANDARDS)
        after = all_figures(Lineage.read(tmp_path / row))
        assert before.keys() == after.keys()
        moved = {c for c, f in before.items() if differs(f.value, after[c].value)}
        listed = set(dependents(before, row))
        assert moved == listed, (row, sorted(moved ^ listed)[:9])
        assert moved


def test_an_index_number_decides_what_it_brings_to_the_price_year(
    project: Path, tmp_path: Path
) -> None:
    year = {"baseline_year = 2010": "baseline_year = 2010\nprice_year = 2019"}
    found = {}
    for name, number in (("one", "100"), ("other", "90")):
        rows = f"{ROWS}price_index,CN/2010,{number},1,us\nprice_index,CN/2019,120,1,us\n"
        (project.parent / f"{name}.csv").write_text(rows, encoding="utf-8")
        at = changed(project, f"{name}.toml", {'"rows.csv"': f'"{name}.csv"', **year})
        run(at, tmp_path / name, *STANDARDS)
        found[name] = all_figures(Lineage.read(tmp_path / name))
    before, after = found.values()
    listed = set(dependents(before, "price_index[project, CN/2010]"))
    moved = {c for c, f in before.items() if differs(f.value, after[c].value)}
    assert moved == listed
    assert "cn-open/climate_regulation/11/value" in listed
    assert "cn-open/climate_regulation/11/physical" not in listed


def test_what_a_row_does_not_decide_never_moves(
    project: Path, county_run: Path, tmp_path: Path
) -> None:
    # the standard error of above-ground carbon is biomass times the error of the fraction: it is
    # listed with the fraction and stays
    before = all_figures(Lineage.read(county_run))
    text = ROWS.replace("fraction,,0.47", "fraction,,0.5")
    (project.parent / "other.csv").write_text(text, encoding="utf-8")
    run(changed(project, "other.toml", {'"rows.csv"': '"other.csv"'}), tmp_path / "run", *STANDARDS)
    after = all_figures(Lineage.read(tmp_path / "run"))
    moved = {c for c, f in before.items() if differs(f.value, after[c].value)}
    assert "carbon/above_ground/2019/stock_tC" in moved
    assert moved <= set(dependents(before, "carbon_fraction[project]"))


def differs(one: str, other: str) -> bool:
    a, b = float(one), float(other)
    return abs(a - b) > 1e-12 * max(abs(a), abs(b))


def test_a_page_says_it_all_in_both_languages(says: Callable[..., str], county_run: Path) -> None:
    code = "cn-open/water_conservation/11/value"
    value = all_figures(Lineage.read(county_run))[code].value
    english = says("trace", county_run, code)
    assert f"{value} CNY/year" in english
    assert "Q = Σ A (P - α P - ET)" in english
    assert "runoff_coefficient[project, 11] = 4.65 percent" in english
    assert "sha256" in english
    assert not re.search(r"nan|None", english)
    chinese = says("trace", county_run, code, "--lang", "zh")
    assert f"{value} CNY/year" in chinese
    assert "水源涵养，11 阔叶林：价值量" in chinese


def test_json_holds_what_the_page_says(says: Callable[..., str], county_run: Path) -> None:
    code = "cn-open/gep/all/value"
    found = json.loads(says("trace", county_run, code, "--json"))
    assert found["code"] == code
    assert {p["code"] for p in found["parts"]} >= {"cn-open/water_conservation/all/value"}
    assert all(row["source"] for row in found["parameters"])


def test_figures_are_listed_by_service_and_by_row(
    says: Callable[..., str], county_run: Path
) -> None:
    listed = json.loads(says("trace", county_run, "--json"))
    assert len(listed) == len(all_figures(Lineage.read(county_run)))
    water = says("trace", county_run, "--service", "water_conservation")
    assert "seea/supply_physical/water_conservation/11" in water
    assert "oxygen_release" not in water
    of_row = says("trace", county_run, "--parameter", "sulphur_dioxide_treatment_cost[project]")
    assert "garze-2017/air_purification:sulphur_dioxide/" in of_row
    assert "seea/extent" not in of_row


def test_an_unknown_code_is_answered_with_the_nearest(county_run: Path) -> None:
    lineage = Lineage.read(county_run)
    with pytest.raises(UnknownNameError, match="Did you mean cn-open/water_conservation/11/value"):
        trace(lineage, all_figures(lineage), "cn-open/water_conservaton/11/value")


def test_a_run_of_an_earlier_version_says_so(county_run: Path, tmp_path: Path) -> None:
    manifest = json.loads((county_run / "manifest.json").read_text(encoding="utf-8"))
    del manifest["seea_inputs"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "alignment.json").write_text("[]", encoding="utf-8")
    with pytest.raises(RunError, match="Compute it again"):
        all_figures(Lineage.read(tmp_path))
