"""What the service bears: the rows of set `api`, and a bucket of requests for each caller."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from threading import Lock

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import bundled
from data_catalog.text import Text

__all__ = ["Bucket", "Buckets", "Limits", "limits"]

SET = "api"
TITLE = Text("贷款接口", "lending API")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of the service; times in seconds, sizes in bytes."""

    request_rate: float
    request_burst: int
    stranger_rate: float
    stranger_burst: int
    body_size: int
    json_depth: int
    body_time: float
    answer_time: float
    idle_time: float
    page_size: int
    page_largest: int
    claims_most: int
    answer_kept: float
    threads: int
    years_most: float
    draws_most: int


@cache
def limits() -> Limits:
    """Return the limits of the rows."""
    return Limits(
        request_rate=_row("request_rate", "1/s"),
        request_burst=int(_row("request_burst", "1")),
        stranger_rate=_row("stranger_rate", "1/s"),
        stranger_burst=int(_row("stranger_burst", "1")),
        body_size=int(_row("body_size", "byte")),
        json_depth=int(_row("json_depth", "1")),
        body_time=_row("body_time", "s"),
        answer_time=_row("answer_time", "s"),
        idle_time=_row("idle_time", "s"),
        page_size=int(_row("page_size", "1")),
        page_largest=int(_row("page_largest", "1")),
        claims_most=int(_row("claims_most", "1")),
        answer_kept=_row("answer_kept", "s"),
        threads=int(_row("threads", "1")),
        years_most=_row("years_most", "year"),
        draws_most=int(_row("draws_most", "1")),
    )


def _row(name: str, units: str) -> float:
    row = bundled().find(f"api_{name}", SET, "")
    if row is None:
        raise ParameterMissing(service=TITLE, standard=SET, parameter=f"api_{name}", key="")
    return row.in_units(units)


@dataclass
class Bucket:
    """Requests that a caller has left, and when they were counted."""

    left: float
    at: float


@dataclass
class Buckets:
    """A bucket for each caller, filled at a rate up to a burst; full ones are forgotten."""

    rate: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    buckets: dict[str, Bucket] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def wait(self, caller: str) -> float:
        """Take one request; return 0, or the seconds until there is one."""
        with self.lock:
            now = self.clock()
            if len(self.buckets) > MANY:
                self._forget_full(now)
            bucket = self.buckets.setdefault(caller, Bucket(self.burst, now))
            bucket.left = self._level(bucket, now)
            bucket.at = now
            if bucket.left < 1:
                return (1 - bucket.left) / self.rate
            bucket.left -= 1
            return 0.0

    def _level(self, bucket: Bucket, now: float) -> float:
        return min(self.burst, bucket.left + (now - bucket.at) * self.rate)

    def _forget_full(self, now: float) -> None:
        self.buckets = {
            caller: bucket
            for caller, bucket in self.buckets.items()
            if self._level(bucket, now) < self.burst
        }


MANY = 10_000
"""Callers remembered before full buckets are looked for."""
