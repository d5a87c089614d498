"""Conflicts just above and below each threshold, in another CRS, at a year end, by one serial.

Parcels are rectangles on the central meridian, where a metre of the map is a metre of ground, so
that each area and width can be redone by hand.
"""

from dataclasses import replace
from datetime import date

import pytest
import shapely
from pyproj import Transformer

from lending.conflicts import Claim, Serials, bundled_rules, find_conflicts
from tests.lending.claims import TODAY, box, claim, pledged

RULES = bundled_rules().only(["G3", "G4", "S1"])
GEOGRAPHIC = Transformer.from_crs("EPSG:4549", "EPSG:4490", always_xy=True)
ZONED = Transformer.from_crs("EPSG:4549", "EPSG:4528", always_xy=True)
"""CGCS2000 in degrees, and a zone of 3 degrees with its number before the east coordinate."""


def said(new: Claim, known: Claim) -> list[tuple[str, str]]:
    return [(f.check, f.level) for f in find_conflicts([new], [known], RULES, TODAY)]


def in_crs(one: Claim, to: Transformer, crs: str) -> Claim:
    moved = shapely.transform(one.geometry, to.transform, interleaved=False)
    return replace(one, geometry=moved, crs=crs)


@pytest.mark.parametrize(
    ("overlap", "level"),
    [
        # along 400 m of border: 2.8 m wide is what two surveys may err, 3.0 m is not
        ((397.2, 0, 800, 250), "INFO"), ((397.0, 0, 800, 250), "BLOCK"),
        # 22.3 x 22.3 = 497 m2 of 100,000 m2 is 0.497 %; 22.5 x 22.5 = 506 m2 is 0.506 %
        ((377.7, 227.7, 800, 500), "INFO"), ((377.5, 227.5, 800, 500), "BLOCK"),
    ],
)  # fmt: skip
def test_slivers_just_below_and_just_above(overlap: tuple[float, ...], level: str) -> None:
    known = pledged("K", box(0, 0, 400, 250))
    check = "G4" if level == "INFO" else "G3"
    assert said(claim("N", box(*overlap)), known) == [(check, level)]


@pytest.mark.parametrize(("side", "level"), [(8.1, "INFO"), (8.2, "BLOCK")])
def test_a_tenth_of_a_mu(side: float, level: str) -> None:
    """0.1 mu is 66.67 m2: 8.1 x 8.1 = 65.6, 8.2 x 8.2 = 67.2; of 5,000 m2 that is 1.3 %."""
    known = pledged("K", box(0, 0, 100, 50))
    check = "G4" if level == "INFO" else "G3"
    assert said(claim("N", box(100 - side, 50 - side, 300, 300)), known) == [(check, level)]


@pytest.mark.parametrize(
    ("width", "level"),
    # of a belt 12 m wide 2.3 m are 19 % and 2.5 m are 21 %, both narrower than 2.9 m
    [(2.3, "INFO"), (2.5, "BLOCK")],
)
def test_a_strip_that_is_a_fifth_of_a_narrow_belt(width: float, level: str) -> None:
    known = pledged("K", box(0, 0, 12, 400))
    check = "G4" if level == "INFO" else "G3"
    assert said(claim("N", box(12 - width, 0, 300, 400)), known) == [(check, level)]


@pytest.mark.parametrize(
    ("to", "crs"), [(GEOGRAPHIC, "EPSG:4490"), (ZONED, "EPSG:4528")], ids=["degrees", "zone 40"]
)
@pytest.mark.parametrize(
    ("corners", "wanted"),
    [
        ((0, 0, 400, 250), [("G3", "BLOCK")]), ((1, 0, 401, 250), [("G3", "BLOCK")]),
        ((380, 100, 780, 350), [("G3", "BLOCK")]), ((400, 0, 800, 250), []),
        ((399, 0, 800, 250), [("G4", "INFO")]),
    ],
)  # fmt: skip
def test_a_parcel_in_another_crs_is_the_same_ground(
    to: Transformer, crs: str, corners: tuple[float, ...], wanted: list[tuple[str, str]]
) -> None:
    known = pledged("K", box(0, 0, 400, 250))
    assert said(in_crs(claim("N", box(*corners)), to, crs), known) == wanted


@pytest.mark.parametrize(
    ("first", "second", "meets"),
    [
        (("2024-01-01", "2025-01-01"), ("2025-01-01", "2026-01-01"), False),
        (("2024-01-01", "2025-01-01"), ("2024-12-31", "2026-01-01"), True),
        (("2024-01-01", "2025-01-02"), ("2025-01-01", "2026-01-01"), True),
        (("2024-02-29", "2024-03-01"), ("2024-03-01", "2024-03-02"), False),
    ],
)
def test_years_that_end_where_others_begin(
    first: tuple[str, str], second: tuple[str, str], meets: bool
) -> None:
    ground = box(0, 0, 400, 250)
    ends = [
        {"vintage_from": date.fromisoformat(a), "vintage_to": date.fromisoformat(b)}
        for a, b in (first, second)
    ]
    one, other = pledged("K", ground, **ends[0]), claim("N", ground, **ends[1])
    assert said(other, one) == ([("G3", "BLOCK")] if meets else [])


@pytest.mark.parametrize(
    ("batch", "first", "last", "meets"),
    [
        ("B", 501, 900, False), ("B", 500, 900, True), ("B", 1, 99, False), ("B", 1, 100, True),
        ("B", 100, 100, True), ("B", 500, 500, True), ("C", 100, 500, False),
        ("B", 1, 9_000, True), ("B", 200, 300, True),
    ],
)  # fmt: skip
def test_serials_that_touch_by_one(batch: str, first: int, last: int, meets: bool) -> None:
    given = {"right": "CARB_I", "programme": "CCER", "project": "p"}
    known = pledged("K", None, serials=(Serials("B", 100, 500),), **given)
    new = claim("N", None, serials=(Serials(batch, first, last),), **given)
    assert said(new, known) == ([("S1", "BLOCK")] if meets else [])
