"""Why the value changed: by hand, by law, and from runs that differ in one thing."""

import math
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import GepError, RunError, UnknownNameError
from gep.comparison import (
    EFFECTS,
    Change,
    RunAccount,
    explain_change,
    index_series,
    read_accounts,
    write_comparison,
)
from gep.comparison.notes import change_notes, series_notes
from gep.comparison.shapley import shapley
from tests.county import changed, make_county
from tests.small_runs import FACTOR, NAN, PRICE, Row, SmallRun, in_memory, written

ONE = ("0001", "11")
EARLIER = SmallRun(year=2015, rows=(Row(physical=1000, value=2000),), area={ONE: 10})
LATER = SmallRun(year=2020, rows=(Row(physical=1320, value=3960),), area={ONE: 12})
REST = 1e-9
"""The largest residual, of the total."""


@pytest.fixture
def change(tmp_path: Path) -> Callable[..., Change]:
    """Write two runs, or three with a restated one, and return the change."""

    def of(
        one: SmallRun, other: SmallRun, restated: SmallRun | None = None, **asked: Any
    ) -> Change:
        runs = written(tmp_path, [r for r in (one, other, restated) if r is not None])
        accounts = read_accounts(runs, **asked)
        return explain_change(*accounts)

    return of


def effects(change: Change) -> dict[str, float]:
    """Return the effects of GEP that are not zero."""
    return {e: v for e, v in change.total()[list(EFFECTS)].items() if v != 0}


# --- by hand


def test_three_factors_by_hand(change: Callable[..., Change]) -> None:
    # area 10 -> 12 ha, amount 100 -> 110 m3/ha, price 2 -> 3 CNY/m3; value 2000 -> 3960
    # area:      2 ((100 x 2 + 110 x 3) / 3 + (100 x 3 + 110 x 2) / 6) = 2 (530/3 + 520/6)
    # condition: 10 ((10 x 2 + 12 x 3) / 3 + (10 x 3 + 12 x 2) / 6)    = 10 (56/3 + 54/6)
    # price:     1 ((10 x 100 + 12 x 110) / 3 + (10 x 110 + 12 x 100) / 6)
    got = effects(change(EARLIER, LATER))
    assert got == pytest.approx(
        {"area": 2 * (530 / 3 + 520 / 6), "condition": 10 * (56 / 3 + 54 / 6),
         "price": 2320 / 3 + 2300 / 6}, rel=1e-12
    )  # fmt: skip
    # 526.67 + 276.67 + 1156.67 = 1960
    assert sum(got.values()) == pytest.approx(1960, rel=1e-12)


def test_an_ecosystem_that_appears_or_vanishes_is_area(change: Callable[..., Change]) -> None:
    grass = Row(ecosystem="32", physical=50, value=150)
    one = EARLIER.but(rows=(*EARLIER.rows, grass), area={ONE: 10, ("0001", "32"): 4})
    wood = Row(ecosystem="21", physical=70, value=140)
    other = EARLIER.but(year=2020, rows=(*EARLIER.rows, wood), area={ONE: 10, ("0001", "21"): 4})
    got = change(one, other)
    assert effects(got) == pytest.approx({"area": 140 - 150}, rel=1e-12)
    assert got.by("ecosystem")["area"].tolist() == pytest.approx([0, 140, -150], rel=1e-12)


def test_the_last_row_of_a_service_may_vanish_with_its_land(change: Callable[..., Change]) -> None:
    gone = LATER.but(rows=(Row(service="oxygen_release", physical=1, value=5),),
                     area={("0001", "32"): 12})  # fmt: skip
    one = EARLIER.but(rows=(*EARLIER.rows, Row(service="oxygen_release", physical=1, value=5)))
    by_service = change(one, gone).by_service()
    assert by_service.loc["water_conservation", "area"] == pytest.approx(-2000, rel=1e-12)
    assert by_service.loc["water_conservation", "coverage"] == 0


def test_an_amount_of_zero_has_no_price_so_the_value_is_condition(
    change: Callable[..., Change],
) -> None:
    dry = EARLIER.but(rows=(Row(physical=0, value=0),))
    assert effects(change(dry, LATER.but(area={ONE: 10}))) == pytest.approx(
        {"condition": 3960}, rel=1e-12
    )


