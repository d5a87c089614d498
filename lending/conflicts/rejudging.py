"""What a changed matrix of rights makes of the claims that are already there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lending.conflicts.claim import Claim, Finding
from lending.conflicts.known import KnownClaims
from lending.conflicts.pairs import between
from lending.conflicts.rules import LEVELS, Rules

__all__ = ["Change", "rejudge"]


@dataclass(frozen=True, slots=True)
class Change:
    """A pair whose level differs; None where one of the rules finds nothing."""

    before: Finding | None
    after: Finding | None


def rejudge(claims: Sequence[Claim], before: Rules, after: Rules) -> list[Change]:
    """Return the pairs of claims that two sets of rules judge differently, by their ids."""
    known = claims if isinstance(claims, KnownClaims) else KnownClaims(claims)
    old, new = (_worst(between(known, known, rules, within=True)) for rules in (before, after))
    changes = []
    for pair in sorted(old.keys() | new.keys()):
        one, other = old.get(pair), new.get(pair)
        if one is None or other is None or one.level != other.level:
            changes.append(Change(one, other))
    return changes


def _worst(findings: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
    """Return the worst finding of each pair."""
    worst: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        if finding.other is not None:
            one, other = sorted((finding.claim.claim_id, finding.other.claim_id))
            known = worst.setdefault((one, other), finding)
            if LEVELS.index(finding.level) < LEVELS.index(known.level):
                worst[one, other] = finding
    return worst
