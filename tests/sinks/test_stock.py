"""Carbon stock: the published province, the peers, and how errors add up."""

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing, ParcelError
from data_catalog.parameters import COLUMNS, Parameters, Row, bundled
from sinks import stock as of_stock
from sinks.densities import DensityTable, density_table
from sinks.stock import unclassified

CASES = Path(__file__).parent / "cases"
VAUD = Path(__file__).parents[3] / "shared" / "data" / "invest_reference" / "vaud_carbon"
INVEST = {"c_above": "above_ground", "c_below": "below_ground", "c_dead": "dead_wood",
          "c_soil": "soil"}  # fmt: skip


def framed(parts) -> pd.DataFrame:
    """Return the pools of each parcel under each other."""
    rows = [p.keys.assign(stock_tC=p.value, se_tC=p.se) for p in parts]
    columns = ["parcel_id", "pool", "stock_tC", "se_tC"]
    frame = pd.concat(rows, ignore_index=True).reindex(columns=columns, fill_value="")
    return frame.sort_values("parcel_id", kind="stable", ignore_index=True)


def stock(areas: pd.DataFrame, table: DensityTable) -> pd.DataFrame:
    return framed(of_stock.stock(areas, table))


def totals(areas: pd.DataFrame, table: DensityTable) -> pd.DataFrame:
    return framed(of_stock.totals(of_stock.stock(areas, table)))


def row(pool: str, key: str, value: float, se: float = math.nan, where: str = "") -> Row:
    text = dict.fromkeys((c for c in COLUMNS if c not in {"value", "se", "low", "high"}), "")
    text |= {"parameter": f"carbon_density_{pool}", "set": "hand", "key": key, "units": "t_C/ha"}
    text |= {"source": "hand", "where": where or f"{pool} {key}", "grade": "local"}
    return Row(**text, value=value, se=se, low=math.nan, high=math.nan)


def hand(*rows: Row) -> DensityTable:
    return density_table(Parameters(rows), "hand")


def land(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["parcel_id", "ecosystem", "area_ha"])


def published() -> pd.DataFrame:
    frame = pd.read_csv(CASES / "zhejiang_2016.csv", dtype={"level2": str})
    # the paper counts in 100 hm2: one is 100 ha
    return frame.assign(
        parcel_id=frame["key"], ecosystem=frame["key"], area_ha=lambda f: 100.0 * f["area_100hm2"]
    )


def test_zhejiang_2016_is_reproduced_type_by_type():
    cases = published()
    found = stock(cases, density_table(bundled(), "zhejiang-2016"))
    tg = found.groupby("parcel_id")["stock_tC"].sum() / 1e6
    for case in cases.itertuples():
        assert tg[case.key] == pytest.approx(case.stock_TgC, abs=0.006), case.key


def test_zhejiang_2016_is_reproduced_pool_by_pool():
    found = totals(published(), density_table(bundled(), "zhejiang-2016"))
    tg = found.set_index("pool")["stock_tC"] / 1e6
    # tree 122.869 and shrub-herb 16.730: the root split moves carbon between the first two pools
    assert tg["above_ground"] + tg["below_ground"] == pytest.approx(122.869 + 16.730, abs=0.001)
    assert tg["litter"] == pytest.approx(11.366, abs=0.001)
    assert tg["soil"] == pytest.approx(451.764, abs=0.001)
    assert tg.sum() == pytest.approx(602.729, abs=0.002)
    area = published()["area_ha"].sum()
    assert area == 4_984_100
    mean = found.set_index("pool")["stock_tC"] / area
    # the paper prints 24.65 + 3.36, 2.28, 90.51, 120.80 t C/ha
    assert mean["above_ground"] + mean["below_ground"] == pytest.approx(28.01, rel=0.002)
    assert mean["litter"] == pytest.approx(2.28, rel=0.002)
    assert mean["soil"] == pytest.approx(90.51, rel=0.002)
    assert mean.sum() == pytest.approx(120.80, rel=0.002)


def test_the_published_layers_are_in_the_case_file():
    cases = published()
    for layer, tg in (("tree", 122.869), ("shrub_herb", 16.730)):
        assert (cases["area_ha"] * cases[layer]).sum() / 1e6 == pytest.approx(tg, abs=0.001)


def test_level_ii_classes_give_the_same_province():
    cases = published().assign(ecosystem=lambda f: f["level2"].fillna(f["key"]))
    merged = totals(cases, density_table(bundled(), "zhejiang-2016"))
    single = totals(published(), density_table(bundled(), "zhejiang-2016"))
    np.testing.assert_allclose(merged["stock_tC"], single["stock_tC"], rtol=2e-5)


def test_invests_unit_case():
    # 10 x 10 px of 1 m = 0.01 ha of 15 + 10 + 60 + 1 = 86 t/ha
    table = hand(*(row(p, "11", v) for p, v in zip(INVEST.values(), (15, 10, 1, 60), strict=True)))
    assert stock(land(("a", "11", 0.01)), table)["stock_tC"].sum() == pytest.approx(0.86)


def test_two_parcels_by_hand():
    # broadleaf 10 +- 1, needleleaf 20 +- 2 t C/ha
    table = hand(row("litter", "11", 10, 1), row("litter", "12", 20, 2))
    areas = land(("a", "11", 3), ("a", "12", 2), ("b", "11", 6), ("b", "12", 4), ("b", "51", 9))
    found = stock(areas, table)
    # a: 3x10 + 2x20 = 70, se sqrt(3^2 + 4^2) = 5; b: 60 + 80 = 140, se sqrt(6^2 + 8^2) = 10
    assert found["parcel_id"].tolist() == ["a", "b"]
    assert found["stock_tC"].tolist() == [70, 140]
    assert found["se_tC"].tolist() == [5, 10]
    # both parcels err alike, so the total errs by 5 + 10 = 15, not by sqrt(125) = 11.2
    total = totals(areas, table)
    assert total["parcel_id"].tolist() == [""]
    assert (total["stock_tC"][0], total["se_tC"][0]) == (210, 15)