def test_a_value_without_an_amount_is_area_and_value_per_area(
    change: Callable[..., Change],
) -> None:
    # area 10 -> 12, value per area 200 -> 330: 2 x (200 + 330) / 2 and 130 x (10 + 12) / 2
    one = EARLIER.but(rows=(Row(value=2000),))
    other = LATER.but(rows=(Row(value=3960),))
    got = change(one, other)
    assert effects(got) == pytest.approx({"area": 530, "value_per_area": 1430}, rel=1e-12)
    assert any("状况与价格分不开" in n.zh for n in change_notes(got))


def test_amounts_in_two_units_are_no_amounts_to_compare(change: Callable[..., Change]) -> None:
    other = LATER.but(rows=(Row(physical=1.32, value=3960, unit="dam3/year"),), area={ONE: 10})
    assert effects(change(EARLIER, other)) == pytest.approx({"value_per_area": 1960}, rel=1e-12)


def test_what_is_not_shared_out_is_amount_times_price(change: Callable[..., Change]) -> None:
    # amount 10 -> 12, price 5 -> 6: 2 x (5 + 6) / 2 and 1 x (10 + 12) / 2
    whole = {"parcel": "", "ecosystem": ""}
    one = EARLIER.but(rows=(Row(**whole, physical=10, value=50),))
    other = LATER.but(rows=(Row(**whole, physical=12, value=72),))
    got = change(one, other)
    assert effects(got) == pytest.approx({"condition": 11, "price": 11}, rel=1e-12)
    assert got.by("parcel").index.tolist() == [""]
    assert got.by("township").index.tolist() == [""]


def test_land_without_input_in_one_year_is_coverage_and_no_change_of_nature(
    change: Callable[..., Change],
) -> None:
    # the same 100 m3/ha and price on 10 ha, of which a fifth had no input in 2015
    one = EARLIER.but(rows=(Row(physical=800, value=1600, missing=0.2),))
    assert effects(change(one, EARLIER.but(year=2020))) == pytest.approx({"coverage": 400})


def test_a_cell_without_a_row_on_land_that_is_there_is_coverage(
    change: Callable[..., Change],
) -> None:
    other = Row(service="oxygen_release", physical=1, value=7)
    one = EARLIER.but(rows=(Row(physical=NAN, value=NAN, missing=1), other))
    two = EARLIER.but(year=2020, rows=(*EARLIER.rows, other))
    assert effects(change(one, two)) == pytest.approx({"coverage": 2000}, rel=1e-12)


def test_a_service_that_one_account_could_not_compute_is_coverage_and_is_named(
    change: Callable[..., Change],
) -> None:
    oxygen = Row(service="oxygen_release", physical=3, value=30)
    one = EARLIER.but(refused=("oxygen_release",))
    other = EARLIER.but(year=2020, rows=(*EARLIER.rows, oxygen))
    got = change(one, other)
    assert effects(got) == pytest.approx({"coverage": 30}, rel=1e-12)
    said = " ".join(n.en for n in change_notes(got))
    assert "In the account of 2020 only: Oxygen release." in said


def test_parcels_of_one_run_alone_are_coverage_and_are_counted(
    change: Callable[..., Change],
) -> None:
    new = Row(parcel="0002", physical=5, value=10)
    other = EARLIER.but(year=2020, rows=(*EARLIER.rows, new), area={ONE: 10, ("0002", "11"): 1})
    got = change(EARLIER, other)
    assert effects(got) == pytest.approx({"coverage": 10}, rel=1e-12)
    assert any("1 parcels are in the account of 2020 only" in n.en for n in change_notes(got))


def test_a_service_outside_gep_is_shown_but_not_added(change: Callable[..., Change]) -> None:
    one, other = (
        run.but(rows=(*run.rows, Row(service="leisure", physical=1, value=value)))
        for run, value in ((EARLIER, 10), (LATER, 99))
    )
    got = change(one, other)
    assert got.total()["after"] == 3960
    assert got.by_service().loc["leisure", "after"] == 99


