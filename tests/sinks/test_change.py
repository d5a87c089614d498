"""Carbon stock change: signs, shared errors, the soil, and a matrix that closes."""

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import COLUMNS, Parameters, Row, bundled
from sinks import stock as of_stock
from sinks.area_effect import area_effect
from sinks.change import change, closing, matrix, not_computed, opening
from sinks.densities import DensityTable, density_table

VAUD = Path(__file__).parents[3] / "shared" / "data" / "invest_reference" / "vaud_carbon"
INVEST = {"c_above": "above_ground", "c_below": "below_ground", "c_dead": "dead_wood",
          "c_soil": "soil"}  # fmt: skip


def row(parameter: str, key: str, value: float, se: float = math.nan, units: str = "t_C/ha") -> Row:
    text = dict.fromkeys((c for c in COLUMNS if c not in {"value", "se", "low", "high"}), "")
    text |= {"parameter": parameter, "set": "hand", "key": key, "units": units}
    text |= {"source": "hand", "where": f"{parameter} {key}", "grade": "local"}
    return Row(**text, value=value, se=se, low=math.nan, high=math.nan)


def hand(*rows: tuple[str, str, float, float]) -> DensityTable:
    made = [row(f"carbon_density_{pool}", key, value, se) for pool, key, value, se in rows]
    return density_table(Parameters(made), "hand")


def moves(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    columns = ["parcel_id", "ecosystem_from", "ecosystem_to", "area_ha"]
    return pd.DataFrame(rows, columns=columns)


def changed(transitions: pd.DataFrame, table: DensityTable) -> pd.DataFrame:
    return framed(change(transitions, table)).set_index(["parcel_id", "pool"])


def framed(parts) -> pd.DataFrame:
    rows = [p.keys.assign(change_tC=p.value, se_tC=p.se) for p in parts]
    columns = ["parcel_id", "pool", "change_tC", "se_tC"]
    frame = pd.concat(rows, ignore_index=True).reindex(columns=columns, fill_value="")
    return frame.sort_values("parcel_id", kind="stable", ignore_index=True)


def stock(areas: pd.DataFrame, table: DensityTable) -> pd.DataFrame:
    frame = framed(of_stock.stock(areas, table))
    return frame.rename(columns={"change_tC": "stock_tC"})


def test_invests_unit_case():
    # 86 -> 28 t/ha on 10 x 10 px of 1 m: -58 t/ha, -0.58 t
    before, after = (15, 10, 1, 60), (5, 3, 0, 20)
    table = hand(
        *((p, "11", v, math.nan) for p, v in zip(INVEST.values(), before, strict=True)),
        *((p, "12", v, math.nan) for p, v in zip(INVEST.values(), after, strict=True)),
    )
    unit, whole = (changed(moves(("a", "11", "12", a)), table)["change_tC"] for a in (1.0, 0.01))
    assert unit.sum() == pytest.approx(-58)
    assert whole.sum() == pytest.approx(-0.58)
    areas = closing(moves(("a", "11", "12", 0.01)))
    assert stock(areas, table)["stock_tC"].sum() == pytest.approx(0.28)


def test_a_gain_is_positive_and_a_loss_is_not():
    # 2 ha become forest of 30 t C/ha: +60 t C
    table = hand(("above_ground", "11", 30, 3))
    found = changed(moves(("a", "51", "11", 2), ("a", "11", "11", 7)), table).loc["a"]
    assert found["change_tC"].tolist() == [60]
    assert found["se_tC"].tolist() == [6]
    assert changed(moves(("a", "11", "99", 2)), table)["change_tC"].tolist() == [-60]


def test_two_parcels_by_hand():
    # broadleaf 10 +- 1, needleleaf 20 +- 2 t C/ha
    table = hand(("litter", "11", 10, 1), ("litter", "12", 20, 2))
    land = moves(
        ("a", "11", "12", 3), ("a", "12", "12", 50), ("b", "12", "11", 1), ("b", "11", "99", 5)
    )
    found = changed(land, table)
    # a: 12 +3 ha, 11 -3 ha: 60 - 30 = 30, se sqrt((3x1)^2 + (3x2)^2) = sqrt(45)
    assert found.loc[("a", "litter"), "change_tC"] == 30
    assert found.loc[("a", "litter"), "se_tC"] == pytest.approx(math.sqrt(45))
    # b: 12 -1 ha, 11 +1 -5 = -4 ha: -20 - 40 = -60, se sqrt((4x1)^2 + (1x2)^2) = sqrt(20)
    assert found.loc[("b", "litter"), "change_tC"] == -60
    assert found.loc[("b", "litter"), "se_tC"] == pytest.approx(math.sqrt(20))
    # both: 12 +2 ha, 11 -7 ha: se sqrt(7^2 + 4^2): opposite changes err against each other
    total = framed(of_stock.totals(change(land, table)))
    assert total["change_tC"].tolist() == [-30]
    assert total["se_tC"][0] == pytest.approx(math.sqrt(65))


def test_nothing_changed_is_exactly_nothing():
    table = density_table(bundled(), "zhejiang-2016")
    found = changed(moves(("a", "11", "11", 0.1), ("a", "12", "12", 0.7)), table)
    for column in ("change_tC", "se_tC"):
        assert (found[column] == 0).all()


def test_an_exchange_of_equal_areas_is_exactly_nothing_though_errors_are_unknown():
    table = density_table(bundled(), "zhejiang-2016")
    found = changed(moves(("a", "11", "12", 0.1), ("a", "12", "11", 0.1)), table)
    assert (found["change_tC"] == 0).all()
    assert (found["se_tC"] == 0).all()


def test_the_soil_is_not_lost_at_once():
    table = density_table(bundled(), "zhejiang-2016")
    land = moves(("a", "11", "51", 2), ("a", "11", "12", 1), ("b", "11", "12", 1))
    found = changed(land, table)
    for column in ("change_tC", "se_tC"):
        assert math.isnan(found.loc[("a", "soil"), column])
    assert found.loc[("a", "litter"), "change_tC"] < 0
    per_ha = table.of("soil", "12").value - table.of("soil", "11").value
    assert found.loc[("b", "soil"), "change_tC"] == pytest.approx(per_ha)
    assert not_computed(land, table).to_dict("records") == [
        {"parcel_id": "a", "pool": "soil", "reason": "conversion", "area_ha": 2}
    ]


def test_land_without_a_class_at_one_date_is_no_loss():
    table = hand(("litter", "11", 10, 1))
    land = moves(("a", "11", "00", 5), ("a", "11", "99", 1), ("b", "00", "11", 5))
    found = changed(land, table)
    assert found.loc[("a", "litter"), "change_tC"] == -10
    assert math.isnan(found.loc[("b", "litter"), "change_tC"])
    assert not_computed(land, table)["area_ha"].tolist() == [5, 5]
    assert not_computed(moves(("a", "11", "99", 1)), table).empty


def test_a_forest_class_that_changed_needs_a_density():
    with pytest.raises(ParameterMissing, match=r"'zhejiang-2016'.* of class 14"):
        changed(moves(("a", "11", "14", 1)), density_table(bundled(), "zhejiang-2016"))


def test_area_and_density_effects_by_hand():
    # 10 ha at 20 become 8 ha at 30: 240 - 200 = 40 = 25 x (-2) + 9 x 10
    found = area_effect(*(np.array([x]) for x in (10.0, 200.0, 8.0, 240.0)))
    assert found.tolist() == [-50]
    # forest that is new, or gone, is all area effect
    found = area_effect(*(np.array(x) for x in ([0.0, 5.0], [0.0, 60.0], [3.0, 0.0], [90.0, 0.0])))
    assert found.tolist() == [90, -60]


CODES = ["11", "12", "13", "51", "99"]
transitions = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(CODES),
        st.sampled_from(CODES),
        st.floats(0, 1e4, allow_subnormal=False),
    ),
    min_size=1,
    max_size=20,
)
FIRST = hand(*(("litter", c, v, 0.2) for c, v in (("11", 2.7), ("12", 2.6), ("13", 2.8))))


