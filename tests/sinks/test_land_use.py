"""Land use over the years: matrices that close, and land in transition for twenty years."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinks.land_use import matrices, states

DATES = {1990: "land_cover_1990", 2000: "land_cover_baseline", 2005: "land_cover_2005",
         2014: "land_cover"}  # fmt: skip


def land(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["parcel_id", *DATES.values(), "area_ha"])


def state_of(*classes: str, year: int = 2014, period: float = 20) -> dict:
    found = states(land(("a", *classes, 1.0)), DATES, period)
    (row,) = found[found["year"] == year].to_dict("records")
    return row


def test_land_is_converted_for_twenty_years_from_the_first_map_that_shows_it():
    # cropland is forest from the map of 2005 on: 9 years later it is land converted to forest
    row = state_of("51", "51", "11", "12")
    assert (row["state"], row["land_use_from"], row["land_use_to"]) == ("converted", "5", "1")
    assert (row["since"], row["years"]) == (2005, 9)
    # of 2000: 14 years; with a period of 14 years it has just become forest remaining forest
    assert state_of("51", "11", "11", "11")["years"] == 14
    assert state_of("51", "11", "11", "11", period=14)["state"] == "remaining"
    assert state_of("51", "11", "11", "11", period=14)["land_use_from"] == "5"


def test_another_type_of_forest_is_no_conversion():
    row = state_of("11", "12", "13", "11")
    assert (row["state"], row["since"]) == ("remaining", 1990)


def test_there_and_back_counts_from_the_return():
    row = state_of("11", "51", "51", "12")
    assert (row["state"], row["land_use_from"], row["since"]) == ("converted", "5", 2014)


def test_a_gap_in_a_map_ends_nothing_and_begins_nothing():
    assert state_of("11", "00", "11", "11")["state"] == "remaining"
    row = state_of("51", "00", "11", "11")
    assert (row["land_use_from"], row["since"]) == ("5", 2005)
    assert state_of("11", "11", "11", "00")["state"] == "unclassified"


classes = st.sampled_from(["00", "11", "12", "51", "61"])
histories = st.lists(
    st.tuples(st.sampled_from("ab"), classes, classes, classes, classes, st.floats(0.01, 1e4)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=30)
@given(histories)
def test_every_matrix_closes_and_joins_the_next(rows: list):
    history = land(*rows)
    found = matrices(history, DATES)
    total = history["area_ha"].sum()
    periods = dict(list(found.groupby(["year_from", "year_to"])))
    assert list(periods) == [(1990, 2000), (2000, 2005), (2005, 2014)]
    for part in periods.values():
        assert part["area_ha"].sum() == pytest.approx(total)
    for before, after in ((periods[1990, 2000], periods[2000, 2005]),
                          (periods[2000, 2005], periods[2005, 2014])):  # fmt: skip
        ends = before.groupby("land_use_to")["area_ha"].sum()
        begins = after.groupby("land_use_from")["area_ha"].sum()
        assert ends.to_dict() == pytest.approx(begins.to_dict())


@settings(max_examples=30)
@given(histories, st.integers(1, 30))
def test_states_cover_all_land_and_are_the_matrixs(rows: list, period: int):
    history = land(*rows)
    found = states(history, DATES, period)
    whole = history.groupby("parcel_id")["area_ha"].sum()
    for _, part in found.groupby("year"):
        assert part.groupby("parcel_id")["area_ha"].sum().to_dict() == pytest.approx(
            whole.to_dict()
        )
    assert (found.loc[found["state"] == "converted", "years"] < period).all()
    last = found[found["year"] == 2014].groupby("land_use_to")["area_ha"].sum()
    matrix = matrices(history, DATES)
    closing = matrix[matrix["year_to"] == 2014].groupby("land_use_to")["area_ha"].sum()
    assert last.to_dict() == pytest.approx(closing.to_dict())


@settings(max_examples=30)
@given(histories, st.randoms())
def test_the_order_of_the_rows_changes_not_a_bit(rows: list, random):
    shuffled = rows.copy()
    random.shuffle(shuffled)
    for found in (lambda h: states(h, DATES, 20), lambda h: matrices(h, DATES)):
        pd.testing.assert_frame_equal(found(land(*rows)), found(land(*shuffled)), check_exact=True)