def test_a_service_that_only_one_account_counts_is_coverage(change: Callable[..., Change]) -> None:
    one, other = (
        run.but(rows=(*run.rows, Row(service="leisure", physical=1, value=10)), area={ONE: 10})
        for run in (EARLIER, EARLIER.but(year=2020))
    )
    other = other.but(counted=(*other.counted, "leisure"))
    got = change(one, other)
    assert got.total()[["before", "after"]].tolist() == [2000, 2010]
    assert effects(got) == pytest.approx({"coverage": 10}, rel=1e-12)
    assert any("whether leisure is counted" in d.what.en for d in got.hidden)


# --- products, pollutants, water bodies


def product(item: str, amount: float, price: float, **more: Any) -> Row:
    return Row(parcel="", ecosystem="", service="agricultural_products", item=item,
               physical=amount, value=amount * price, **more)  # fmt: skip


FARMS = EARLIER.but(
    counted=("agricultural_products",),
    rows=(product("rice", 10, 3), product("bamboo", 100, 2, unit="culm/year")),
)


def test_products_are_split_one_by_one_so_that_a_change_of_mix_is_no_price(
    change: Callable[..., Change],
) -> None:
    # rice 10 -> 5 t at 3, bamboo 100 -> 160 culms at 2: -15 and +120, all of it amounts
    later = FARMS.but(
        year=2020, rows=(product("rice", 5, 3), product("bamboo", 160, 2, unit="culm/year"))
    )
    got = change(FARMS, later)
    assert effects(got) == pytest.approx({"condition": 105}, rel=1e-12)
    assert set(got.cells["item"]) == {"rice", "bamboo"}
    # volume: (5 x 3 + 160 x 2) / (10 x 3 + 100 x 2)
    last = index_series([got.before, got.after]).table.iloc[-1]
    assert last["volume_laspeyres"] == pytest.approx(100 * 335 / 230, rel=1e-12)
    assert last["price_fisher"] == pytest.approx(100, rel=1e-12)
    assert last["coverage"] == pytest.approx(1, rel=1e-12)


def test_a_product_that_only_one_year_lists_is_coverage(change: Callable[..., Change]) -> None:
    got = change(FARMS, FARMS.but(year=2020, rows=(*FARMS.rows, product("pears", 4, 5))))
    assert effects(got) == pytest.approx({"coverage": 20}, rel=1e-12)
    series = index_series([got.before, got.after])
    last = series.table.iloc[-1]
    assert last["volume_fisher"] == pytest.approx(100, rel=1e-12)
    assert last["coverage"] == pytest.approx(230 / 250, rel=1e-12)
    assert "Agricultural products (pears)" in series_notes(series)[0].en


def test_a_declared_item_vanishes_with_its_land(change: Callable[..., Change]) -> None:
    lake, marsh = (Row(ecosystem=e, item=i, physical=5, value=v)
                   for e, i, v in (("42", "lake", 50), ("41", "marsh", 70)))  # fmt: skip
    land = {("0001", "42"): 1, ("0001", "41"): 2}
    one = EARLIER.but(rows=(lake, marsh), area=land, items=("lake", "marsh"))
    other = one.but(year=2020, rows=(lake,), area={("0001", "42"): 1})
    assert effects(change(one, other)) == pytest.approx({"area": -70}, rel=1e-12)


def test_items_that_one_run_does_not_keep_apart_are_compared_as_a_service(
    change: Callable[..., Change],
) -> None:
    whole = Row(parcel="", ecosystem="", service="agricultural_products", value=260)
    got = change(FARMS, FARMS.but(year=2020, rows=(whole,)))
    assert effects(got) == pytest.approx({"value_per_area": 30}, rel=1e-12)


# --- method and data

CORRECTED = {"digests": {"land_cover": "c1", "precipitation": "r2"}}
DEARER = {"parameters": ({**PRICE, "value": 2.5},)}


