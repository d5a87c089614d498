"""Total supply is total use, physical and monetary, whoever the users are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.classes import ecosystems
from data_catalog.classes.seea import economic_units, reference_services
from data_catalog.errors import ProjectError, UnknownNameError
from data_catalog.references import references
from gep.seea.supply_use import (
    NO_USERS,
    NOT_ALLOCATED,
    checked_users,
    supply,
    supply_table,
    use,
    use_table,
)
from gep.services import SERVICES

IDS = [service.id for service in SERVICES]
flow = st.tuples(
    st.sampled_from(IDS),
    st.sampled_from([*ecosystems(), ""]),
    st.floats(-1e12, 1e12) | st.just(float("nan")),
)
share = st.dictionaries(
    st.tuples(st.sampled_from(IDS), st.sampled_from(list(economic_units()))), st.floats(0, 0.1)
)


def flows_of(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["service", "ecosystem", "physical"])
    units = {service.id: service.total for service in SERVICES}
    return frame.assign(physical_unit=frame["service"].map(units), value=2 * frame["physical"])


def users_of(shares: dict[tuple[str, str], float]) -> pd.DataFrame:
    rows = [(service, user, part) for (service, user), part in shares.items()]
    return pd.DataFrame(rows, columns=["service", "user", "share"])


VILLAGE = pd.DataFrame({
    "service": ["water_conservation", "water_conservation", "water_conservation", "soil_retention"],
    "ecosystem": ["11", "11", "51", "11"],
    "physical": [600.0, 200.0, 200.0, 50.0],
    "physical_unit": ["m3/year", "m3/year", "m3/year", "t/year"],
    "value": [6000.0, 2000.0, 2000.0, 900.0],
    "price_year": ["2012", "2012", "2012", "2010"],
    "counted": [True, True, True, False],
})  # fmt: skip
USERS = users_of({("water_conservation", "households"): 0.7,
                  ("water_conservation", "water_supply"): 0.2})  # fmt: skip


def test_a_village_s_water_by_hand() -> None:
    # forest keeps 600 + 200 = 800 m3, arable land 200 m3: supply 1000 m3
    # households take 0.7 (700), the waterworks 0.2 (200); 100 m3 are not allocated
    supplied = supply(VILLAGE, "physical")
    water = supplied.loc[("water_conservation", "m3/year")]
    assert (water["11"], water["51"], water["total_supply"]) == (800, 200, 1000)
    used = use(supplied, USERS).loc[("water_conservation", "m3/year")]
    assert (used["households"], used["water_supply"]) == (700, 200)
    assert np.isnan(used["agriculture"])  # nobody said that farms use none
    assert used[NOT_ALLOCATED] == pytest.approx(100)
    assert used["total_use"] == pytest.approx(1000)


def test_shares_that_make_one_leave_exactly_nothing() -> None:
    users = users_of({("water_conservation", "households"): 0.7,
                      ("water_conservation", "agriculture"): 0.2,
                      ("water_conservation", "tourism"): 0.1})  # fmt: skip
    used = use(supply(VILLAGE, "physical"), users)
    assert used.loc[("water_conservation", "m3/year"), NOT_ALLOCATED] == 0


def test_nobody_is_a_user_unless_someone_says_so() -> None:
    used = use(supply(VILLAGE, "value"), NO_USERS)
    assert (used[NOT_ALLOCATED] == used["total_use"]).all()
    assert used[list(economic_units())].isna().all(axis=None)


@given(st.lists(flow, min_size=1, max_size=60), share)
def test_total_use_is_total_supply(
    rows: list[tuple[str, str, float]], shares: dict[tuple[str, str], float]
) -> None:
    users = checked_users(users_of(shares)) if shares else NO_USERS
    for measure in ("physical", "value"):
        supplied = supply(flows_of(rows), measure)
        used = use(supplied, users)
        total = supplied["total_supply"]
        parts = supplied.drop(columns="total_supply")
        scale = np.abs(np.nan_to_num(parts.to_numpy())).max(initial=1.0)
        assert (used["total_use"].isna() == total.isna()).all()
        assert (total.isna() == parts.isna().all(axis=1)).all()
        assert (used["total_use"] - total).abs().max() <= 1e-9 * scale or total.isna().all()
        assert (parts.sum(axis=1, min_count=1) - total).fillna(0.0).abs().max() <= 1e-9 * scale


@given(st.lists(flow, min_size=1, max_size=40), st.integers(0, 40))
def test_supply_does_not_depend_on_how_rows_are_cut(
    rows: list[tuple[str, str, float]], cut: int
) -> None:
    whole = supply(flows_of(rows), "physical")
    turned = supply(flows_of(rows[cut:] + rows[:cut]), "physical")
    pd.testing.assert_frame_equal(whole, turned, rtol=1e-9, atol=1e-3)


def test_a_missing_amount_is_missing_and_no_zero() -> None:
    rows = flows_of([("oxygen_release", "11", float("nan")), ("water_conservation", "11", 0.0)])
    supplied = supply(rows, "physical")["total_supply"].droplevel("unit")
    assert supplied["water_conservation"] == 0
    assert np.isnan(supplied["oxygen_release"])


def test_the_monetary_table_sums_what_counts_in_gep_only() -> None:
    table = supply_table(VILLAGE, "value")
    assert table["service"].tolist() == ["water_conservation", "soil_retention", "total"]
    assert table["total_supply"].tolist() == [10000, 900, 10000]
    assert table["in_gep"].tolist()[:2] == ["yes", "no"]
    assert table["price_year"].tolist()[:2] == ["2012", "2010"]
    assert set(table["unit"]) == {"CNY/year"}
    used = use_table(VILLAGE, "value", USERS)
    assert used["total_use"].tolist() == pytest.approx([10000, 900, 10000])
    assert used["households 居民"].fillna(-1).tolist() == [7000, -1, 7000]


def test_the_physical_table_has_each_service_in_its_unit_and_no_total() -> None:
    table = supply_table(VILLAGE, "physical")
    assert table["unit"].tolist() == ["m3/year", "t/year"]
    assert table["service_zh"].tolist() == ["水源涵养", "土壤保持"]
    assert table["seea_en"].tolist() == ["water flow regulation", "soil erosion control"]
    assert table["11 阔叶林 broadleaf forest"].tolist() == [800, 50]


def test_what_is_not_shared_out_has_a_column_of_its_own() -> None:
    table = supply_table(flows_of([("water_conservation", "", 7.0)]), "physical")
    assert table["- 未分摊到生态系统 not shared out over ecosystems"].tolist() == [7]


def test_all_wrong_users_are_told_at_once() -> None:
    table = pd.DataFrame({
        "service": ["water_conservaton", "soil_retention", "soil_retention"],
        "user": ["households", "house", "tourism"],
        "share": ["0.5", "0.5", "half"],
    })  # fmt: skip
    with pytest.raises(Exception) as caught:
        checked_users(table)
    zh, en = caught.value.say("zh"), caught.value.say("en")
    assert "users:2：没有名为“water_conservaton”的服务" in zh
    assert "Did you mean water_conservation" in en
    assert "users:3: no economic unit is named 'house'" in en
    assert "users:4: the share is 'half'; it must be a number from 0 to 1" in en


def test_shares_above_one_are_refused() -> None:
    users = users_of({("soil_retention", "households"): 0.7, ("soil_retention", "tourism"): 0.4})
    with pytest.raises(ProjectError, match=r"shares of soil_retention sum to 1\.1"):
        checked_users(users)


def test_a_user_given_twice_is_refused() -> None:
    users = pd.concat([users_of({("soil_retention", "households"): 0.2})] * 2)
    with pytest.raises(ProjectError, match="is there twice"):
        checked_users(users)


def test_an_unknown_user_alone_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="households"):
        checked_users(users_of({("soil_retention", "household"): 0.2}))


def test_every_service_has_a_word_on_the_reference_list() -> None:
    assert set(IDS) <= set(reference_services())
    for name, service in reference_services().items():
        assert service.title.zh or service.note.zh, name
        assert bool(service.title.zh) == bool(service.title.en)
        assert bool(service.note.zh) == bool(service.note.en)
        assert service.grade == "recalled"
    assert "SEEAEA" in references()
