"""Areas and accuracy of a map from a stratified random sample: published cases, laws, faults."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import TableError, UnknownNameError
from sinks.sampling.accuracy import ErrorMatrix
from sinks.sampling.strata import Strata

CASES = Path(__file__).parent / "cases" / "area_estimation.csv"
OLOFSSON = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]]
PIXELS = [200_000, 150_000, 3_200_000, 6_450_000]
HA_OF_PIXEL = 30 * 30 / 10_000
OPENMRV = [[271, 3, 1], [6, 193, 1], [2, 1, 27], [23, 0, 7]]
WEIGHTS = [0.551, 0.407, 0.0137, 0.0287]
Z95 = 1.959964


def of(counts, area, names=None, map_of=None, units="ha") -> ErrorMatrix:
    """An error matrix; `map_of` says which class each stratum is on the map, none where past K."""
    table = np.array(counts)
    rows, classes = table.shape
    named = names or [f"c{k + 1}" for k in range(max(rows, classes))]
    cube = np.zeros((rows, classes + 1, classes), dtype=np.int64)
    for h in range(rows):
        cube[h, min(h if map_of is None else map_of[h], classes)] = table[h]
    strata = Strata(names=tuple(named[:rows]), area=np.array(area, dtype=float), units=units)
    return ErrorMatrix(strata=strata, classes=tuple(named[:classes]), counts=cube)


@pytest.fixture(scope="module")
def olofsson() -> ErrorMatrix:
    return of(OLOFSSON, np.array(PIXELS) * HA_OF_PIXEL)


@pytest.fixture(scope="module")
def openmrv() -> ErrorMatrix:
    """The buffer around the disturbance is a stratum, and no class of the map."""
    return of(OPENMRV, WEIGHTS, units="1")


def test_the_areas_and_intervals_of_olofsson_2014(olofsson) -> None:
    found = olofsson.area()
    assert [round(a.value) for a in found] == [21_158, 11_686, 285_770, 581_386]
    half = [a.half_width(0.95) for a in found]
    assert half == pytest.approx([6_158, 3_756, 15_510, 16_282], abs=1)


def test_the_accuracies_of_olofsson_2014(olofsson) -> None:
    users, producers = olofsson.users(), olofsson.producers()
    assert [round(u.value, 2) for u in users] == [0.88, 0.73, 0.93, 0.96]
    assert [round(u.half_width(0.95), 2) for u in users] == [0.07, 0.10, 0.04, 0.02]
    assert [round(p.value, 2) for p in producers] == [0.75, 0.85, 0.93, 0.96]
    assert [round(p.half_width(0.95), 2) for p in producers] == [0.21, 0.25, 0.03, 0.02]
    assert olofsson.overall().value == pytest.approx(0.947, abs=5e-4)
    assert olofsson.overall().half_width(0.95) == pytest.approx(0.018, abs=5e-4)


def test_pixels_instead_of_hectares_change_the_unit_alone() -> None:
    # 21,158 ha are 235,086 pixels of 0.09 ha; their error is 34,907 pixels
    found = of(OLOFSSON, PIXELS, units="pixel").area()[0]
    assert found.value == pytest.approx(235_086, abs=1)
    assert found.se == pytest.approx(34_907, abs=1)


def test_the_published_openmrv_case_with_a_buffer_around_the_change(openmrv) -> None:
    area = openmrv.area()
    assert [a.value for a in area] == pytest.approx([0.57811, 0.39922, 0.02307], abs=5e-5)
    assert [a.se for a in area] == pytest.approx([0.0067520, 0.0063466, 0.0037174], abs=5e-7)
    half = [a.half_width(0.95) for a in area]
    assert half == pytest.approx([0.0132339, 0.0124393, 0.0072862], abs=1e-6)
    assert [round(u.value, 3) for u in openmrv.users()] == [0.985, 0.965, 0.900]
    # printed .939, .984, .535; the weights are rounded: .0137 * .9 / .02307 = .53447
    producers = [p.value for p in openmrv.producers()]
    assert producers == pytest.approx([0.939, 0.984, 0.535], abs=1e-3)
    assert openmrv.overall().value == pytest.approx(0.948, abs=5e-4)


def test_the_case_file_of_the_reference_is_reproduced() -> None:
    with CASES.open(encoding="utf-8", newline="") as lines:
        cases = {row["case"]: row for row in csv.DictReader(lines)}
    counts = {
        name: np.array([
            [int(n) for n in re.findall(r"\d+", row)]
            for row in re.findall(r"\[([\d,]+)\]", case["matrix_rows_map_cols_ref"])
        ])
        for name, case in cases.items()
    }  # fmt: skip
    assert counts["Olofsson 2014"].tolist() == OLOFSSON
    assert counts["openmrv STR"].tolist() == OPENMRV

    def printed(label: str) -> list[float]:
        found = re.search(rf"{label} ([\d.,±]+)", cases["openmrv STR"]["expected"])
        return [float(n) for n in found[1].replace("±", "").split(",")]

    weights = [
        float(w) for w in re.findall(r"\.\d+", cases["openmrv STR"]["mapped_areas_or_weights"])
    ]
    assert weights == WEIGHTS
    openmrv = of(counts["openmrv STR"], weights, units="1")
    assert [a.value for a in openmrv.area()] == pytest.approx(printed("p"), abs=5e-6)
    assert [a.se for a in openmrv.area()] == pytest.approx(printed("SE"), abs=5e-8)
    assert [a.half_width(0.95) for a in openmrv.area()] == pytest.approx(printed("CI"), abs=5e-7)
    assert [u.value for u in openmrv.users()] == pytest.approx(printed("UA"), abs=5e-4)
    # the weights are rounded in the text: the last producer's accuracy is .5345, not .535
    assert [p.value for p in openmrv.producers()] == pytest.approx(printed("PA"), abs=6e-4)
    assert openmrv.overall().value == pytest.approx(printed("OA")[0], abs=5e-4)
    expected = cases["Olofsson 2014"]["expected"]
    stated = [(int(a), int(h)) for a, h in re.findall(r"(\d{5,6})±(\d+)", expected)]
    found = of(counts["Olofsson 2014"], np.array(PIXELS) * HA_OF_PIXEL).area()
    assert [(round(a.value), a.half_width(0.95)) for a in found] == [
        (area, pytest.approx(half, abs=1)) for area, half in stated
    ]


def test_the_buffer_finds_omissions_that_map_classes_alone_do_not(openmrv) -> None:
    # without its 30 points the disturbance would be .0137 * 27/30 + 1/275 + 1/200 by their weights
    blind = of(OPENMRV[:3], WEIGHTS[:3], units="1")
    assert blind.producers()[2].value > openmrv.producers()[2].value
    missed = 0.0287 * 7 / 30 / 0.02307
    assert missed == pytest.approx(0.29, abs=0.005), "of the disturbance, in the buffer alone"


def test_the_producer_s_variance_is_that_of_the_printed_formula(olofsson) -> None:
    n, size = np.array(OLOFSSON, dtype=float), np.array(PIXELS, dtype=float)
    points = n.sum(axis=1)
    q = n / points[:, None]
    share = size[:, None] * q
    for j, found in enumerate(olofsson.producers()):
        users, producers = q[j, j], share[j, j] / share[:, j].sum()
        own = size[j] ** 2 * (1 - producers) ** 2 * users * (1 - users) / (points[j] - 1)
        others = [
            size[i] ** 2 * q[i, j] * (1 - q[i, j]) / (points[i] - 1) for i in range(4) if i != j
        ]
        variance = (own + producers**2 * sum(others)) / share[:, j].sum() ** 2
        assert found.se == pytest.approx(variance**0.5, rel=1e-12)


def test_shares_sum_to_the_whole_and_areas_err_against_each_other(olofsson) -> None:
    areas = olofsson.areas()
    assert areas.se == pytest.approx([a.se for a in olofsson.area()], rel=1e-12)
    whole = areas.summed(())
    assert whole.value[0] == pytest.approx(900_000)
    assert whole.se[0] == pytest.approx(0, abs=1e-6), "the whole is known"
    # the covariance that the sources carry is the multinomial one
    effects = np.array(list(areas.shared.values()))
    weight = np.array(PIXELS) / np.sum(PIXELS)
    covariance = np.zeros((4, 4))
    for w, n in zip(weight * 900_000, np.array(OLOFSSON), strict=True):
        q = n / n.sum()
        covariance += w**2 * (np.diag(q) - np.outer(q, q)) / (n.sum() - 1)
    assert effects.T @ effects == pytest.approx(covariance, rel=1e-9)
    assert olofsson.shares().sum() == pytest.approx(1)


def test_a_perfect_map_has_no_error() -> None:
    found = of([[50, 0], [0, 40]], [300.0, 100.0])
    for figure in (*found.area(), *found.users(), *found.producers(), found.overall()):
        assert figure.se == 0
    assert [a.value for a in found.area()] == pytest.approx([300, 100])


def test_a_class_that_no_point_meets_is_not_known() -> None:
    found = of([[50, 0], [40, 0]], [300.0, 100.0])
    assert np.isnan(found.producers()[1].value)
    assert found.users()[1].value == 0
    assert found.area()[1].value == 0


tables = st.integers(2, 4).flatmap(
    lambda k: st.lists(
        st.lists(st.integers(0, 40), min_size=k, max_size=k).filter(lambda row: sum(row) > 1),
        min_size=k, max_size=k,
    )
)  # fmt: skip


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_the_classes_decides_nothing(counts, random) -> None:
    size = [random.uniform(1, 1e6) for _ in counts]
    order = random.sample(range(len(counts)), len(counts))
    one = of(counts, size)
    other = of([[counts[i][j] for j in order] for i in order], [size[i] for i in order])
    for figures in ("area", "users", "producers"):
        was, now = ([(f.value, f.se) for f in getattr(m, figures)()] for m in (one, other))
        assert np.array(now) == pytest.approx(np.array(was)[order], rel=1e-7, abs=1e-7, nan_ok=True)
    assert one.overall().se == pytest.approx(other.overall().se, abs=1e-9)


@given(tables, st.integers(2, 9))
def test_more_points_alike_are_never_less_certain(counts, times) -> None:
    size = np.arange(1.0, len(counts) + 1)
    few, many = of(counts, size), of(np.array(counts) * times, size)
    for was, now in zip(few.area(), many.area(), strict=True):
        assert now.value == pytest.approx(was.value)
        assert now.se <= was.se + 1e-12


def test_intervals_of_the_area_cover_the_truth() -> None:
    truth = np.array([[0.85, 0.15], [0.10, 0.90]])
    weight = np.array([0.2, 0.8])
    area = weight @ truth
    draw = np.random.default_rng(7)
    covered = 0
    for _ in range(1000):
        counts = np.array([draw.multinomial(150, q) for q in truth])
        low, high = of(counts, weight, units="1").area()[0].interval(0.90)
        covered += low <= area[0] <= high
    # 1,000 draws at 90 %: two standard errors are 1.9 %
    assert 0.88 <= covered / 1000 <= 0.92


def test_a_stratum_with_one_point_is_refused_in_words() -> None:
    with pytest.raises(TableError, match=r"stratum 'c2' has 1 sample point.*merge"):
        of([[50, 0], [0, 1]], [300.0, 100.0])


def test_counts_below_zero_are_refused_in_words() -> None:
    with pytest.raises(TableError, match=r"stratum 'c1' has a count of -3"):
        of([[50, -3], [0, 20]], [300.0, 100.0])


def test_a_stratum_without_area_is_refused_in_words() -> None:
    with pytest.raises(TableError, match="stratum 'c2' is 0; it must be a number above 0"):
        of([[50, 3], [0, 20]], [300.0, 0.0])


def test_an_unknown_stratum_is_told_with_the_nearest_name() -> None:
    strata = Strata(names=("forest", "change"), area=np.array([1.0, 2.0]))
    with pytest.raises(UnknownNameError, match=r"'forrest'.*Did you mean forest"):
        strata.places(["forest", "forrest"])
