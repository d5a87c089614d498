"""The folder seea/: what is in it, for programs and for people."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.classes import ecosystems
from gep.seea import AssetTerms, write_seea
from gep.seea.notes import COLUMNS, TABLES
from gep.services import SERVICES

FILES = {f"{name}.csv" for name in TABLES}
TERMS = AssetTerms(0.03, 20, first_flow_discounted=True)
CODES = st.sampled_from([*ecosystems()])
AREAS = pd.DataFrame({
    "ecosystem_from": ["11", "11", "51", "51"], "ecosystem": ["11", "51", "51", "61"],
    "area_ha": [70.25, 10, 40, 0.1],
})  # fmt: skip
FLOWS = pd.DataFrame({
    "service": ["water_conservation", "water_conservation", "oxygen_release"],
    "ecosystem": ["11", "51", "11"], "physical": [800.0, 200, 30],
    "physical_unit": ["m3/year", "m3/year", "t/year"], "value": [6000.0, 1500, 900],
    "price_year": ["2012", "2012", "2008"], "counted": [True, True, False],
})  # fmt: skip
BEFORE = FLOWS.assign(physical=[900.0, 150, 30], value=[6300.0, 1100, 870])
CONDITION = pd.DataFrame({
    "ecosystem": ["11"], "variable": ["npp"], "unit": ["g_C/m2/year"], "closing": [612.5],
})  # fmt: skip


def read(folder: Path, name: str) -> pd.DataFrame:
    text = {"service", "ecosystem", "ecosystem_from", "group", "ecosystems", "price_year"}
    return pd.read_csv(folder / name, dtype=dict.fromkeys(text, str))


def test_all_tables_are_there_when_all_is_given(tmp_path: Path) -> None:
    refused = write_seea(
        tmp_path / "seea", flows=FLOWS, areas=AREAS, condition=CONDITION, terms=TERMS,
        opening_flows=BEFORE,
    )  # fmt: skip
    assert refused == {}
    assert {f.name for f in (tmp_path / "seea").iterdir()} == FILES | {"notes.csv"}


def test_what_cannot_be_written_says_why(tmp_path: Path) -> None:
    refused = write_seea(tmp_path, flows=FLOWS, areas=AREAS.drop(columns="ecosystem_from"))
    assert set(refused) == {"extent_change_matrix.csv", "condition.csv", "asset.csv"}
    assert "discount_rate" in refused["asset.csv"].zh
    assert "baseline" in refused["extent_change_matrix.csv"].en
    assert not (tmp_path / "asset.csv").exists()
    nothing = write_seea(tmp_path / "none", flows=FLOWS.head(0))
    assert set(nothing) == FILES


def test_a_spreadsheet_and_a_program_read_the_same(tmp_path: Path) -> None:
    write_seea(tmp_path, flows=FLOWS, areas=AREAS)
    raw = (tmp_path / "extent.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfecosystem,")  # without the mark Excel garbles Chinese
    assert b"\r" not in raw
    assert read(tmp_path, "extent.csv").iloc[0]["ecosystem_zh"] == "阔叶林"


def test_every_table_has_one_unit_column_and_says_what_it_is(tmp_path: Path) -> None:
    write_seea(tmp_path, flows=FLOWS, areas=AREAS, condition=CONDITION, terms=TERMS)
    notes = read(tmp_path, "notes.csv")
    for name in FILES:
        table = read(tmp_path, name)
        assert list(table.columns).count("unit") == 1, name
        said = notes[notes["table"] == name]
        assert said["column"].isna().sum() == (2 if name == "asset.csv" else 1)
        assert set(said["column"].dropna()) == set(table.columns) & set(COLUMNS)
    assert notes[["zh", "en"]].notna().all(axis=None)
    assert any("Discount rate 3.0000%, asset life 20 years" in text for text in notes["en"])


def test_only_what_counts_in_gep_is_an_asset(tmp_path: Path) -> None:
    write_seea(tmp_path, flows=FLOWS, areas=AREAS, terms=TERMS)
    total = read(tmp_path, "asset.csv").set_index("ecosystem").loc["total", "closing"]
    # 7500 CNY a year, not 8400, at 3 % over 20 years: 14.8775 x 7500
    assert total == pytest.approx(7500 * 14.877475, rel=1e-6)


@given(
    st.lists(st.tuples(CODES, CODES, st.floats(0, 1e6)), min_size=1, max_size=30),
    st.lists(
        st.tuples(st.sampled_from([s.id for s in SERVICES]), CODES, st.floats(0, 1e9)),
        min_size=1, max_size=30,
    ),
)  # fmt: skip
@settings(max_examples=25)
def test_the_identities_hold_in_the_files(
    tmp_path_factory: pytest.TempPathFactory,
    land: list[tuple[str, str, float]],
    services: list[tuple[str, str, float]],
) -> None:
    folder = tmp_path_factory.mktemp("seea")
    areas = pd.DataFrame(land, columns=["ecosystem_from", "ecosystem", "area_ha"])
    flows = pd.DataFrame(services, columns=["service", "ecosystem", "physical"])
    flows = flows.assign(physical_unit="t/year", value=3 * flows["physical"])
    before = flows.assign(physical=flows["physical"] / 2, value=2 * flows["physical"])
    write_seea(folder, flows=flows, areas=areas, terms=TERMS, opening_flows=before)

    extent = read(folder, "extent.csv")
    close(extent["opening"] + extent["additions"] - extent["reductions"], extent["closing"])
    matrix = read(folder, "extent_change_matrix.csv").select_dtypes("number")
    close(matrix.drop(columns="total_opening").sum(axis=1), matrix["total_opening"])
    close(matrix.iloc[:-1].sum(), matrix.iloc[-1])
    close(matrix["total_opening"], extent["opening"])
    for name in ("physical", "monetary"):
        supply, use = read(folder, f"supply_{name}.csv"), read(folder, f"use_{name}.csv")
        close(supply["total_supply"], use["total_use"])
        close(use.select_dtypes("number").drop(columns="total_use").sum(axis=1), use["total_use"])
    asset = read(folder, "asset.csv")
    changes = (
        asset["enhancement"] - asset["degradation"]
        + asset["conversion_additions"] - asset["conversion_reductions"]
        + asset["revaluation"] + asset["other_changes"]
    )  # fmt: skip
    close(asset["opening"] + changes, asset["closing"])
    close(changes, asset["net_change"], np.abs(asset["closing"]).max())


def close(a: "pd.Series[float]", b: "pd.Series[float]", least: float = 1.0) -> None:
    scale = max(np.abs(b.to_numpy()).max(), least, 1.0)
    assert np.abs(a.to_numpy() - b.to_numpy()).max() <= 1e-9 * scale