@pytest.mark.parametrize(
    ("differs", "called"),
    [
        (CORRECTED, "data"),
        ({"layers": {"land_cover": {"path": "c.tif", "classes": "igbp"}}}, "data"),
        (DEARER, "method"),
        ({"variant": "budyko"}, "method"),
        ({"software": "0.2.0"}, "method"),
        ({"standard": "mine"}, "method"),
        (CORRECTED | DEARER, "method_and_data"),
    ],
)
def test_between_two_accounts_of_one_year_all_is_revision_named_by_what_differs(
    change: Callable[..., Change], differs: dict[str, Any], called: str
) -> None:
    rows = (Row(physical=900, value=1900, standard=differs.get("standard", "cn-open")),)
    got = change(EARLIER, EARLIER.but(rows=rows, **differs))
    assert got.revised == called
    assert effects(got) == pytest.approx({called: -100}, rel=1e-12)
    assert got.present == (called,)
    assert got.hidden == ()


def test_a_layer_that_no_service_reads_decides_nothing(change: Callable[..., Change]) -> None:
    digests = {**EARLIER.digests, "above_ground_biomass": "b2"}
    got = change(EARLIER, EARLIER.but(digests=digests, **DEARER))
    assert got.revised == "method"


def test_rows_that_only_another_standard_of_the_run_rests_on_decide_nothing(
    change: Callable[..., Change],
) -> None:
    others = {"mine": {"services": [{"rests_on": ["reservoir_storage_cost[mine]"]}]}}
    priced = (PRICE, FACTOR, {**PRICE, "set": "mine", "value": 9.0})
    later = EARLIER.but(other_standards=others, parameters=priced, **CORRECTED)
    assert change(EARLIER, later).revised == "data"


def test_a_restated_year_takes_the_revision_out_of_the_real_change(
    change: Callable[..., Change],
) -> None:
    # 2000 -> 1800 (rain corrected), then 1800 -> 3960 in three factors
    again = EARLIER.but(rows=(Row(physical=900, value=1800),), **CORRECTED)
    got = change(EARLIER, LATER.but(**CORRECTED), again)
    total = got.total()
    assert total[["before", "after", "data"]].tolist() == [2000, 3960, -200]
    real = effects(got)
    del real["data"]
    assert sum(real.values()) == pytest.approx(3960 - 1800, rel=1e-12)
    assert real["area"] == pytest.approx(2 * ((90 * 2 + 110 * 3) / 3 + (90 * 3 + 110 * 2) / 6))
    assert abs(got.residual()) < REST * 3960


def test_what_one_restated_run_cannot_tell_apart_is_one_line_and_says_what_would(
    change: Callable[..., Change],
) -> None:
    again = EARLIER.but(rows=(Row(physical=900, value=2250),), **CORRECTED, **DEARER)
    got = change(EARLIER, LATER.but(**CORRECTED, **DEARER), again)
    assert got.total()["method_and_data"] == 250
    said = " ".join(n.en for n in change_notes(got))
    assert "reservoir_storage_cost 2 CNY/m3 -> 2.5 CNY/m3" in said
    assert "Compute 2015 once more with the new method and the old data" in said


def test_without_a_restated_year_a_change_of_method_is_a_warning(
    change: Callable[..., Change],
) -> None:
    got = change(EARLIER, LATER.but(variant="budyko", **CORRECTED))
    said = change_notes(got)
    assert "how water conservation is computed: balance[1]" in said[0].en
    assert "give it with --restated" in said[0].en
    assert "annual precipitation" not in said[0].en, "another year has other rain"


def test_prices_of_another_year_are_no_change_of_method_but_inflation_is_said(
    change: Callable[..., Change],
) -> None:
    got = change(EARLIER, LATER.but(price_year="2020", **DEARER))
    assert got.hidden == ()
    assert "in prices of 2012, then of 2020" in change_notes(got)[0].en


def test_a_restated_run_of_another_year_is_refused(change: Callable[..., Change]) -> None:
    with pytest.raises(RunError, match="is of 2014, not of 2015"):
        change(EARLIER, LATER, EARLIER.but(year=2014))


