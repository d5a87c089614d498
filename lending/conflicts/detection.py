"""All checks of new claims, against a register and among themselves."""

from collections.abc import Iterator, Sequence
from datetime import date

from data_catalog.text import Text
from lending.conflicts.claim import Claim, Finding
from lending.conflicts.declared import check_declared
from lending.conflicts.ground import areas
from lending.conflicts.known import KnownClaims
from lending.conflicts.land import Land, check_land, without_what_maps_say
from lending.conflicts.pairs import between, refuse_unknown
from lending.conflicts.priority import same_second
from lending.conflicts.rules import LEVELS, Rules
from lending.conflicts.single import check_interval, check_needed, check_sums

__all__ = ["find_conflicts"]

PRIORITY = "P2"
NO_MAP = Land()


def find_conflicts(
    new: Sequence[Claim], known: Sequence[Claim], rules: Rules, today: date, land: Land = NO_MAP
) -> list[Finding]:
    """Return what speaks against new claims, worst first.

    Parameters
    ----------
    new : sequence of Claim
        Compared with `known` and with each other; their order changes nothing.
    known : sequence of Claim
        The register. Give a `KnownClaims` where many calls follow. A claim of `new` that is known
        by its id is that claim again, and is not held against itself.
    rules : Rules
        `bundled_rules()`, or those with another matrix or fewer checks.
    today : date
        Day of the check.
    land : Land, optional
        Maps for check G2; without one of them its fact must be declared.

    Returns
    -------
    list of Finding
        BLOCK, FLAG, INFO; then by check and ids. Empty only if every check was made and passed.

    Raises
    ------
    ClaimError, UnknownNameError, Problems
        If a claim cannot be compared as it is given.
    """
    asked = new if isinstance(new, KnownClaims) else KnownClaims(new)
    register = known if isinstance(known, KnownClaims) else KnownClaims(known)
    refuse_unknown(asked, rules)
    found = [*check_land(asked, land, rules)]
    found += _alone(asked, register, without_what_maps_say(rules, land), today)
    for finding in (*between(asked, asked, rules, within=True), *between(asked, register, rules)):
        found.append(finding)
        if finding.other and PRIORITY in rules.checks and same_second(finding.claim, finding.other):
            found.append(_by_number(finding, rules))
    order = {check: place for place, check in enumerate(rules.checks)}
    return sorted(found, key=lambda f: (
        LEVELS.index(f.level), order[f.check], f.claim.claim_id,
        f.other.claim_id if f.other else "",
    ))  # fmt: skip


def _alone(
    asked: KnownClaims, register: KnownClaims, rules: Rules, today: date
) -> Iterator[Finding]:
    yield from check_sums(asked, register, rules)
    sizes = areas(asked.shapes, asked.crs)
    for place, claim in enumerate(asked):
        yield from check_interval(claim, rules)
        yield from check_needed(claim, rules)
        yield from check_declared(claim, float(sizes[place]), rules, today)


def _by_number(finding: Finding, rules: Rules) -> Finding:
    check = rules.checks[PRIORITY]
    if finding.first:
        what = Text(
            f"登记于同一秒，按登记编号，{finding.first} 在先。",
            f"registered in the same second; by number {finding.first} is first.",
        )
    else:
        what = Text(
            "登记于同一秒，且登记编号缺失或相同，先后无法判断。",
            "registered in the same second, and the numbers are missing or alike: who was first "
            "cannot be told.",
        )
    return Finding(
        check=check.id,
        level=check.level,
        claim=finding.claim,
        other=finding.other,
        first=finding.first,
        what=what,
        rule=check.rule,
        source=check.source,
    )
