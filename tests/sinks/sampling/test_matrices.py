"""Matrices, labelled points and strata as people write them, and what is wrong with them."""

from pathlib import Path

import numpy as np
import pytest

from data_catalog.errors import TableError, UnknownNameError
from sinks.sampling.matrices import read_sample, read_strata, strata_of_run
from sinks.sampling.strata import Strata

MATRIX = """stratum,area_ha,change,stable
change,100,40,10
stable,900,2,98
"""
BUFFER = """stratum,weight,map_class,forest,non-forest,disturbance
forest,.551,forest,271,3,1
non-forest,.407,non-forest,6,193,1
disturbance,.0137,disturbance,2,1,27
buffer,.0287,,23,0,7
"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def points(rows: list[tuple[str, str, str]]) -> str:
    return "\n".join(["stratum,map_class,reference", *(",".join(row) for row in rows)]) + "\n"


def test_a_matrix_is_read_with_its_areas(tmp_path: Path) -> None:
    found = read_sample(write(tmp_path / "m.csv", MATRIX))
    assert found.classes == ("change", "stable")
    assert found.strata.units == "ha"
    assert found.points.tolist() == [50, 100]
    # 100 * 40/50 + 900 * 2/100 = 98 ha of change
    assert found.area()[0].value == pytest.approx(98)


def test_a_buffer_is_a_stratum_without_a_class(tmp_path: Path) -> None:
    found = read_sample(write(tmp_path / "m.csv", BUFFER))
    assert found.strata.names[3] == "buffer"
    assert found.classes == ("forest", "non-forest", "disturbance")
    assert [round(a.se, 7) for a in found.area()] == pytest.approx(
        [0.0067520, 0.0063466, 0.0037174], abs=5e-7
    )


def test_chinese_tables_of_excel_are_read(tmp_path: Path) -> None:
    text = MATRIX.replace("change", "变化").replace("stable", "稳定")
    assert read_sample(write(tmp_path / "m.csv", text, "gb18030")).classes == ("变化", "稳定")


def test_points_and_their_matrix_tell_the_same(tmp_path: Path) -> None:
    matrix = read_sample(write(tmp_path / "m.csv", MATRIX))
    rows = [
        (stratum, stratum, reference)
        for stratum, of in (("change", (40, 10)), ("stable", (2, 98)))
        for reference, n in zip(("change", "stable"), of, strict=True)
        for _ in range(n)
    ]
    found = read_sample(write(tmp_path / "p.csv", points(rows)), matrix.strata)
    assert (found.counts == matrix.counts).all()


def test_a_stratum_may_hold_several_classes_of_the_map(tmp_path: Path) -> None:
    strata = Strata(names=("1", "2", "buffer"), area=np.array([600.0, 300, 100]))
    rows = [("1", "1", "1")] * 20 + [("2", "2", "2")] * 20
    rows += [("buffer", "1", "1")] * 6 + [("buffer", "2", "1")] * 2 + [("buffer", "2", "2")] * 2
    found = read_sample(write(tmp_path / "p.csv", points(rows)), strata)
    # of class 2: 300 + 100 * 2/10 in truth, 300 + 100 * 4/10 on the map
    assert found.area()[1].value == pytest.approx(320)
    assert found.mapped()[1] == pytest.approx(340)
    assert found.users()[1].value == pytest.approx(320 / 340)
    assert found.overall().value == pytest.approx(0.98)


def test_strata_for_a_plan_take_their_area_from_the_map(tmp_path: Path) -> None:
    text = "stratum,expected_accuracy,cost\n2,.8,3\n1,.9,1\n"
    of_map = Strata(names=("1", "2"), area=np.array([60.0, 40.0]))
    found = read_strata(write(tmp_path / "s.csv", text), of_map)
    assert found.strata.area.tolist() == [60, 40]
    assert found.expected.tolist() == [0.9, 0.8]
    assert found.cost.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MATRIX.replace("change,stable", "change,stabel"), "not square.*change, stabel.*map_class"),
        (MATRIX.replace("40,10", "40,-10"), "'change' has a count of -10"),
        (MATRIX.replace("40,10", "40,ten"), "'ten' in line 2; it must be a whole number"),
        (MATRIX.replace("40,10", "40,1.5"), "'1.5' in line 2; it must be a whole number"),
        (MATRIX.replace("40,10", "1,0"), "'change' has 1 sample point"),
        (MATRIX.replace("900", "-900"), "of stratum 'stable' is -900"),
        (MATRIX.replace("900", "many"), "'area_ha' is 'many' in line 3"),
        (MATRIX.replace("area_ha", "hectares"), "gives no areas of the strata.*--map"),
        (MATRIX.replace("stratum", "class"), "no column 'stratum'"),
        (MATRIX.replace("stable,900", "change,900"), "'change' is there twice"),
        (points([("a", "a", "a"), ("a", "a", "")]), "1 of 2 points have no reference"),
        (MATRIX.replace("40,10", "40"), "line 2 has 3 values for 4 columns"),
        (MATRIX.replace("40,10", "40,10,1"), "line 2 has 5 values for 4 columns"),
        (MATRIX.replace("change,stable", "change,change"), "two columns are named 'change'"),
        ("stratum,weight,reference\na,.5,a\na,.4,a\n", "weight of stratum 'a' differs"),
        ("stratum,weight,reference\n", "0 of 0 points"),
        ("", "no column 'stratum'"),
        ("stratum,area_ha\n", "there are no strata"),
    ],
)
def test_what_is_wrong_with_a_sample_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read_sample(write(tmp_path / "m.csv", text))


def test_a_class_that_the_map_does_not_have_is_told(tmp_path: Path) -> None:
    strata = Strata(names=("forest", "other"), area=np.array([1.0, 2.0]))
    rows = [("forest", "forest", "forrest")] * 3 + [("other", "other", "other")] * 3
    with pytest.raises(UnknownNameError, match=r"no class is named 'forrest'. Did you mean forest"):
        read_sample(write(tmp_path / "p.csv", points(rows)), strata)
    rows = [("forrest", "forest", "forest")] * 3
    with pytest.raises(UnknownNameError, match="no stratum is named 'forrest'"):
        read_sample(write(tmp_path / "p.csv", points(rows)), strata)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2,1.2,1", "expected_accuracy of stratum '2' is 1.2"),
        ("2,.8,0", "cost of stratum '2' is 0"),
        ("2,,1", "'expected_accuracy' is '' in line 3"),
        ("2,.8,1\n2,.8,1", "'2' is there twice"),
    ],
)
def test_what_is_wrong_with_strata_is_said(tmp_path: Path, row: str, words: str) -> None:
    of_map = Strata(names=("1", "2"), area=np.array([60.0, 40.0]))
    text = f"stratum,expected_accuracy,cost\n1,.9,1\n{row}\n"
    with pytest.raises(TableError, match=words):
        read_strata(write(tmp_path / "s.csv", text), of_map)


def test_a_stratum_of_the_map_that_the_table_forgets_is_told(tmp_path: Path) -> None:
    of_map = Strata(names=("1", "2"), area=np.array([60.0, 40.0]))
    path = write(tmp_path / "s.csv", "stratum,expected_accuracy\n1,.9\n")
    with pytest.raises(UnknownNameError, match="no stratum is named '2'"):
        read_strata(path, of_map)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    for name in ("absent.csv", "absent.gpkg"):
        with pytest.raises(TableError, match="cannot be read"):
            read_sample(tmp_path / name)


def test_the_classes_of_a_run_are_strata(tmp_path: Path) -> None:
    (tmp_path / "seea").mkdir()
    text = (
        "\ufeffecosystem,closing,unit\n00,178,ha\n11,2436,ha\n21,795,ha\n52,0,ha\ntotal,3409,ha\n"
    )
    write(tmp_path / "seea" / "extent.csv", text)
    found = strata_of_run(tmp_path)
    assert found.names == ("11", "21"), "neither unclassified land nor the sum"
    assert found.area.tolist() == [2436, 795]
    with pytest.raises(TableError, match="cannot be read"):
        strata_of_run(tmp_path / "absent")