def test_two_accounts_of_one_year_have_no_restated_one(change: Callable[..., Change]) -> None:
    with pytest.raises(RunError, match="all revision"):
        change(EARLIER, EARLIER, EARLIER)


# --- laws

SERVICES, IDS, CLASSES = ("water_conservation", "leisure"), ("a", "b", "c"), ("11", "32", "")
nothing_or = st.just(0.0) | st.floats(min_value=1e-2, max_value=1e4)


@st.composite
def accounts(draw: st.DrawFn, year: int) -> RunAccount:
    """Any landscape: land that is not there, gaps, values without amounts, sinks below zero."""
    ids = [*draw(st.sets(st.sampled_from(IDS), min_size=1)), ""]
    rows, extent = [], []
    for parcel in ids:
        for code in CLASSES:
            area = draw(nothing_or) if parcel and code else 0.0
            if area:
                extent.append((parcel, code, area))
            for service in SERVICES:
                if (area or not (parcel and code)) and draw(st.booleans()):
                    amount = draw(nothing_or | st.just(NAN) | st.just(-3.0))
                    price = draw(st.sampled_from([NAN, 0.5, 2.0, 7.25]))
                    value = draw(nothing_or) if math.isnan(amount) else amount * price
                    rows.append((parcel, code, service, amount, value,
                                 draw(st.sampled_from([0.0, 0.25, 0.9])), "1"))  # fmt: skip
    columns = ["parcel_id", "ecosystem", "service", "physical", "value", "missing_share",
               "physical_unit"]  # fmt: skip
    counted = draw(st.sets(st.sampled_from(SERVICES)))
    return in_memory(
        year, pd.DataFrame(rows, columns=columns),
        pd.DataFrame(extent, columns=["parcel_id", "ecosystem", "area_ha"]), counted, ids[:-1],
    )  # fmt: skip


def explained(one: RunAccount, other: RunAccount, again: RunAccount | None = None) -> Change | None:
    """Return the change, or None where no account has a value to compare."""
    try:
        return explain_change(one, other, again)
    except RunError:
        return None


def size(change: Change) -> float:
    return 1 + float(change.cells[[*EFFECTS, "before", "after"]].abs().to_numpy().sum())


@given(accounts(2015), accounts(2020))
def test_effects_add_up_to_the_change_in_every_cell(one: RunAccount, other: RunAccount) -> None:
    got = explained(one, other)
    if got is not None:
        cells = got.cells
        left = cells["after"] - cells["before"] - cells[list(EFFECTS)].sum(axis=1)
        assert np.isfinite(cells[list(EFFECTS)].to_numpy()).all()
        assert left.abs().max() <= REST * size(got)
        for account, column in ((one, "before"), (other, "after")):
            rows = account.rows[account.rows["service"].isin(list(account.counted))]
            assert got.total()[column] == pytest.approx(rows["value"].sum(), rel=1e-9, abs=1e-9)


@given(accounts(2015), accounts(2020), accounts(2015))
def test_a_restated_year_leaves_nothing_unexplained(
    one: RunAccount, other: RunAccount, again: RunAccount
) -> None:
    got = explained(one, other, again)
    if got is not None:
        assert abs(got.residual()) <= REST * size(got)


@given(accounts(2015), accounts(2020))
def test_swapping_the_accounts_turns_every_sign(one: RunAccount, other: RunAccount) -> None:
    got, back = explained(one, other), explained(other, one)
    if got is not None and back is not None:
        keys = ["parcel_id", "ecosystem", "service"]
        there, again = (
            c.cells.assign(**{k: c.cells[k].astype(str) for k in keys})
            .set_index(keys)[list(EFFECTS)].sort_index() for c in (got, back)
        )  # fmt: skip
        assert np.allclose(there, -again, rtol=1e-9, atol=REST * size(got))


@given(accounts(2015), accounts(2020), st.lists(st.sampled_from("xyz"), min_size=3, max_size=3))
def test_effects_add_up_over_any_partition(
    one: RunAccount, other: RunAccount, names: list[str]
) -> None:
    groups = dict(zip(IDS, names, strict=True))
    for account in (one, other):
        account.parcels["township"] = account.parcels["parcel_id"].map(groups)
    got = explained(one, other)
    if got is not None:
        total = got.total()
        for grouping in ("parcel", "ecosystem", "township"):
            sums = got.by(grouping).sum()
            assert np.allclose(sums[total.index], total, rtol=1e-9, atol=REST * size(got))


