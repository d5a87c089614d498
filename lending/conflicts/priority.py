"""Who was first: by time of registration; of the same second, by number (Civil Code 414-415)."""

import re
from datetime import UTC

from lending.conflicts.claim import Party

__all__ = ["first_of", "same_second"]


def first_of(one: Party, other: Party) -> str:
    """Return the id of the claim with priority; empty where it cannot be told.

    A registered claim comes before one that is not. Two of the same second go by number, digits
    compared as numbers; two of the same number, or without one, cannot be told.
    """
    if one.registered_at is None or other.registered_at is None:
        registered = [c.claim_id for c in (one, other) if c.registered_at is not None]
        return registered[0] if registered else ""
    if not same_second(one, other):
        return (one if one.registered_at < other.registered_at else other).claim_id
    numbers = [_number(c.registration_number) for c in (one, other)]
    if not all(numbers) or numbers[0] == numbers[1]:
        return ""
    return (one if numbers[0] < numbers[1] else other).claim_id


def same_second(one: Party, other: Party) -> bool:
    """Return whether both were registered within one second of the clock."""
    if one.registered_at is None or other.registered_at is None:
        return False
    first, second = one.registered_at, other.registered_at
    return first.astimezone(UTC).replace(microsecond=0) == second.astimezone(UTC).replace(
        microsecond=0
    )


def _number(text: str) -> list[tuple[int, int, str]]:
    """Return a number as parts that compare: 9 before 10, digits before letters."""
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts]
