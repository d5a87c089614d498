"""Shapes that cannot be compared are refused in words; laws of what two shapes have in common."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.affinity import translate

from data_catalog.errors import GepError, Problems
from lending.conflicts import ClaimError, Serials, bundled_rules, find_conflicts
from lending.conflicts.ground import Shapes, overlaps
from tests.lending.claims import CRS, EAST, NORTH, TODAY, box, claim, pledged

RULES = bundled_rules().only(["G", "S1"])
BOW_TIE = shapely.Polygon([(EAST, NORTH), (EAST + 100, NORTH + 100), (EAST + 100, NORTH),
                           (EAST, NORTH + 100)])  # fmt: skip


@pytest.mark.parametrize(("shape", "crs", "words"), [
    (BOW_TIE, CRS, "not valid: the boundary crosses itself"),
    (shapely.LineString([(EAST, NORTH), (EAST + 1, NORTH)]), CRS, "a LineString"),
    (shapely.Polygon(), CRS, "an empty Polygon"),
    (shapely.box(28.0, 119.5, 28.1, 119.6), "EPSG:4490", "axes swapped"),
    (shapely.box(28.0, 119.5, 28.1, 119.6), "EPSG:4326", "axes swapped"),
    (shapely.box(NORTH, EAST, NORTH + 9, EAST + 9), CRS, "axes swapped"),
    (shapely.box(-70, -30, -69, -29), "EPSG:4490", "Check the CRS"),
    (shapely.box(40_500_000, NORTH, 40_500_100, NORTH + 100), CRS, "outside the area"),
    (box(0, 0, 1, 1), "EPSG:99999", "is not known"),
    (box(0, 0, 1, 1), "somewhere", "is not known"),
    (shapely.box(EAST, NORTH, np.inf, NORTH + 1), CRS, "not valid: a coordinate is no number"),
])  # fmt: skip
def test_shapes_that_cannot_be_compared_are_refused(shape: Any, crs: str, words: str) -> None:
    for new, known in (([claim("n", shape, crs=crs)], []), ([], [claim("n", shape, crs=crs)])):
        with pytest.raises(ClaimError, match=words) as refused:
            find_conflicts(new, known, RULES, TODAY)
        assert refused.value.say("en").startswith("n: ")
        assert refused.value.say("zh").startswith("n：")


def test_all_faults_of_a_list_are_told_at_once() -> None:
    claims = [
        claim("a", BOW_TIE),
        claim("b", box(0, 0, 9, 9), tonnes=Decimal(-1)),
        claim("c", box(0, 0, 9, 9), registered_at=TODAY_WITHOUT_ZONE),
        claim("d", serials=(Serials("b", 9, 1),)),
        claim("e", box(0, 0, 9, 9)),
        claim("e", box(0, 0, 9, 9)),
    ]
    with pytest.raises(Problems) as refused:
        find_conflicts(claims, [], RULES, TODAY)
    told = refused.value.say("en")
    for words in ("a: its geometry", "b: tonnes is -1", "c: its time", "d: serials 9-1", "e: this"):
        assert words in told


TODAY_WITHOUT_ZONE = datetime(2026, 5, 1)  # noqa: DTZ001

coordinate = st.integers(0, 400)


@st.composite
def polygons(draw: st.DrawFn) -> shapely.Polygon:
    """Return a polygon of 3 to 8 corners around a point, with whole metres."""
    count = draw(st.integers(3, 8))
    points = draw(st.lists(st.tuples(coordinate, coordinate), min_size=count, max_size=count))
    hull = shapely.MultiPoint(points).convex_hull
    shape = hull if hull.geom_type == "Polygon" else shapely.box(0, 0, 10, 10)
    return translate(shape, EAST, NORTH)


def both(one: Any, other: Any) -> tuple[float, float, float, bool]:
    shapes: list[Shapes] = [np.array([s], dtype=object) for s in (one, other)]
    found = overlaps(*shapes, CRS, RULES)
    return (float(found.area[0]), float(found.share_of_one[0]), float(found.share_of_other[0]),
            bool(found.sliver[0]))  # fmt: skip


@given(polygons(), polygons())
def test_an_overlap_is_the_same_from_both_sides(one: Any, other: Any) -> None:
    area, mine, theirs, sliver = both(one, other)
    back = both(other, one)
    assert back == (pytest.approx(area), pytest.approx(theirs), pytest.approx(mine), sliver)
    assert area >= 0
    assert max(mine, theirs) <= 1 + 1e-9


@given(polygons(), polygons(), st.integers(-20_000, 20_000))
def test_moving_both_to_the_north_changes_no_area(one: Any, other: Any, far: int) -> None:
    area, *shares, _ = both(one, other)
    moved, *moved_shares, _ = both(translate(one, 0, far), translate(other, 0, far))
    assert moved == pytest.approx(area, rel=1e-6, abs=1e-3)
    assert moved_shares == pytest.approx(shares, rel=1e-6, abs=1e-6)


@given(polygons())
def test_a_parcel_overlaps_itself_and_never_as_a_sliver(one: Any) -> None:
    area, mine, theirs, sliver = both(one, shapely.reverse(one))
    assert area == pytest.approx(one.area, rel=1e-5)
    assert (mine, theirs) == (pytest.approx(1), pytest.approx(1))
    assert not sliver


@given(st.lists(polygons(), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_order_changes_nothing(shapes: list[Any], random: Any) -> None:
    claims = [pledged(f"k{i}", shape, registration_number=str(i)) for i, shape in enumerate(shapes)]
    shuffled = claims.copy()
    random.shuffle(shuffled)

    def told(claims: list[Any]) -> list[tuple[Any, ...]]:
        return [
            (f.check, f.level, f.claim, f.other, f.first, round(f.area_m2 or 0, 2))
            for f in find_conflicts(claims, (), RULES, TODAY)
        ]

    assert told(claims) == told(shuffled)


@given(polygons(), polygons(), st.integers(2000, 2050), st.integers(1, 20))
def test_years_apart_never_conflict(one: Any, other: Any, year: int, length: int) -> None:
    new = claim("n", one, vintage_from=date(year, 1, 1), vintage_to=date(year + length, 1, 1))
    known = replace(new, claim_id="k", geometry=other, state="pledged",
                    vintage_from=date(year + length, 1, 1),
                    vintage_to=date(year + length + 1, 1, 1))  # fmt: skip
    assert [f for f in find_conflicts([new], [known], RULES, TODAY) if f.other] == []


def test_errors_speak_both_languages() -> None:
    with pytest.raises(GepError) as refused:
        find_conflicts([claim("n", shapely.box(28.0, 119.5, 28.1, 119.6), crs="EPSG:4490")], (),
                       RULES, TODAY)  # fmt: skip
    assert "互换" in refused.value.say("zh")