@given(st.lists(st.tuples(nothing_or, nothing_or), min_size=2, max_size=4))
def test_no_order_of_the_factors_matters_and_the_parts_are_the_mean_over_all(
    factors: list[tuple[float, float]],
) -> None:
    before, after = ([np.array([f[side]]) for f in factors] for side in (0, 1))
    got = [float(p[0]) for p in shapley(before, after)]
    sums = np.zeros(len(factors))
    orders = list(permutations(range(len(factors))))
    scale = math.prod(max(f) + 1 for f in factors)
    for order in orders:
        at = [f[0] for f in factors]
        for factor in order:
            start = math.prod(at)
            at[factor] = factors[factor][1]
            sums[factor] += (math.prod(at) - start) / len(orders)
        turned = shapley([before[i] for i in order], [after[i] for i in order])
        assert [float(p[0]) for p in turned] == pytest.approx(
            [got[i] for i in order], rel=1e-9, abs=REST * scale
        )
    assert got == pytest.approx(list(sums), rel=1e-9, abs=REST * scale)


def test_the_waterfall_ends_where_the_later_account_is(change: Callable[..., Change]) -> None:
    steps = change(EARLIER, LATER).waterfall()
    for _, of_service in steps.groupby("service"):
        assert of_service["step"].tolist() == ["before", "area", "condition", "price", "after"]
        levels = of_service["level"].tolist()
        assert levels[0] == 2000
        assert levels[-2] == pytest.approx(levels[-1], rel=1e-12)
        assert of_service["amount"].iloc[:-1].cumsum().tolist() == pytest.approx(levels[:-1])


# --- indices of runs


def test_indices_of_two_runs_by_hand(tmp_path: Path) -> None:
    # volume 1320 / 1000, price (3960 / 1320) / (2000 / 1000) = 1.5; one item, so all agree
    series = index_series(read_accounts(written(tmp_path, [EARLIER, LATER])))
    last = series.table.iloc[-1]
    for name in ("laspeyres", "paasche", "fisher", "tornqvist"):
        assert last[f"volume_{name}"] == pytest.approx(132, rel=1e-12)
        assert last[f"price_{name}"] == pytest.approx(150, rel=1e-12)
    assert last["value_index"] == pytest.approx(198, rel=1e-12)
    assert last["constant_price_value"] == pytest.approx(2640, rel=1e-12)
    assert last[["coverage_before", "coverage", "constant_price_coverage"]].tolist() == [1, 1, 1]


def test_an_ecosystem_that_appears_moves_the_volume_and_not_the_price(tmp_path: Path) -> None:
    # 2000 then; 2000 and 140 on new land now: volume 2140 / 2000
    wood = Row(ecosystem="21", physical=70, value=140)
    later = EARLIER.but(year=2020, rows=(*EARLIER.rows, wood), area={ONE: 10, ("0001", "21"): 4})
    last = index_series(read_accounts(written(tmp_path, [EARLIER, later]))).table.iloc[-1]
    assert last["volume_fisher"] == pytest.approx(107, rel=1e-12)
    assert last["price_fisher"] == pytest.approx(100, rel=1e-12)
    assert math.isnan(last["volume_tornqvist"])
    assert last["coverage"] == 1


def test_what_one_run_did_not_measure_is_left_out_and_the_share_is_told(tmp_path: Path) -> None:
    # oxygen of 440 stands beside 3960: the index is about 3960 / 4400 = 0.9 of the later GEP
    oxygen = Row(service="oxygen_release", physical=4, value=440)
    runs = [EARLIER.but(refused=("oxygen_release",)), LATER.but(rows=(*LATER.rows, oxygen))]
    series = index_series(read_accounts(written(tmp_path, runs)))
    last = series.table.iloc[-1]
    assert last["volume_fisher"] == pytest.approx(132, rel=1e-12)
    assert last["coverage"] == pytest.approx(0.9, rel=1e-12)
    assert last["coverage_before"] == 1
    assert "Oxygen release" in series_notes(series)[0].en


