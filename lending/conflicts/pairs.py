"""Two claims beside each other: what they have in common, and what the matrix says of it.

conflict(x, y) = active(x) & active(y) & area(ground of x and y) > sliver
               & years meet & incompatible(right of x, right of y) & not one family

Years of land and trees meet always: two loans with terms apart would have the same trees.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.units import conversion
from lending.conflicts.claim import Claim, Finding, Level, party
from lending.conflicts.ground import Flags, in_crs, overlaps
from lending.conflicts.known import KnownClaims, Pairs
from lending.conflicts.priority import first_of
from lending.conflicts.rules import LEVELS, PairRule, Rules

__all__ = ["between", "refuse_unknown", "years_in_common"]

SAID_OF = {"carbon_split": "GEPR"}
"""The right that such a fact is about: who has another one cannot declare it."""
SLIVER = "G4"
SERIALS = "S1"
PROJECT = "G6"
GRAM = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a pair has in common on the ground."""

    area: float
    share_of_one: float
    share_of_other: float
    sliver: bool


def between(
    new: KnownClaims, known: KnownClaims, rules: Rules, *, within: bool = False
) -> Iterator[Finding]:
    """Return what new claims and known ones have against each other.

    Parameters
    ----------
    within : bool
        `known` is `new`: each pair is looked at once, and neither side is merely reserved.

    Raises
    ------
    UnknownNameError
        If a right or a state has no row.
    """
    refuse_unknown(new, rules)
    refuse_unknown(known, rules)
    applied = _Applied(new, known, rules, within=within)
    near = known.near(in_crs(new.claims, known.crs))
    for one, other, rule, ground in _on_ground(new, known, applied, near, rules):
        yield from _finding(new[one], known[other], rule, rules, ground=ground, within=within)
    for one, other, count in known.with_serials(new):
        found = applied.of(one, other)
        if found is not None and found.meets in {"tonnes", "serial"}:
            yield from _finding(new[one], known[other], found, rules, serials=count, within=within)
    for one, other in known.with_instrument(new):
        found = applied.of(one, other)
        if (
            found is not None
            and found.meets == "instrument"
            and _years_meet(new, known, one, other)
        ):
            yield from _finding(new[one], known[other], found, rules, within=within)


def years_in_common(one: Claim, other: Claim) -> tuple[date | None, date | None]:
    """Return the half-open interval two claims share; None is an open end."""
    starts = [c.vintage_from for c in (one, other) if c.vintage_from is not None]
    ends = [c.vintage_to for c in (one, other) if c.vintage_to is not None]
    return max(starts, default=None), min(ends, default=None)


class _Applied:
    """Which rule holds for two claims, by their rights and states; the few kinds are asked once."""

    def __init__(self, new: KnownClaims, known: KnownClaims, rules: Rules, *, within: bool) -> None:
        self.new, self.known, self.within = new, known, within
        self.table = [[_rule_for(one, other, rules) for other in known.kinds] for one in new.kinds]

    def of(self, one: int, other: int) -> PairRule | None:
        """Return the rule for two claims; None where they are compatible or of one family."""
        mine, theirs = self.new[one], self.known[other]
        if mine.claim_id == theirs.claim_id or (self.within and one >= other):
            return None
        if mine.family and mine.family == theirs.family:
            return None
        return self.table[int(self.new.kind[one])][int(self.known.kind[other])]

    def kept(self, pairs: Pairs) -> Flags:
        """Return which pairs have a rule at all."""
        one, other = pairs
        new, known = self.new, self.known
        kept = self.by_kind(lambda rule: rule is not None)[new.kind[one], known.kind[other]]
        kept &= new.ids[one] != known.ids[other]
        kept &= (new.families[one] == "") | (new.families[one] != known.families[other])
        if self.within:
            kept &= one < other
        return kept

    def by_kind(self, test: Callable[[PairRule | None], bool]) -> Flags:
        """Return, by kind of the new and of the known claim, whether their rule is such a one."""
        found = np.array([[test(rule) for rule in row] for row in self.table], dtype=np.bool_)
        return found.reshape(len(self.new.kinds), len(self.known.kinds))