def test_one_number_under_two_classes_errs_once():
    # a table that prints one value for all forest, in two rows: 5 x 1 + 5 x 1, not sqrt(50)
    table = hand(*(row("soil", code, 60, 1, where="p. 1") for code in ("11", "12")))
    assert stock(land(("a", "11", 5), ("a", "12", 5)), table)["se_tC"].tolist() == [10]


def test_an_unknown_error_makes_the_errors_it_enters_unknown_and_no_others():
    table = hand(row("litter", "11", 10, 1), row("litter", "12", 20))
    found = stock(land(("a", "11", 3), ("a", "12", 0), ("b", "11", 1), ("b", "12", 1)), table)
    assert found["stock_tC"].tolist() == [30, 30]
    assert found["se_tC"][0] == 3
    assert math.isnan(found["se_tC"][1])


def test_land_that_is_no_forest_has_no_forest_carbon():
    found = stock(land(("a", "51", 3), ("a", "99", 3)), hand(row("litter", "11", 10)))
    assert (found["stock_tC"].tolist(), found["se_tC"].tolist()) == ([0], [0])


def test_a_parcel_without_classes_gets_no_zero():
    areas = land(("a", "00", 3), ("b", "00", 1), ("b", "11", 3))
    found = stock(areas, hand(row("litter", "11", 10, 1)))
    assert math.isnan(found["stock_tC"][0])
    assert math.isnan(found["se_tC"][0])
    assert found["stock_tC"][1] == 30
    assert unclassified(areas)["missing_share"].tolist() == [1, 0.25]
    assert unclassified(areas)["area_ha"].tolist() == [3, 1]


def test_a_forest_class_without_a_density_stops_the_stock():
    with pytest.raises(ParameterMissing, match=r"'zhejiang-2016'.* of class 14"):
        stock(land(("a", "14", 1)), density_table(bundled(), "zhejiang-2016"))


@pytest.mark.parametrize("area", [-1.0, math.nan, math.inf])
def test_an_area_that_is_none_is_refused(area: float):
    with pytest.raises(ParcelError, match="area_ha"):
        stock(land(("a", "11", area)), hand(row("litter", "11", 10)))


def test_a_number_for_a_class_is_refused():
    with pytest.raises(ParcelError, match="two-digit text"):
        stock(land(("a", 11, 1)), hand(row("litter", "11", 10)))


parcels = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["11", "12", "13", "51", "00"]),
        st.floats(0, 1e5, allow_subnormal=False),
    ),
    min_size=1,
    max_size=20,
)
TABLE = hand(
    *(row("soil", c, v, s) for c, v, s in (("11", 105, 3), ("12", 88, 4), ("13", 91, 4))),
    *(row("litter", c, v, s) for c, v, s in (("11", 2.7, 0.2), ("12", 2.6, 0.2), ("13", 2.8, 0))),
)


@given(parcels, st.randoms())
def test_the_order_of_the_rows_changes_not_a_bit(rows: list, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(
        stock(land(*rows), TABLE), stock(land(*shuffled), TABLE), check_exact=True
    )


@given(parcels)
def test_the_total_is_the_sum_and_errs_by_no_more_than_the_sum_of_errors(rows: list):
    found = stock(land(*rows), TABLE).groupby("pool")[["stock_tC", "se_tC"]].sum()
    total = totals(land(*rows), TABLE).set_index("pool")
    if total["stock_tC"].isna().any():
        return
    for pool in TABLE.pools:
        each, whole = found.loc[pool], total.loc[pool]
        assert whole["stock_tC"] == pytest.approx(each["stock_tC"])
        assert whole["se_tC"] <= each["se_tC"] * (1 + 1e-9)


def vaud_table() -> DensityTable:
    with (VAUD / "inputs" / "carbon_pools.csv").open(encoding="utf-8") as file:
        return hand(
            *(
                row(pool, f"lulc{r['lucode']}", float(r[column]))
                for r in csv.DictReader(file)
                for column, pool in INVEST.items()
            )
        )


@pytest.mark.shared
def test_invests_vaud_storage():
    if not VAUD.is_dir():
        pytest.skip(f"{VAUD} is not here")
    import rasterio

    with rasterio.open(VAUD / "inputs" / "lulc_2006.tif") as file:
        cover, pixel = file.read(1), file.res[0] * file.res[1] / 1e4
        nodata = file.nodata
    codes, counts = np.unique(cover, return_counts=True)
    names = ["00" if c == nodata else f"lulc{c}" for c in codes]
    areas = land(*(("vaud", n, k * pixel) for n, k in zip(names, counts, strict=True)))
    with (VAUD / "outputs" / "raster_values_summary.csv").open(encoding="utf-8") as file:
        expected = {r["Raster"]: float(r["Total"]) for r in csv.DictReader(file)}
    found = stock(areas, vaud_table())["stock_tC"].sum()
    assert found == pytest.approx(expected["Baseline Carbon Storage"], rel=1e-6)
    # and pixel by pixel: the storage map is the density of each pixel's class
    density = {c: sum(r.value for (_, k), r in vaud_table().densities.items() if k == n)
               for c, n in zip(codes, names, strict=True)}  # fmt: skip
    with rasterio.open(VAUD / "outputs" / "c_storage_bas.tif") as file:
        storage, blank = file.read(1), file.nodata
    for code in codes:
        want = blank if code == nodata else density[code]
        np.testing.assert_allclose(storage[cover == code], want, rtol=1e-6)