def test_three_runs_are_chained_and_contributions_add_up_over_the_years(tmp_path: Path) -> None:
    # 1000 -> 1320 -> 660 m3: 100, 132, 66
    last = SmallRun(year=2022, rows=(Row(physical=660, value=3300),), area={ONE: 12})
    series = index_series(read_accounts(written(tmp_path, [EARLIER, LATER, last])))
    table, parts = series.table, series.contributions()
    assert table["volume_fisher"].tolist() == pytest.approx([100, 132, 66], rel=1e-12)
    assert table["price_fisher"].tolist() == pytest.approx([100, 150, 250], rel=1e-12)
    for name in ("laspeyres", "fisher"):
        growth = table[f"volume_{name}"].iloc[-1] / 100 - 1
        assert parts[name].sum() == pytest.approx(growth, rel=1e-12)
    assert parts["fisher"].tolist() == pytest.approx([0.32, -0.66], rel=1e-12)


@settings(max_examples=30)
@given(accounts(2015), accounts(2020))
def test_indices_of_any_two_accounts_keep_the_identities_or_are_missing(
    one: RunAccount, other: RunAccount
) -> None:
    series = index_series([one, other])
    last = series.table.iloc[-1]
    for kind in ("volume", "price"):
        laspeyres, paasche = last[f"{kind}_laspeyres"], last[f"{kind}_paasche"]
        if laspeyres * paasche >= 0:
            want = math.sqrt(laspeyres * paasche)
            assert last[f"{kind}_fisher"] == pytest.approx(want, rel=1e-9, nan_ok=True)
    parts = series.contributions()["laspeyres"]
    if not parts.isna().any() and len(parts):
        growth = last["volume_laspeyres"] / 100 - 1
        assert parts.sum() == pytest.approx(growth, abs=1e-9 * (1 + parts.abs().sum()))


def test_a_series_has_one_account_a_year(tmp_path: Path) -> None:
    runs = written(tmp_path, [EARLIER, LATER, LATER])
    with pytest.raises(RunError, match=r"is of 2020, as .* is"):
        index_series(read_accounts(runs))


# --- reading and writing


def test_the_standard_that_both_runs_hold_is_compared(change: Callable[..., Change]) -> None:
    mine = Row(physical=1, value=77, standard="mine")
    one = EARLIER.but(rows=(mine, *EARLIER.rows), standard="mine")
    got = change(one, LATER)
    assert got.before.standard == got.after.standard == "cn-open"
    assert got.total()["before"] == 2000


def test_each_standard_of_a_run_has_its_own_services_and_total(
    change: Callable[..., Change],
) -> None:
    mine = Row(physical=1000, value=77, standard="mine")
    section = {"standard": "mine", "counted": [], "services": []}
    runs = [r.but(rows=(*r.rows, mine), other_standards={"mine": section})
            for r in (EARLIER, LATER)]  # fmt: skip
    got = change(*runs, standard="mine")
    assert got.total()["before"] == 0, "not counted there"
    assert got.by_service()["before"].tolist() == [77]


def test_a_standard_that_a_run_does_not_hold_is_an_error(change: Callable[..., Change]) -> None:
    with pytest.raises(UnknownNameError, match="no standard is named 'mine'"):
        change(EARLIER, LATER, standard="mine")


def test_a_folder_that_is_no_run_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no finished run folder"):
        read_accounts([tmp_path / "nowhere"])


def test_runs_without_a_value_have_nothing_to_compare(change: Callable[..., Change]) -> None:
    unpriced = EARLIER.but(rows=(Row(physical=10),))
    with pytest.raises(RunError, match="neither account has a value"):
        change(unpriced, unpriced.but(year=2020))


