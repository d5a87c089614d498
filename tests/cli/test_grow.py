"""`gep sinks grow`: printed in both languages, as JSON, into a file; refused in words."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cli.main import gep
from data_catalog.errors import GepError

INVENTORY = """\
parcel_id,year,area_ha,species,origin,age,age_group,volume,volume_se
0017,2020,12.5,马尾松,人工,18,,,
0018,2020,30,Pinus massoniana,人工,,中龄林,90,9
0019,2020,4,毛竹,,,,,
"""
CURVE = ("--curve", "马尾松=hebei-north-2017/needleleaf")
NUMBER = r"-?[\d,]+\.\d"


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    (tmp_path / "inventory.csv").write_text(INVENTORY, encoding="utf-8")
    return tmp_path / "inventory.csv"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("GEP_LANG", "en")

    def run(*words: str | Path) -> Result:
        arguments = ["sinks", "grow", *map(str, words)]
        return CliRunner().invoke(gep, arguments, catch_exceptions=False, standalone_mode=False)

    return run


def test_the_years_are_printed_alike_in_both_languages(ran, inventory):
    en = ran(inventory, "--to", "2023", *CURVE, "--lang", "en")
    zh = ran(inventory, "--to", "2023", *CURVE, "--lang", "zh")
    assert "Carbon of the trees of 2 parcels, 2020 to 2023" in en.stdout
    assert "2 个宗地 2020 至 2023 年的林木碳储量" in zh.stdout
    zh_years, en_years = (
        re.findall(r"^20\d\d .*$", page, re.MULTILINE) for page in (zh.stdout, en.stdout)
    )
    assert len(en_years) == 4
    assert [re.findall(NUMBER, y) for y in zh_years] == [re.findall(NUMBER, y) for y in en_years]
    assert "生长曲线 [hebei-north-2017, needleleaf]" in zh.stdout
    assert "林分对曲线的偏离" in zh.stdout


def test_a_parcel_left_out_is_told_on_standard_error_and_by_the_exit_code(ran, inventory):
    found = ran(inventory, "--to", "2023", *CURVE)
    assert found.return_value == 3
    assert "inventory.csv:4 (0019): moso bamboo has no growth curve" in found.stderr
    assert "0019" not in found.stdout


def test_json_has_what_a_program_needs(ran, inventory):
    found = json.loads(ran(inventory, "--to", "2022", *CURVE, "--json").stdout)
    assert [row["year"] for row in found["totals"]] == [2020, 2021, 2022]
    first, *_, last = found["totals"]
    assert first["change_tC"] is None
    assert last["se_tC"] is None
    assert last["change_tC"] == pytest.approx(last["stock_tC"] - first["stock_tC"])
    assert "growth_curve[hebei-north-2017, needleleaf]" in found["error_unknown"]
    assert len(found["left_out"]) == 1


@pytest.mark.parametrize("name", ["paths.csv", "paths.parquet"])
def test_the_paths_are_written_with_codes_as_they_are(ran, inventory, tmp_path, name):
    out = tmp_path / name
    shown = json.loads(ran(inventory, "--to", "2022", *CURVE, "--out", out, "--json").stdout)
    read = pd.read_parquet(out) if name.endswith("parquet") else pd.read_csv(out, dtype=str)
    assert list(read.columns) == ["parcel_id", "year", "pool", "stock_tC", "se_tC"]
    assert set(read["parcel_id"]) == {"0017", "0018"}
    stock = read["stock_tC"].astype(float)[read["year"].astype(int) == 2022].sum()
    assert stock == pytest.approx(shown["totals"][-1]["stock_tC"])


def test_a_fit_is_shown_with_its_parameters_and_what_they_err(ran, inventory, tmp_path):
    records = tmp_path / "records.csv"
    lines = [f"马尾松,{t},{250 * (1 - 2.718 ** (-0.05 * t)) + t % 7}" for t in range(5, 60, 3)]
    records.write_text("\n".join(["species,age,volume", *lines]), encoding="utf-8")
    found = ran(inventory, "--to", "2023", "--fit", records)
    assert "Masson pine: Chapman-Richards, 19 records, ages 5 to 59" in found.stdout
    assert re.search(r"^asymptote \(b_0\) +2\d\d\.\d+ +\S+$", found.stdout, re.MULTILINE)
    held = ran(inventory, "--to", "2023", "--fit", records, "--prior", "asymptote=300,0.001")
    assert re.search(r"^asymptote \(b_0\) +300 ", held.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--curve", "马尾松"), "must be SPECIES=SET/GROUP"),
        (("--curve", "马尾松=hebei-north/needleleaf"), "Did you mean hebei-north-2017"),
        (("--curve", "马尾松=hebei-north-2017/oak"), "growth_asymptote.* of oak"),
        ((*CURVE, "--set", "volume_fixed"), "must be ROUTE=SET"),
        ((*CURVE, "--set", "volume_fixed=nowhere"), "stem_wood_density"),
        ((*CURVE, "--prior", "asymptote=many"), "must be PARAMETER=MEAN,ERROR"),
        ((*CURVE, "--route", "volume_linar"), "Did you mean volume_linear"),
        ((*CURVE, "--events", "nowhere.csv"), "nowhere.csv: this file cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_in_words(ran, inventory, words, said):
    with pytest.raises(GepError, match=said):
        ran(inventory, "--to", "2023", *words)


def test_a_project_names_its_inventory_and_its_own_rows_come_first(ran, stock_project, tmp_path):
    (tmp_path / "inventory.csv").write_text(INVENTORY, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(
        "parameter,key,value,units,source\ncarbon_fraction,masson_pine,0.23,t_C/t_dm,county\n",
        encoding="utf-8",
    )
    plain = json.loads(ran(tmp_path / "inventory.csv", "--to", "2021", *CURVE, "--json").stdout)
    text = stock_project.read_text(encoding="utf-8")
    tables = '\n[tables]\ninventory = "inventory.csv"\nparameters = "rows.csv"\n'
    stock_project.write_text(text + tables, encoding="utf-8")
    found = json.loads(ran(stock_project, "--to", "2021", *CURVE, "--json").stdout)
    # 0.23 in place of the recalled 0.46
    half = plain["totals"][0]["stock_tC"] / 2
    assert found["totals"][0]["stock_tC"] == pytest.approx(half)


def test_a_project_brings_its_own_curve_with_its_errors(ran, stock_project, tmp_path):
    (tmp_path / "inventory.csv").write_text(INVENTORY, encoding="utf-8")
    rows = ("growth_asymptote,pine,300,30,m3/ha", "growth_scale,pine,20,,1",
            "growth_rate,pine,0.1,0,1/year")  # fmt: skip
    text = "\n".join(["parameter,key,value,se,units,source", *(f"{r},county" for r in rows)])
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    tables = '\n[tables]\ninventory = "inventory.csv"\nparameters = "rows.csv"\n'
    stock_project.write_text(stock_project.read_text(encoding="utf-8") + tables, encoding="utf-8")
    own = ("--curve", "马尾松=logistic/pine")
    found = json.loads(ran(stock_project, "--to", "2021", *own, "--json").stdout)
    assert "growth_curve[project, pine]" in found["error_unknown"]
    # 300 / (1 + 20 e^(-1.8)) = 69.67 m3/ha at 18 years on 12.5 ha, 90 measured on 30 ha;
    # x 0.38 t/m3 x 1.472 x 0.46, and 0.187 of it in roots
    volume = 69.67 * 12.5 + 90 * 30
    carbon = volume * 0.38 * 1.472 * 0.46 * 1.187
    assert found["totals"][0]["stock_tC"] == pytest.approx(carbon, rel=1e-4)
    with pytest.raises(GepError, match=r"project.* no row .*growth_asymptote.* of fir"):
        ran(stock_project, "--to", "2021", "--curve", "马尾松=gompertz/fir")


def test_a_project_without_an_inventory_is_refused(ran, stock_project):
    with pytest.raises(GepError, match=r"the project has no \[tables\] inventory"):
        ran(stock_project, "--to", "2030", *CURVE)
