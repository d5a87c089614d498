"""What a guard against double counting is: what it looks at, why, and what it found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data_catalog.standards import Standard
from data_catalog.text import Text
from gep.ledger import Ledger, ServiceEntries
from gep.plans import ServicePlan

__all__ = ["Finding", "Guard", "Seen"]


@dataclass(frozen=True)
class Seen:
    """What a guard may look at: one standard's choices, and what came of them."""

    standard: Standard
    plans: Mapping[str, ServicePlan]
    ledger: Ledger

    def counted(self, name: str) -> ServiceEntries | None:
        """Return a service if it has a value that counts; None otherwise."""
        for one in self.ledger.services:
            if one.service.id == name and one.counted and one.whole.total()[1] > 0:
                return one
        return None


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A check that nothing counts twice.

    Parameters
    ----------
    looks_at : Text
        What it compares.
    why : Text
        What would count twice.
    check : callable
        Returns what is doubtful; None if nothing is.
    """

    id: str
    title: Text
    looks_at: Text
    why: Text
    check: Callable[[Seen], Text | None]

    def look(self, seen: Seen) -> "Finding":
        """Return what the guard finds in an account."""
        return Finding(self, seen.standard.id, self.check(seen))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guard found under a standard; `doubt` is None if it passed."""

    guard: Guard
    standard: str
    doubt: Text | None

    @property
    def outcome(self) -> str:
        """Return `passed` or `warned`."""
        return "passed" if self.doubt is None else "warned"

    def record(self) -> dict[str, str]:
        """Return it as a row of guards.csv, and for the manifest."""
        guard, found = self.guard, self.doubt or Text("", "")
        return {
            "guard": guard.id, "outcome": self.outcome, "title_zh": guard.title.zh,
            "title_en": guard.title.en, "found_zh": found.zh, "found_en": found.en,
            "looks_at_zh": guard.looks_at.zh, "looks_at_en": guard.looks_at.en,
            "why_zh": guard.why.zh, "why_en": guard.why.en, "standard": self.standard,
        }  # fmt: skip