def refuse_unknown(claims: KnownClaims, rules: Rules) -> None:
    """Refuse rights and states that have no row.

    Raises
    ------
    UnknownNameError
        Names the first claim, and the nearest right or state that there is.
    """
    for right, state in claims.kinds:
        for column, name, names in (("right", right, rules.rights), ("state", state, rules.states)):
            if name not in names:
                where = next(c.claim_id for c in claims if name in {c.right, c.state})
                kind = KINDS[column]
                raise UnknownNameError(
                    where=where, name=name, kind=kind, hint=suggestion(name, names)
                )


KINDS = {"right": Text("权利", "right"), "state": Text("状态", "state of a claim")}


def _rule_for(one: tuple[str, str], other: tuple[str, str], rules: Rules) -> PairRule | None:
    (right, state), (other_right, other_state) = one, other
    mine, theirs = rules.states[state], rules.states[other_state]
    if "no" in {mine.bars, theirs.bars} or (mine.rule and theirs.rule):
        return None
    if theirs.rule:
        return theirs.rule if right in theirs.rights else None
    if mine.rule:
        return mine.rule if other_right in mine.rights else None
    rule = rules.pair(right, other_right)
    return None if rules.verdicts[rule.verdict].level is None else rule


def _on_ground(
    new: KnownClaims, known: KnownClaims, applied: _Applied, near: Pairs, rules: Rules
) -> Iterator[tuple[int, int, PairRule, _Ground]]:
    one, other = near
    kinds = new.kind[one], known.kind[other]
    own = applied.by_kind(lambda rule: rule is not None and rule.check == PROJECT)[kinds]
    by_ground = applied.by_kind(lambda rule: rule is not None and rule.meets == "ground")[kinds]
    by_tonnes = applied.by_kind(lambda rule: rule is not None and rule.meets == "tonnes")[kinds]
    same_project = (new.projects[one] != "") & (new.projects[one] == known.projects[other])
    by_serial = same_project & new.numbered[one] & known.numbered[other]
    # a registered project does not bar its own tonnes
    kept = applied.kept(near) & ~(own & same_project) & (by_ground | (by_tonnes & ~by_serial))
    meet = (new.starts[one] < known.ends[other]) & (known.starts[other] < new.ends[one])
    kept &= meet | (_standing(new, rules)[one] & _standing(known, rules)[other])
    one, other = one[kept], other[kept]
    shapes = in_crs(new.claims, known.crs)
    common = overlaps(shapes[one], known.shapes[other], known.crs, rules)
    for place in np.flatnonzero(common.area > 0):
        first, second = int(one[place]), int(other[place])
        rule = applied.table[new.kind[first]][known.kind[second]]
        if rule is not None:
            yield (
                first,
                second,
                rule,
                _Ground(
                    float(common.area[place]),
                    float(common.share_of_one[place]),
                    float(common.share_of_other[place]),
                    bool(common.sliver[place]),
                ),
            )


def _standing(claims: KnownClaims, rules: Rules) -> Flags:
    """Return which claims are over land or trees: whoever has these has them until a release."""
    by_kind = [rules.rights[right].standing for right, _ in claims.kinds]
    return np.array(by_kind, dtype=np.bool_)[claims.kind]


def _years_meet(new: KnownClaims, known: KnownClaims, one: int, other: int) -> bool:
    return bool(new.starts[one] < known.ends[other] and known.starts[other] < new.ends[one])