def test_the_files_hold_all_cells_services_steps_and_indices(tmp_path: Path) -> None:
    accounts_read = read_accounts(written(tmp_path, [EARLIER, LATER]))
    got, out = explain_change(*accounts_read), tmp_path / "out"
    write_comparison(got, index_series(accounts_read), out, "township")
    write_comparison(got, index_series(accounts_read), out, "parcel")
    cells = pd.read_parquet(out / "effects.parquet")
    assert cells[list(EFFECTS)].sum(axis=1).tolist() == pytest.approx([1960], rel=1e-12)
    assert pd.read_csv(out / "effects.csv")["service"].tolist() == ["water_conservation"]
    assert pd.read_csv(out / "effects_by_township.csv")["township"].tolist() == ["东乡"]
    assert set(pd.read_csv(out / "waterfall.csv")["service"]) == {"total", "water_conservation"}
    assert pd.read_csv(out / "index.csv")["year"].tolist() == [2015, 2020]
    (out / "mine.txt").write_text("keep")
    with pytest.raises(GepError, match=r"holds other things \(mine.txt\)"):
        write_comparison(got, None, out)


# --- from the layers

RAIN = {'"precipitation.tif"': '"wetter.tif"', "year = 2019": "year = 2020"}
COVER = {'"land_cover.tif"': '"greener.tif"', "year = 2019": "year = 2020"}
DEAR = {"[parcels]": '[tables]\nprices = "prices.csv"\n[parcels]', "year = 2019": "year = 2020"}
PRICES = """\
parameter,set,key,value,se,units,low,high,region,year,source,where,grade,note
reservoir_storage_cost,project,,7.5,,CNY/m3,,,here,2020,local,p. 1,local,for the test
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, computed: Callable[..., Any]) -> dict[str, Path]:
    """Return runs of a small county: as it is, with one layer changed, with another price."""
    folder = tmp_path_factory.mktemp("compared")
    county = make_county(folder, shape=(64, 72), parcels=9)
    rewritten(folder / "precipitation.tif", "wetter.tif", lambda v: np.where(v < 65535, v + 9, v))
    rewritten(folder / "land_cover.tif", "greener.tif", lambda v: np.where(v == 1, 2, v))
    (folder / "prices.csv").write_text(PRICES, encoding="utf-8")
    projects = {"base": county} | {
        name: changed(county, f"{name}.toml", words)
        for name, words in (("rain", RAIN), ("cover", COVER), ("price", DEAR))
    }
    found = {name: folder / "runs" / name for name in projects}
    for name, project in projects.items():
        computed(project, found[name])
    return found


def rewritten(path: Path, name: str, change: Callable[[Any], Any]) -> None:
    with rasterio.open(path) as file:
        values, profile = file.read(), file.profile
    with rasterio.open(path.with_name(name), "w", **profile) as file:
        file.write(change(values).astype(values.dtype))


def between(runs: dict[str, Path], other: str) -> Change:
    return explain_change(*read_accounts([runs["base"], runs[other]]))


def test_more_rain_alone_is_all_condition(runs: dict[str, Path]) -> None:
    got = between(runs, "rain")
    assert got.total()["condition"] > 0
    assert set(effects(got)) == {"condition"}
    assert got.hidden == ()


def test_another_price_alone_is_all_price(runs: dict[str, Path]) -> None:
    # every cubic metre at 7.5 instead of 6.11
    got = between(runs, "price")
    assert set(effects(got)) == {"price"}
    water = got.by_service().loc["water_conservation"]
    assert water["after"] == pytest.approx(water["before"] * 7.5 / 6.11, rel=1e-12)


def test_another_land_cover_alone_is_mostly_area(runs: dict[str, Path]) -> None:
    got = between(runs, "cover")
    total = got.total()
    assert total["price"] == 0
    assert abs(total["area"]) > abs(total["condition"]) + abs(total["coverage"])
    assert abs(got.residual()) < REST * total["after"]


def test_a_real_county_adds_up_by_parcel_and_by_ecosystem(runs: dict[str, Path]) -> None:
    got = between(runs, "cover")
    for grouping in ("parcel", "ecosystem", "service"):
        sums = got.by(grouping)[list(EFFECTS)].to_numpy().sum()
        assert sums == pytest.approx(got.total()["after"] - got.total()["before"], rel=1e-9)
