"""Claims made ready to be searched: by place, by serial, by number of a permit or policy."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import TypeAlias, TypeVar, overload

import numpy as np
import shapely
from numpy.typing import NDArray

from data_catalog.errors import raise_all
from data_catalog.text import Text
from lending.conflicts.claim import Claim, ClaimError, Serials, number_key
from lending.conflicts.ground import Shapes, common_crs, geometry_faults, in_crs
from lending.conflicts.sums import sums_by

__all__ = ["FUTURE", "UNITS", "KnownClaims", "Pairs", "parcel_of", "project_of"]

Key = TypeVar("Key")

Places: TypeAlias = NDArray[np.intp]
Pairs: TypeAlias = tuple[Places, Places]
"""Places of the first and of the second of each pair."""


FUTURE, UNITS = "CARB_F", "CARB_I"
SHOWN = 20
"""Faults of a list that are told at once."""


class KnownClaims(Sequence[Claim]):
    """A sequence of claims that is searched quickly; keep it where one claim after another comes.

    Parameters
    ----------
    claims : sequence of Claim
        Their order decides nothing.
    crs : str, optional
        In which they are compared; by default that of most of them.

    Raises
    ------
    ClaimError, Problems
        If two claims have one id, or a shape or a time cannot be compared; all are told at once.
    """

    def __init__(self, claims: Sequence[Claim], crs: str | None = None) -> None:
        self.claims = tuple(claims)
        faults = [*_faults(self.claims), *geometry_faults(self.claims)]
        raise_all([*faults[:SHOWN], *_more(faults)])
        self.crs = crs or common_crs(self.claims)
        self.shapes: Shapes = in_crs(self.claims, self.crs)
        self.tree = shapely.STRtree(self.shapes)
        kinds = {(c.right, c.state): place for place, c in enumerate(self.claims)}
        codes = {kind: code for code, kind in enumerate(kinds)}
        self.kinds: tuple[tuple[str, str], ...] = tuple(kinds)
        """Rights and states that occur."""
        self.kind = np.array([codes[c.right, c.state] for c in self.claims], dtype=np.intp)
        bounds = np.array([_ordinals(c) for c in self.claims], dtype=np.int64).reshape(-1, 2)
        self.starts, self.ends = bounds[:, 0], bounds[:, 1]
        self.ids = np.array([c.claim_id for c in self.claims], dtype=np.str_)
        self.families = np.array([c.family for c in self.claims], dtype=np.str_)
        self.projects = np.array([project_of(c) for c in self.claims], dtype=np.str_)
        self.numbered = np.array([bool(c.serials) for c in self.claims], dtype=np.bool_)
        self.serials = _by_batch(self.claims)
        self.instruments = _places((c.right, number_key(c.instrument)) for c in self.claims)
        self.place = {c.claim_id: place for place, c in enumerate(self.claims)}
        self.sums = {
            UNITS: sums_by((c for c in self.claims if c.right == UNITS), project_of),
            FUTURE: sums_by((c for c in self.claims if c.right == FUTURE), parcel_of),
        }
        """Tonnes of issued units by project, and of future ones by parcel."""

    @overload
    def __getitem__(self, place: int) -> Claim: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Claim]: ...
    def __getitem__(self, place: int | slice) -> Claim | Sequence[Claim]:
        """Return claims by their place."""
        return self.claims[place]

    def __len__(self) -> int:
        """Return the number of claims."""
        return len(self.claims)

    def near(self, shapes: Shapes) -> Pairs:
        """Return the pairs of a given shape, in this CRS, and a claim whose boxes meet."""
        one, other = self.tree.query(shapes)
        return one, other

    def with_serials(self, asked: "KnownClaims") -> Iterator[tuple[int, int, int]]:
        """Return pairs of an asked claim and one of these whose serials meet, and how many do."""
        for place, claim in enumerate(asked.claims):
            shared: Counter[int] = Counter()
            for wanted in claim.serials:
                for other, count in _meeting(self.serials.get(wanted.batch), wanted):
                    shared[other] += count
            yield from ((place, other, count) for other, count in shared.items())

    def with_instrument(self, asked: "KnownClaims") -> Iterator[tuple[int, int]]:
        """Return pairs of an asked claim and one of these of the same permit or policy."""
        for place, claim in enumerate(asked.claims):
            if key := number_key(claim.instrument):
                for other in self.instruments.get((claim.right, key), ()):
                    yield place, other


class _Batch:
    """The ranges of one batch, by first serial, with the greatest last serial so far."""

    def __init__(self, ranges: list[tuple[int, int, int]]) -> None:
        self.ranges = sorted(ranges)
        self.firsts = [first for first, _, _ in self.ranges]
        self.reach = list(accumulate((last for _, last, _ in self.ranges), max))


def _meeting(batch: _Batch | None, wanted: Serials) -> Iterator[tuple[int, int]]:
    if batch is None:
        return
    place = bisect_right(batch.firsts, wanted.last) - 1
    while place >= 0 and batch.reach[place] >= wanted.first:
        first, last, claim = batch.ranges[place]
        count = min(last, wanted.last) - max(first, wanted.first) + 1
        if count > 0:
            yield claim, count
        place -= 1


def _by_batch(claims: Sequence[Claim]) -> dict[str, _Batch]:
    ranges = defaultdict(list)
    for place, claim in enumerate(claims):
        for batch, first, last in claim.serials:
            ranges[batch].append((first, last, place))
    return {batch: _Batch(found) for batch, found in ranges.items()}


def _places(keys: Iterable[Key]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        found[key].append(place)
    return dict(found)


def project_of(claim: Claim) -> str:
    """Return a project with its programme, as ids of two programmes may be alike."""
    return f"{claim.programme}/{claim.project}" if claim.project else ""


def parcel_of(claim: Claim) -> str:
    """Return the parcel, under the name that the claim gives it."""
    return claim.parcel_id


def _ordinals(claim: Claim) -> tuple[int, int]:
    """Return the years as day numbers; an end that is open, or before the other, hides nothing."""
    start = (claim.vintage_from or date.min).toordinal()
    end = (claim.vintage_to or date.max).toordinal()
    return min(start, end), max(start, end)


def _faults(claims: Sequence[Claim]) -> Iterator[ClaimError]:
    for claim_id, count in Counter(c.claim_id for c in claims).items():
        if count > 1:
            yield ClaimError(where=claim_id, problem=Text(
                f"编号出现 {count} 次；每个权利主张须有自己的编号。",
                f"this id is given {count} times; every claim needs an id of its own.",
            ))  # fmt: skip
    for claim in claims:
        if claim.registered_at is not None and claim.registered_at.tzinfo is None:
            yield ClaimError(where=claim.claim_id, problem=NO_ZONE)
        if claim.tonnes is not None and not (claim.tonnes.is_finite() and claim.tonnes >= 0):
            yield ClaimError(where=claim.claim_id, problem=Text(
                f"吨数为 {claim.tonnes} t_CO2e，须为不小于零的数。",
                f"tonnes is {claim.tonnes} t_CO2e; a number not below zero is needed.",
            ))  # fmt: skip
        for batch, first, last in claim.serials:
            if first > last:
                yield ClaimError(where=claim.claim_id, problem=Text(
                    f"批次 {batch} 的序列号 {first}-{last} 首大于尾。",
                    f"serials {first}-{last} of batch {batch} end before they begin.",
                ))  # fmt: skip


def _more(faults: Sequence[ClaimError]) -> Iterator[ClaimError]:
    if len(faults) > SHOWN:
        count = len(faults) - SHOWN
        yield ClaimError(where=faults[-1].facts["where"], problem=Text(
            f"等，另有 {count:,} 项主张有问题。", f"and {count:,} more claims with faults."
        ))  # fmt: skip


NO_ZONE = Text(
    "登记时间没有时区，无法比较先后；请写成 2026-01-31T08:00:00+08:00 这样的形式。",
    "its time of registration has no time zone, so priority cannot be told; write it as "
    "2026-01-31T08:00:00+08:00.",
)