def _finding(
    one: Claim, other: Claim, rule: PairRule, rules: Rules, *,
    within: bool, ground: _Ground | None = None, serials: int | None = None,
) -> Iterator[Finding]:  # fmt: skip
    mine, theirs = party(one), party(other)
    first = first_of(mine, theirs)
    if within and (first or min(one.claim_id, other.claim_id)) == one.claim_id:
        # of two new ones the later is asked about, whatever their order in the file
        turned = ground and _Ground(
            ground.area, ground.share_of_other, ground.share_of_one, ground.sliver
        )
        one, other, mine, theirs, ground = other, one, theirs, mine, turned
    sliver = ground is not None and ground.sliver
    check = SLIVER if sliver else rule.check
    if serials is not None and not (rules.states[one.state].rule or rules.states[other.state].rule):
        check = SERIALS
    if check not in rules.checks:
        return
    lifted = _lifted(one, other, rule)
    level = _level(rule, rules, check, lifted=lifted)
    if not within and rules.states[other.state].bars == "told":
        level = max(level, "FLAG", key=LEVELS.index)
    start, end = years_in_common(one, other)
    if start is not None and end is not None and start >= end:  # by serials, or land or trees
        start = end = None
    years = (
        None if start is None or end is None else (end - start).days * conversion("day", "year")[0]
    )
    if serials is not None and years is None:
        start = end = None
    tonnes = Decimal(serials) if serials is not None else _tonnes(one, other, ground)
    yield Finding(
        check=check,
        level=level,
        claim=mine,
        other=theirs,
        area_m2=None if ground is None else ground.area,
        vintage_from=start,
        vintage_to=end,
        years=years,
        tonnes=tonnes,
        first=first,
        what=_words(other, rules, rule, ground, serials, lifted=lifted),
        rule=rules.checks[check].rule if sliver or check == SERIALS else rule.rule,
        source=rules.checks[check].source if sliver or check == SERIALS else rule.source,
    )


def _level(rule: PairRule, rules: Rules, check: str, *, lifted: bool) -> Level:
    verdict = rules.verdicts[rule.verdict]
    if check == SLIVER:
        return rules.checks[check].level
    return (verdict.lifted_level if lifted else verdict.level) or rules.checks[check].level


def _lifted(one: Claim, other: Claim, rule: PairRule) -> bool:
    """Return whether either side declares what lifts the rule: yes, or the other's id."""
    for claim, against in ((one, other), (other, one)):
        if SAID_OF.get(rule.lifted_by, claim.right) != claim.right:
            continue
        fact = claim.facts.get(rule.lifted_by) if rule.lifted_by else None
        if fact is True or (isinstance(fact, tuple) and against.claim_id in fact):
            return True
    return False


def _tonnes(one: Claim, other: Claim, ground: _Ground | None) -> Decimal | None:
    """Return the smaller of the two parts of the tonnes, by share of the area and of the days."""
    if ground is None:
        return None
    start, end = years_in_common(one, other)
    if start is not None and end is not None and start >= end:
        return None
    parts = []
    for claim, share in ((one, ground.share_of_one), (other, ground.share_of_other)):
        whole = claim.tonnes
        if whole is None or None in (start, end, claim.vintage_from, claim.vintage_to):
            continue
        days = (claim.vintage_to - claim.vintage_from).days  # type: ignore[operator]
        if days > 0:
            part = share * (end - start).days / days  # type: ignore[operator]
            parts.append((whole * Decimal(min(part, 1))).quantize(GRAM))
    return min(parts, default=None)


def _words(
    other: Claim, rules: Rules, rule: PairRule, ground: _Ground | None, serials: int | None, *,
    lifted: bool,
) -> Text:  # fmt: skip
    right, state = rules.rights[other.right].title, rules.states[other.state].title
    verdict = rules.verdicts[rule.verdict].title
    who = Text(
        f"{other.claim_id}（{'，'.join(filter(None, (other.holder, right.zh, state.zh)))}）",
        f"{other.claim_id} ({'; '.join(filter(None, (other.holder, right.en, state.en)))})",
    )
    if serials is not None:
        shared = Text(
            f"与 {who.zh} 有 {serials:,} 个相同的序列号",
            f"shares {serials:,} serials with {who.en}",
        )
    elif ground is None:
        shared = Text(
            f"与 {who.zh} 同为 {other.instrument}", f"has number {other.instrument} as {who.en} has"
        )
    elif ground.sliver:
        shared = Text(f"与 {who.zh} 的重叠只是细条", f"overlaps {who.en} by a sliver")
    else:
        share = max(ground.share_of_one, ground.share_of_other)
        shared = Text(
            f"与 {who.zh} 重叠，占较小地块的 {share:.1%}",
            f"overlaps {who.en} by {share:.1%} of the smaller parcel",
        )
    agreed = Text("，已声明同意或剔除", ", declared as agreed or split off") if lifted else NOTHING
    return Text(f"{shared.zh}：{verdict.zh}{agreed.zh}。", f"{shared.en}: {verdict.en}{agreed.en}.")


NOTHING = Text("", "")
