"""Checks of one claim's years, serials and sums: V1, what is needed to compare at all, S3, S4."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from data_catalog.text import Text
from lending.conflicts.claim import Claim, Finding, party
from lending.conflicts.declared import missing_finding
from lending.conflicts.known import KnownClaims, project_of
from lending.conflicts.pairs import years_in_common
from lending.conflicts.rules import Rules

__all__ = ["check_interval", "check_needed", "check_sums"]

INTERVAL, ISSUED, LOWER_BOUND = "V1", "S3", "S4"
NEEDED = {"serial": ("S1", "serials"), "tonnes": ("S1", "serials"), "ground": ("G3", "geometry"),
          "instrument": ("G3", "instrument")}  # fmt: skip
FUTURE, UNITS = "CARB_F", "CARB_I"
GRAM = Decimal("0.001")


def check_interval(claim: Claim, rules: Rules) -> Iterator[Finding]:
    """Return a finding where the years are no half-open interval with both ends."""
    if INTERVAL not in rules.checks:
        return
    start, end = claim.vintage_from, claim.vintage_to
    if start is None or end is None:
        what = Text("年份区间没有起或止。", "the interval of years has an open end.")
    elif start >= end:
        what = Text(
            f"年份区间 [{start}, {end}) 为空：起不早于止。",
            f"the interval [{start}, {end}) is empty: it does not begin before it ends.",
        )
    else:
        return
    yield _finding(claim, INTERVAL, what, rules)


def check_needed(claim: Claim, rules: Rules) -> Iterator[Finding]:
    """Return a finding where a right is claimed without that by which its pairs are found."""
    check, fact = NEEDED[rules.pair(claim.right, claim.right).meets]
    given = {"serials": claim.serials, "geometry": claim.geometry, "instrument": claim.instrument}
    if check in rules.checks and not given[fact]:
        yield missing_finding(claim, check, [fact], rules)


def check_sums(
    claim: Claim, new: KnownClaims, known: KnownClaims, rules: Rules
) -> Iterator[Finding]:
    """Return where more is pledged, sold, retired or held back than was issued or is certain.

    Claims of other years count with the share of their days that lie in this claim's.
    """
    if claim.right == UNITS and ISSUED in rules.checks:
        key = project_of(claim)
        mine, theirs = new.of_project.get(key, []), known.of_project.get(key, [])
        others = _others(claim, [new[p] for p in mine], [known[p] for p in theirs], rules)
        yield from _within(claim, others, ISSUED, "issued_tonnes", rules)
    if claim.right == FUTURE and LOWER_BOUND in rules.checks:
        mine, theirs = (c.of_parcel.get(claim.parcel_id, []) for c in (new, known))
        others = _others(claim, [new[p] for p in mine], [known[p] for p in theirs], rules)
        yield from _within(claim, others, LOWER_BOUND, "lower_bound_tonnes", rules)


def _others(
    claim: Claim, mine: Sequence[Claim], theirs: Sequence[Claim], rules: Rules
) -> list[Claim]:
    """Return the other claims on tonnes of the same kind that are not free again."""
    ids = {c.claim_id for c in mine} | {claim.claim_id}
    found = [c for c in mine if c.claim_id != claim.claim_id]
    found += [c for c in theirs if c.claim_id not in ids]
    return [c for c in found if c.right == claim.right and rules.states[c.state].counts]


def _within(
    claim: Claim, others: Sequence[Claim], check: str, limit: str, rules: Rules
) -> Iterator[Finding]:
    bound = claim.facts.get(limit)
    absent = [name for name, value in ((limit, bound), ("tonnes", claim.tonnes)) if value is None]
    if check == ISSUED and not claim.project:
        absent.append("project")
    if absent or claim.tonnes is None:
        yield missing_finding(claim, check, absent, rules)
        return
    parts = [_part(claim, other) for other in others]
    total = claim.tonnes + sum(parts, Decimal(0))
    most = Decimal(str(bound))
    if total > most:
        title = rules.facts[limit].title
        counted = [c.claim_id for c, part in zip(others, parts, strict=True) if part]
        zh = f"，连同 {'、'.join(counted)}" if counted else ""
        en = f" together with {', '.join(counted)}" if counted else ""
        what = Text(
            f"共 {total:,} t_CO2e{zh}，超过{title.zh} {most:,} t_CO2e。",
            f"{total:,} t_CO2e{en}, above {title.en}, {most:,} t_CO2e.",
        )
        yield _finding(claim, check, what, rules, total - most)


def _part(claim: Claim, other: Claim) -> Decimal:
    start, end = years_in_common(claim, other)
    if other.tonnes is None or start is None or end is None or start >= end:
        return Decimal(0)
    days = _days(other.vintage_from, other.vintage_to)
    share = Decimal((end - start).days) / days if days else Decimal(1)
    return (other.tonnes * share).quantize(GRAM)


def _days(start: date | None, end: date | None) -> int:
    return (end - start).days if start is not None and end is not None else 0


def _finding(
    claim: Claim, check: str, what: Text, rules: Rules, tonnes: Decimal | None = None
) -> Finding:
    found = rules.checks[check]
    return Finding(
        check=check,
        level=found.level,
        claim=party(claim),
        vintage_from=claim.vintage_from,
        vintage_to=claim.vintage_to,
        tonnes=tonnes,
        what=what,
        rule=found.rule,
        source=found.source,
    )
