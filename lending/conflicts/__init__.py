"""Whether the same forest is pledged twice: ground x years x right x serials.

find_conflicts(new, known, rules, today) -> list[Finding]
    `new` are compared with `known` (a sequence, or a `KnownClaims` kept for many calls) and
    among each other; a finding per check and pair, worst first.
"""

from lending.conflicts.claim import Claim, ClaimError, Fact, Finding, Level, Party, Serials
from lending.conflicts.detection import find_conflicts
from lending.conflicts.known import KnownClaims
from lending.conflicts.land import Land, Layer
from lending.conflicts.rules import Rules, bundled_rules

__all__ = [
    "Claim", "ClaimError", "Fact", "Finding", "KnownClaims", "Land", "Layer", "Level", "Party",
    "Rules", "Serials", "bundled_rules", "find_conflicts",
]  # fmt: skip