@given(transitions)
def test_the_matrix_closes(rows: list):
    land = moves(*rows)
    wide = matrix(land)
    before = opening(land).groupby(["parcel_id", "ecosystem"])["area_ha"].sum()
    after = closing(land).groupby(["parcel_id", "ecosystem"])["area_ha"].sum()
    columns = wide.groupby("parcel_id").sum().stack()
    for key, area in before.items():
        assert wide.sum(axis=1).get(key, 0) == pytest.approx(area)
    for key, area in after.items():
        assert columns.get(key, 0) == pytest.approx(area)
    assert wide.to_numpy().sum() == pytest.approx(land["area_ha"].sum())


@given(transitions)
def test_the_change_is_the_difference_of_the_stocks(rows: list):
    land = moves(*rows)
    found = changed(land, FIRST)["change_tC"].to_numpy()
    before, after = (stock(f(land), FIRST)["stock_tC"].to_numpy() for f in (opening, closing))
    np.testing.assert_allclose(found, after - before, atol=1e-6)


@given(transitions)
def test_there_and_back_is_nothing(rows: list):
    back = [(parcel, after, before, area) for parcel, before, after, area in rows]
    found = changed(moves(*rows, *back), FIRST)
    np.testing.assert_allclose(found["change_tC"], 0, atol=1e-6)


@pytest.mark.shared
def test_invests_vaud_change():
    if not VAUD.is_dir():
        pytest.skip(f"{VAUD} is not here")
    import rasterio

    covers = []
    for year in (2006, 2012):
        with rasterio.open(VAUD / "inputs" / f"lulc_{year}.tif") as file:
            covers.append(file.read(1).astype(int))
            nodata, pixel = int(file.nodata), file.res[0] * file.res[1] / 1e4
    pairs, counts = np.unique(np.stack([c.ravel() for c in covers]), axis=1, return_counts=True)
    name = {c: "00" if c == nodata else f"lulc{c}" for c in np.unique(pairs)}
    land = moves(
        *(("vaud", name[a], name[b], k * pixel) for (a, b), k in zip(pairs.T, counts, strict=True))
    )
    with (VAUD / "inputs" / "carbon_pools.csv").open(encoding="utf-8") as file:
        table = hand(
            *(
                (pool, f"lulc{r['lucode']}", float(r[column]), math.nan)
                for r in csv.DictReader(file)
                for column, pool in INVEST.items()
            )
        )
    with (VAUD / "outputs" / "raster_values_summary.csv").open(encoding="utf-8") as file:
        expected = {r["Raster"]: float(r["Total"]) for r in csv.DictReader(file)}
    with rasterio.open(VAUD / "outputs" / "c_change_bas_alt.tif") as file:
        map_sum = file.read(1, masked=True).sum(dtype=np.float64) * pixel
    found = changed(land, table)["change_tC"].sum()
    assert found == pytest.approx(expected["Change in Carbon Storage"], rel=1e-5)
    assert found == pytest.approx(map_sum, rel=1e-5)
