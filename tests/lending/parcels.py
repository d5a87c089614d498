"""A made-up register: land cut into parcels without gaps, and conflicts planted in it.

Corners are shared, so borders are shared exactly; some parcels have a hole with an enclave in it,
some are of two parts, some borders were digitised anew with 1 m of jitter. Planted claims are
copies of a parcel, changed in a stated way, and what must be said of each is known by its making.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from lending.conflicts import Claim, Serials

CRS = "EPSG:4549"
"""CGCS2000, 3-degree Gauss-Krueger, central meridian 120 E."""
ORIGIN = 420_000.0, 3_090_000.0
SIDE = 120.0
JITTER = 1.0
YEARS = date(2026, 1, 1), date(2036, 1, 1)
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Planted:
    """A claim, the claim it was made from, and what must be said of the two."""

    kind: str
    claim: Claim
    of: str
    check: str
    """Id of the check that must speak; empty where none may."""
    level: str


def register(count: int, seed: int = 1) -> list[Claim]:
    """Return about `count` pledged parcels, of which no two conflict.

    A tenth have borders digitised anew: every corner moved by up to 1 m in any direction, which
    opens slivers and gaps to all their neighbours.
    """
    random = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    x, y = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0))
    x, y = (c * SIDE + random.uniform(-0.3, 0.3, c.shape) * SIDE for c in (x, y))
    x, y = x + ORIGIN[0], y + ORIGIN[1]
    claims: list[Claim] = []
    for place in range(count):
        row, column = divmod(place, side)
        corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        shape: BaseGeometry = Polygon([(x[c], y[c]) for c in corners])
        if place % 50 == 7:
            hole = shape.buffer(-0.25 * SIDE, join_style="mitre")
            if hole.geom_type == "Polygon" and not hole.is_empty:
                shape = Polygon(shape.exterior, [hole.exterior])
                claims.append(_claim(len(claims), hole))
        elif place % 50 == 13:
            west, south, east, north = shape.bounds
            gap = shapely.box((west + east) / 2 - 5, south, (west + east) / 2 + 5, north)
            parts = shape.difference(gap)
            shape = parts if isinstance(parts, MultiPolygon) else shape
        elif place % 10 == 3:
            shape = jittered(shape, random)
        claims.append(_claim(len(claims), shape))
    return claims


def jittered(shape: BaseGeometry, random: np.random.Generator) -> BaseGeometry:
    """Return a shape whose corners lie up to 1 m off, in any direction."""
    corners = shapely.get_coordinates(shape)[:-1]
    angle, far = random.uniform(0, 2 * np.pi, len(corners)), random.uniform(0, JITTER, len(corners))
    moved = corners + np.column_stack([np.cos(angle), np.sin(angle)]) * far[:, None]
    return Polygon(moved)


def _claim(number: int, shape: BaseGeometry) -> Claim:
    return Claim(
        claim_id=f"P{number:06d}",
        parcel_id=f"331102{number:06d}",
        geometry=shape,
        crs=CRS,
        right="CARB_F",
        vintage_from=YEARS[0],
        vintage_to=YEARS[1],
        tonnes=Decimal(100),
        holder=f"村 {number % 97}",
        registered_at=FIRST_DAY + timedelta(seconds=number),
        registration_number=f"{number:06d}",
        state="pledged",
    )


Change = Callable[[Claim, np.random.Generator], Claim]


def _shaped(shape: Callable[[BaseGeometry], BaseGeometry]) -> Change:
    return lambda claim, _: replace(claim, geometry=shape(claim.geometry))


def _half(shape: BaseGeometry) -> BaseGeometry:
    west, south, east, north = shape.bounds
    return shape.intersection(shapely.box(west, south, (west + east) / 2, north)).buffer(0)


def _shell(shape: BaseGeometry) -> BaseGeometry:
    """Return the outline alone: what lies in a hole is claimed too."""
    return Polygon(shape.exterior) if isinstance(shape, Polygon) else shape


def _donut(shape: BaseGeometry) -> BaseGeometry:
    point = shape.representative_point()
    return shape.difference(point.buffer(10, quad_segs=2))


def _strip(shape: BaseGeometry) -> BaseGeometry:
    """Return land far away, and a strip of 1.5 m within the southern edge of the parcel."""
    inside = shape.difference(translate(shape, yoff=1.5))
    parts = [p for p in getattr(inside, "geoms", [inside]) if p.area > 0]
    return MultiPolygon([*parts, _far(shape)])


def _two_parts(shape: BaseGeometry) -> BaseGeometry:
    """Return land far away, and a part of it inside the parcel."""
    return MultiPolygon([shape.representative_point().buffer(12, quad_segs=2), _far(shape)])


def _far(shape: BaseGeometry) -> Polygon:
    return translate(shape.representative_point().buffer(40, quad_segs=2), xoff=100_000)


def _turned(shape: BaseGeometry) -> BaseGeometry:
    return shapely.reverse(shape)


def _later(claim: Claim, _: np.random.Generator) -> Claim:
    """Return the same ground for the years that begin on the day the others end."""
    return replace(claim, vintage_from=YEARS[1], vintage_to=date(2046, 1, 1))


def _one_day(claim: Claim, _: np.random.Generator) -> Claim:
    return replace(claim, vintage_from=YEARS[1] - timedelta(days=1), vintage_to=date(2046, 1, 1))


def _right(code: str) -> Change:
    return lambda claim, _: replace(claim, right=code, instrument=claim.claim_id)


KINDS: dict[str, tuple[Change, str, str]] = {
    "identical": (_shaped(lambda s: s), "G3", "BLOCK"),
    "contained": (_shaped(lambda s: s.buffer(-2)), "G3", "BLOCK"),
    "partial": (_shaped(_half), "G3", "BLOCK"),
    "sliver": (_shaped(_strip), "G4", "INFO"),
    "hole filled": (_shaped(_shell), "G3", "BLOCK"),
    "hole cut": (_shaped(_donut), "G3", "BLOCK"),
    "multipart": (_shaped(_two_parts), "G3", "BLOCK"),
    "ring order": (_shaped(_turned), "G3", "BLOCK"),
    "moved 1 m": (_shaped(lambda s: translate(s, 0.6, 0.8)), "G3", "BLOCK"),
    "moved 10 m": (_shaped(lambda s: translate(s, 6, -8)), "G3", "BLOCK"),
    "year end": (_later, "", ""),
    "one day": (_one_day, "G3", "BLOCK"),
    "compatible right": (_right("WATER"), "", ""),
    "right to review": (_right("COMP"), "G5", "FLAG"),
    "right with consent": (_right("TREE"), "G5", "BLOCK"),
    "carbon within GEP": (_right("GEPR"), "C1", "BLOCK"),
}  # fmt: skip


def planted(claims: list[Claim], count: int, seed: int = 2) -> list[Planted]:
    """Return `count` planted claims, of all kinds in turn."""
    random = np.random.default_rng(seed)
    grounds = random.choice(len(claims), size=count, replace=False)
    names = list(KINDS)
    found = []
    for number, place in enumerate(grounds):
        kind, original = names[number % len(names)], claims[place]
        copy = replace(
            original,
            claim_id=f"N{number:06d}",
            parcel_id=f"another {number}",
            registered_at=None,
            registration_number="",
            state="reserved",
        )
        change, check, level = KINDS[kind]
        found.append(Planted(kind, change(copy, random), original.claim_id, check, level))
    return found


def numbered(count: int, seed: int = 3) -> tuple[list[Claim], list[Planted]]:
    """Return issued units of a few projects, and claims whose serials meet them or just do not."""
    random = np.random.default_rng(seed)
    known, new = [], []
    for number in range(count):
        base = replace(
            _claim(number, shapely.box(0, 0, 1, 1)), geometry=None, right="CARB_I",
            claim_id=f"U{number:06d}", parcel_id="", programme="CCER", project=f"p{number % 5}",
            serials=(Serials(f"p{number % 5}", 1000 * number + 1, 1000 * number + 900),),
        )  # fmt: skip
        known.append(base)
        meets = bool(number % 2)
        first = 1000 * number + (int(random.integers(1, 901)) if meets else 901)
        serials = (Serials(f"p{number % 5}", first, 1000 * number + 950),)
        claim = replace(
            base, claim_id=f"V{number:06d}", state="reserved", registered_at=None,
            registration_number="", serials=serials,
        )  # fmt: skip
        kind = "serials meet" if meets else "serials apart"
        level = ("S1", "BLOCK") if meets else ("", "")
        new.append(Planted(kind, claim, base.claim_id, *level))
    return known, new
