"""Checks of one claim's years, serials and sums: V1, what is needed to compare at all, S3, S4."""

from collections.abc import Iterator
from decimal import Decimal

from data_catalog.text import Text
from lending.conflicts.claim import Claim, Finding, number_key, party
from lending.conflicts.declared import missing_finding
from lending.conflicts.known import FUTURE, UNITS, KnownClaims, parcel_of, project_of
from lending.conflicts.rules import Rules
from lending.conflicts.sums import Taken, sums_by, taken_beside

__all__ = ["check_interval", "check_needed", "check_sums"]

INTERVAL, ISSUED, LOWER_BOUND = "V1", "S3", "S4"
NEEDED = {"serial": ("S1", "serials"), "tonnes": ("S1", "serials"), "ground": ("G3", "geometry"),
          "instrument": ("G3", "instrument")}  # fmt: skip


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
    given = {
        "serials": claim.serials,
        "geometry": claim.geometry,
        "instrument": number_key(claim.instrument),
    }
    if check in rules.checks and not given[fact]:
        yield missing_finding(party(claim), check, [fact], rules)


def check_sums(claims: KnownClaims, known: KnownClaims, rules: Rules) -> Iterator[Finding]:
    """Return where more is pledged, sold, retired or held back than was issued or is certain."""
    again = [known[known.place[c.claim_id]] for c in claims if c.claim_id in known.place]
    for check, right, limit, key in (
        (ISSUED, UNITS, "issued_tonnes", project_of),
        (LOWER_BOUND, FUTURE, "lower_bound_tonnes", parcel_of),
    ):
        if check in rules.checks:
            # a claim that is known already counts as it is given now
            sums = [(claims.sums[right], 1), (known.sums[right], 1), (sums_by(again, key), -1)]
            for claim in claims:
                if claim.right == right:
                    taken = taken_beside(claim, key(claim), sums, rules)
                    yield from _within(claim, taken, check, limit, rules)


def _within(claim: Claim, taken: Taken, check: str, limit: str, rules: Rules) -> Iterator[Finding]:
    bound = claim.facts.get(limit)
    absent = [name for name, value in ((limit, bound), ("tonnes", claim.tonnes)) if value is None]
    if check == ISSUED and not claim.project:
        absent.append("project")
    if absent or claim.tonnes is None:
        yield missing_finding(party(claim), check, absent, rules)
        return
    total, most = claim.tonnes + taken.tonnes, Decimal(str(bound))
    if total > most:
        title = rules.facts[limit].title
        what = Text(
            f"连同其他 {taken.claims:,} 项共 {total:,} t_CO2e，超过{title.zh} {most:,} t_CO2e。",
            f"{total:,} t_CO2e with {taken.claims:,} other claims, above {title.en}, "
            f"{most:,} t_CO2e.",
        )
        yield _finding(claim, check, what, rules, total - most)


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
