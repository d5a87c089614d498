"""A profile of one's own, the guards against double counting, and which figures a number moves."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from cli.main import gep as command
from data_catalog.errors import GepError
from gep.guards import GUARDS
from tests.county import changed

Computed = Callable[..., dict[str, Any]]
STATISTICS = """\
service,item,year,quantity,unit,price,gross_output,share,residents,outside_share,source
agricultural_products,rice,2019,2,万t,2.8e7,,,,0.25,yearbook
livestock_products,pork,2019,1,万t,2e8,,,,,yearbook
ecological_energy,水电,2019,2,亿kWh,0.5e8,,,,,yearbook
water_supply,domestic,2019,0.1,亿m3,3e8,,,,,bulletin
tourism,all,2019,10,万人次,,3e7,0.4,,,yearbook
leisure,town,2019,,,,,,5000,,census
"""
HEAD = """\
id = "ours"
title_zh = "本县"
title_en = "Ours"
source = "HJ1173"
"""
PARTS = {
    "agricultural_products": ("yearbook", '["51"]', "market_price"),
    "livestock_products": ("yearbook", '["3"]', "market_price"),
    "ecological_energy": ("yearbook", '["42"]', "market_price"),
    "water_supply": ("domestic_use", '["42"]', "market_price"),
    "water_conservation": ("balance", '["1", "41"]', "storage_cost"),
    "flood_mitigation": ("marsh_surface", '["41"]', "storage_cost"),
    "tourism": ("visits", '["1"]', "revenue_share"),
    "leisure": ("time_spent", '["1"]', "time_value"),
    "carbon_sequestration": ("alpha_npp", '["1"]', "carbon_price"),
    "oxygen_release": ("from_npp", '["1"]', "industrial_oxygen"),
}
ROWS = """\
parameter,key,value,units,year,source
runoff_coefficient,1,0.05,1,,our survey
runoff_coefficient,41,0,1,,our survey
reservoir_storage_cost,,10,CNY/m3,2012,our bureau
carbon_price,,50,CNY/t_CO2e,2019,our exchange
oxygen_price,,700,CNY/t_O2,2015,our bureau
nep_npp_ratio,1,0.2,1,,our survey
carbon_per_dry_matter,,0.45,t_C/t_dm,,our survey
oxygen_per_dry_matter,,1.19,t_O2/t_dm,,our survey
marsh_flood_depth,,0.3,m/year,,our survey
leisure_visits,,20,visit/year,,our survey
leisure_hours,,2,hour/visit,,our survey
leisure_time_value,,10,CNY/hour,2019,our bureau
price_index,CN/2012,100,1,2012,our bureau
price_index,CN/2019,120,1,2019,our bureau
"""


def service_of(name: str, more: str = "") -> str:
    variant, classes, valuation = PARTS[name]
    return (
        f'[services.{name}]\nparts = [{{ variant = "{variant}", classes = {classes} }}]\n'
        f'valuations = ["{valuation}"]\n{more}\n'
    )


@pytest.fixture
def ours(county: Path) -> Callable[..., Path]:
    """Write a profile of these services, our rows and statistics beside a project."""

    def write(*names: str, head: str = HEAD, rows: str = ROWS, year: str = "", **more: str) -> Path:
        folder = county.parent
        text = head + "".join(service_of(n, more.get(n, "")) for n in names)
        (folder / "ours.toml").write_text(text, encoding="utf-8")
        (folder / "rows.csv").write_text(rows, encoding="utf-8")
        (folder / "ours.csv").write_text(STATISTICS, encoding="utf-8")
        tables = '[tables]\nparameters = "rows.csv"\nstatistics = "ours.csv"\n\n[output]'
        lines = f'year = 2019\nstandard = "ours.toml"\n{year}'
        return changed(county, "ours-project.toml", {"[output]": tables, "year = 2019": lines})

    return write


def guards(manifest: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {g["guard"]: g for g in manifest["guards"]}


def values(out: Path) -> "pd.Series[float]":
    return pd.read_csv(out / "summary.csv").set_index("service")["value"]


def test_a_profile_of_one_s_own_is_one_file_and_rows(
    ours: Callable[..., Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEP_LANG", "en")
    project = ours("agricultural_products", "water_conservation", year="price_year = 2019")
    monkeypatch.chdir(project.parent)

    def says(*arguments: str) -> tuple[str, str]:
        found = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.stdout, found.stderr

    shown, _ = says("standards", "show", "ours.toml")
    assert "Known: the profile's own choice" in shown
    assert "storage_cost" in shown
    differs, _ = says("standards", "diff", "ours.toml", "cn-open")
    assert "sand_fixation" in differs or "Sand fixation" in differs
    fine, noted = says("validate", str(project))
    assert fine.strip() == "no problem found."
    # 10 CNY/m3 of ours against the published 0.67 ... 82.18
    assert "cost of reservoir storage: " in noted
    assert "10 CNY/m3 (project 2012)" in noted
    text, told = says("compute", str(project), "--out", str(out), "-q", "--json")
    assert told == ""
    manifest = json.loads(text)
    assert [s["service"] for s in manifest["services"]] == [
        "agricultural_products", "water_conservation",
    ]  # fmt: skip
    water = manifest["services"][1]
    # brought to 2019 by the project's own index: 10 x 120 / 100 = 12 CNY/m3
    assert (water["price_year"], water["status"]) == ("2019", "own")
    summary = pd.read_csv(out / "summary.csv").set_index("service")
    assert summary.loc["water_conservation", "unit_price"] == pytest.approx(12)
    assert summary.loc["agricultural_products", "value"] == pytest.approx(2 * 2.8e7)
    rows = {f"{r['parameter']}[{r['key']}]": r for r in manifest["parameters"]}
    assert {"price_index[CN/2012]", "price_index[CN/2019]"} <= set(rows)
    assert "brought from 2012" in rows["reservoir_storage_cost[]"]["note"]
    assert not {"price years", "price index"} & {r["about"] for r in manifest["remarks"]}


def test_a_service_cannot_be_left_out_and_accounted_for(
    ours: Callable[..., Path], out: Path, computed: Computed
) -> None:
    head = f'{HEAD}left_out = ["leisure", "liesure"]\n'
    with pytest.raises(GepError) as caught:
        computed(ours("leisure", head=head), out)
    said = str(caught.value)
    assert "leisure is left out and has a section of its own" in said
    assert "no service is named 'liesure'. Did you mean leisure" in said


def test_prices_of_several_years_stay_and_are_said_to(
    ours: Callable[..., Path], out: Path, computed: Computed
) -> None:
    project = ours("water_conservation", "carbon_sequestration", "oxygen_release",
                   year="price_year = 2019")  # fmt: skip
    manifest = computed(project, out)
    years = {s["service"]: s["price_year"] for s in manifest["services"]}
    assert years["water_conservation"] == years["carbon_sequestration"] == "2019"
    assert years["oxygen_release"] == "2015"
    said = {r["about"]: r for r in manifest["remarks"]}
    assert "(2015, 2019)" in said["price years"]["en"]
    assert "CN/2015, CN/2019" in said["price index"]["en"]
    account = pd.read_csv(out / "account.csv", dtype=str)
    assert set(account["price_year"]) == {"2015", "2019"}


def test_without_a_price_year_nothing_moves_and_the_years_are_named(
    ours: Callable[..., Path], out: Path, computed: Computed
) -> None:
    manifest = computed(ours("water_conservation", "oxygen_release"), out)
    assert {s["price_year"] for s in manifest["services"]} == {"2012", "2015"}
    said = {r["about"]: r["zh"] for r in manifest["remarks"]}
    assert "2012、2015" in said["price years"]
    assert "price index" not in said
    summary = pd.read_csv(out / "summary.csv").set_index("service")
    assert summary.loc["water_conservation", "unit_price"] == pytest.approx(10)


def test_every_guard_says_what_it_looks_at_and_why() -> None:
    assert len({g.id for g in GUARDS}) == len(GUARDS)
    for guard in GUARDS:
        for text in (guard.title, guard.looks_at, guard.why):
            assert text.zh
            assert text.en


WARNED = {
    "same_volume_of_water": ("ecological_energy", "water_supply", "water_conservation"),
    "visitors": ("tourism", "leisure"),
    "marsh_storage": ("water_conservation", "flood_mitigation"),
    "one_carbon_number": ("carbon_sequestration", "oxygen_release"),
}


@pytest.mark.parametrize("name", WARNED)
def test_a_guard_warns_where_both_count_and_passes_where_one_does(
    ours: Callable[..., Path], tmp_path: Path, computed: Computed, name: str
) -> None:
    manifest = computed(ours(*WARNED[name]), tmp_path / "both")
    found = guards(manifest)
    assert set(found) == {g.id for g in GUARDS}
    assert {n for n, g in found.items() if g["outcome"] == "warned"} == {name}
    assert found[name]["found_zh"]
    assert found[name]["found_en"]
    written = pd.read_csv(tmp_path / "both" / "guards.csv").set_index("guard")
    assert written["outcome"].to_dict() == {n: g["outcome"] for n, g in found.items()}
    uncounted = ours(*WARNED[name], **{WARNED[name][0]: "counted = false"})
    alone = guards(computed(uncounted, tmp_path / "alone"))
    assert alone[name]["outcome"] == "passed"


def test_a_norm_that_subtracts_counts_only_what_is_from_the_region(
    ours: Callable[..., Path], tmp_path: Path, computed: Computed
) -> None:
    both = ("agricultural_products", "livestock_products")
    whole = computed(ours(*both), tmp_path / "whole")
    assert guards(whole)["products_from_outside"]["outcome"] == "passed"
    less = computed(ours(*both, head=f"{HEAD}subtracts_outside = true\n"), tmp_path / "less")
    # a quarter of the rice grew elsewhere; of the pork nothing is said, and it counts in full
    assert values(tmp_path / "less")["agricultural_products"] == pytest.approx(
        0.75 * values(tmp_path / "whole")["agricultural_products"]
    )
    summary = pd.read_csv(tmp_path / "less" / "summary.csv").set_index("service")
    assert summary.loc["agricultural_products", "physical"] == pytest.approx(15_000)
    assert summary.loc["livestock_products", "value"] == pytest.approx(2e8)
    found = guards(less)["products_from_outside"]
    assert found["outcome"] == "warned"
    assert "Livestock" in found["found_en"]
    assert "Agricultural" not in found["found_en"]


ALL = ("agricultural_products", "water_conservation", "flood_mitigation", "carbon_sequestration",
       "oxygen_release")  # fmt: skip
CHANGES = {
    "reservoir_storage_cost,,10,": "reservoir_storage_cost,,11,",
    "runoff_coefficient,1,0.05,": "runoff_coefficient,1,0.06,",
    "carbon_price,,50,": "carbon_price,,60,",
    "marsh_flood_depth,,0.3,": "marsh_flood_depth,,0.4,",
    "carbon_per_dry_matter,,0.45,": "carbon_per_dry_matter,,0.5,",
}


@pytest.mark.parametrize("old", CHANGES)
def test_a_changed_row_moves_the_figures_that_rest_on_it_and_no_other(
    ours: Callable[..., Path], tmp_path: Path, computed: Computed, old: str
) -> None:
    assert old in ROWS
    first = computed(ours(*ALL), tmp_path / "before")
    rows = ROWS.replace(old, CHANGES[old])
    second = computed(ours(*ALL, rows=rows), tmp_path / "after")
    parameter, key = old.split(",")[:2]
    name = f"{parameter}[{', '.join(x for x in ('project', key) if x)}]"
    rest_on_it = {s["service"] for s in first["services"] if name in s["rests_on"]}
    assert rest_on_it
    accounts = [
        pd.read_csv(tmp_path / which / "account.csv", dtype={"ecosystem": str}).set_index("code")
        for which in ("before", "after")
    ]
    differ = (accounts[0]["value"] != accounts[1]["value"]) | (
        accounts[0]["physical"] != accounts[1]["physical"]
    )
    moved = accounts[0][differ]
    assert set(moved["service"]) == rest_on_it
    if key:  # a number of one class moves that class alone
        assert set(moved["ecosystem"].str[:1]) == {key}
    # the manifests differ in that row, by its value
    records = [
        {f"{r['parameter']}[{r['key']}]": r for r in m["parameters"]} for m in (first, second)
    ]
    changed_rows = [n for n in records[0] if records[0][n] != records[1][n]]
    assert changed_rows == [f"{parameter}[{key}]"]


def test_the_doubtful_share_is_told_for_the_account_and_for_each_service(
    ours: Callable[..., Path], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEP_LANG", "en")
    rows = "\n".join(
        f"{line},{'grade' if place == 0 else 'estimate' if 'nep_npp' in line else 'local'}"
        for place, line in enumerate(ROWS.splitlines())
    )
    project = ours("water_conservation", "carbon_sequestration", rows=rows)
    found = CliRunner().invoke(command, ["compute", str(project), "--out", str(out), "-q"])
    assert found.exit_code == 0, found.output
    summary = pd.read_csv(out / "summary.csv").set_index("service")
    assert summary["doubtful_share"].to_dict() == {
        "water_conservation": 0,
        "carbon_sequestration": 1,
        "gep": pytest.approx(
            summary.loc["carbon_sequestration", "value"] / summary.loc["gep", "value"]
        ),
    }
    assert "of the value rests on recalled or estimated rows: Carbon sequestration 100%" in (
        found.stderr
    )
    assert "note: The prices are of different years (2012, 2019)" in found.stderr
