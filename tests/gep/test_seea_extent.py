"""The extent account closes, and says what a map cannot decide."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.classes import ecosystems
from data_catalog.classes.iucn_get import candidates, functional_groups
from data_catalog.errors import Problems, UnknownNameError
from data_catalog.parameters import GRADES
from data_catalog.references import references
from gep.seea.extent import change_matrix, extent, extent_table, from_matrix, matrix_table
from gep.seea.groups import checked_groups, group_of, group_table

code = st.sampled_from([*ecosystems(), "00"])
area = st.floats(0, 1e7)
landscape = st.lists(st.tuples(code, code, area), min_size=1, max_size=60)


def areas_of(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["ecosystem_from", "ecosystem", "area_ha"])


#                       opening  closing  ha
VILLAGE = areas_of([
    ("11", "11", 70.0), ("11", "51", 10.0), ("51", "51", 40.0),
    ("51", "61", 5.0), ("51", "11", 3.0), ("61", "61", 2.0),
])  # fmt: skip


def test_a_village_by_hand() -> None:
    # broadleaf forest: 70 + 10 = 80 ha before, 70 + 3 = 73 ha after: 3 came, 10 went
    # arable land: 40 + 5 + 3 = 48 before, 40 + 10 = 50 after: 10 came, 8 went
    # settlements: 2 before, 2 + 5 = 7 after: 5 came
    found = extent(VILLAGE)
    assert found.loc["11"].tolist() == [80, 70, 3, 10, -7, 73]
    assert found.loc["51"].tolist() == [48, 40, 10, 8, 2, 50]
    assert found.loc["61"].tolist() == [2, 2, 5, 0, 5, 7]
    total = extent_table(VILLAGE).iloc[-1]
    assert (total["ecosystem"], total["opening"], total["closing"]) == ("total", 130, 130)
    assert (total["ecosystem_zh"], total["unit"]) == ("合计", "ha")


def test_the_matrix_of_the_village_has_both_margins() -> None:
    table = matrix_table(VILLAGE).set_index("ecosystem_from")
    assert table.loc["11", "51 耕地 arable land"] == 10
    assert table["total_opening"].tolist() == [80, 48, 2, 130]
    assert table.loc["total", "11 阔叶林 broadleaf forest"] == 73
    assert table.loc["total", "ecosystem_from_zh"] == "合计（期末）"


def test_without_a_baseline_only_the_closing_is_told() -> None:
    table = extent_table(VILLAGE.drop(columns="ecosystem_from"))
    assert list(table) == ["ecosystem", "ecosystem_zh", "ecosystem_en", "closing", "unit"]
    assert table.set_index("ecosystem")["closing"].to_dict() == {
        "11": 73, "51": 50, "61": 7, "total": 130,
    }  # fmt: skip


@given(landscape)
def test_the_matrix_closes(rows: list[tuple[str, str, float]]) -> None:
    matrix = change_matrix(areas_of(rows))
    found = from_matrix(matrix)
    scale = max(matrix.to_numpy().sum(), 1.0)
    assert list(matrix.index) == list(matrix.columns)
    for side, margin in (("opening", matrix.sum(axis=1)), ("closing", matrix.sum(axis=0))):
        assert np.abs(found[side] - margin).max() <= 1e-9 * scale
    assert (np.diag(matrix) == found["unchanged"]).all()
    moved = found["opening"] + found["additions"] - found["reductions"]
    assert np.abs(moved - found["closing"]).max() <= 1e-9 * scale
    assert abs(found["net_change"].sum()) <= 1e-9 * scale
    assert found["opening"].sum() == pytest.approx(matrix.to_numpy().sum(), rel=1e-9)
    assert (found.drop(columns="net_change") >= 0).all(axis=None)


@given(landscape, st.integers(0, 60))
def test_extents_of_parts_add_up(rows: list[tuple[str, str, float]], cut: int) -> None:
    whole = extent(areas_of(rows))
    parts = [extent(areas_of(part)) for part in (rows[:cut], rows[cut:]) if part]
    summed = pd.concat(parts).groupby(level=0).sum().reindex(whole.index)
    pd.testing.assert_frame_equal(summed, whole, rtol=1e-9, atol=1e-6)


@given(landscape)
def test_groups_have_the_area_of_their_ecosystems(rows: list[tuple[str, str, float]]) -> None:
    areas = areas_of(rows)
    by_class, by_group = extent_table(areas).iloc[-1], group_table(areas, {}).iloc[-1]
    scale = max(by_class["opening"], 1.0)
    for side in ("opening", "closing"):
        assert abs(by_class[side] - by_group[side]) <= 1e-9 * scale
    assert by_group["additions"] <= by_class["additions"] + 1e-9 * scale


def test_no_area_is_no_extent() -> None:
    found = extent(areas_of([("11", "51", 0.0)]))
    assert (found == 0).all(axis=None)


def test_a_move_within_a_group_is_no_change() -> None:
    # a village that became a road stays an urban ecosystem, T7.4
    table = group_table(areas_of([("61", "63", 4.0), ("61", "61", 6.0)]), {})
    row = table.set_index("group").loc["T7.4"]
    assert (row["opening"], row["unchanged"], row["additions"]) == (10, 10, 0)
    assert row["ecosystems"] == "61 63"
    assert row["group_zh"] == "城市与工业生态系统"


def test_what_a_map_cannot_decide_is_undecided_until_someone_chooses() -> None:
    areas = pd.DataFrame({"ecosystem": ["12"], "area_ha": [9.0]})
    open_ = group_table(areas, {}).iloc[0]
    assert open_["group"] == "T2.1/T7.3"
    assert open_["group_zh"].startswith("未定：")
    assert open_["decided_by_en"] == "natural/planted mask"
    assert open_["grade"] == "literature"
    chosen = checked_groups(pd.DataFrame({"ecosystem": ["12"], "group": ["T7.3"]}))
    decided = group_table(areas, chosen).iloc[0]
    assert (decided["group"], decided["grade"], decided["decided_by_zh"]) == ("T7.3", "local", "")


def test_land_without_a_class_has_no_group() -> None:
    row = group_table(pd.DataFrame({"ecosystem": ["00"], "area_ha": [1.0]}), {}).iloc[0]
    assert (row["group"], row["group_en"]) == ("", "no functional group")


def test_every_class_of_the_norm_has_candidates_among_the_groups() -> None:
    assert set(candidates()) == set(ecosystems())
    for rows in candidates().values():
        for row in rows:
            assert row.group in functional_groups()
            assert row.source in references()
            assert row.where
            assert row.grade in GRADES
            assert bool(row.note.zh) == bool(row.note.en)
        assert len({row.group for row in rows}) == len(rows)


def test_classes_in_doubt_are_estimates_and_no_australian_addition_is_used() -> None:
    doubtful = {row.ecosystem for rows in candidates().values() for row in rows
                if row.grade == "estimate"}  # fmt: skip
    assert doubtful == {"33", "73"}
    assert "T5.6" not in functional_groups()
    assert group_of("14", {}) == "T4.4"


def test_all_wrong_choices_of_groups_are_told_at_once() -> None:
    table = pd.DataFrame({"ecosystem": ["11", "11", "98"], "group": ["T2.4", "T99", "T1.1"]})
    with pytest.raises(Problems) as caught:
        checked_groups(table)
    text = caught.value.say("en")
    assert "iucn_groups:3: no IUCN functional group is named 'T99'" in text
    assert "iucn_groups:3: ecosystem 11 is there twice" in text
    assert "iucn_groups:4: no ecosystem code is named '98'" in text


def test_one_wrong_group_says_so_alone() -> None:
    with pytest.raises(UnknownNameError, match="T24"):
        checked_groups(pd.DataFrame({"ecosystem": ["11"], "group": ["T24"]}))
