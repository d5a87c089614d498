"""Whether a project and its parcels are eligible: each rule yes, no or not known, and why."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from math import isclose
from typing import Any, Literal, TypeAlias

from data_catalog.methodologies import Methodology, Rule
from data_catalog.methodologies.facts import facts
from data_catalog.standards.registry import Known
from data_catalog.text import Text
from sinks.credits.project_facts import Facts

__all__ = ["ANSWERS", "Answer", "Check", "check", "excluded", "requirement",
           "unanswered"]  # fmt: skip

Answer: TypeAlias = Literal["yes", "no", "not known"]
ANSWERS: dict[Answer, Text] = {
    "yes": Text("符合", "yes"),
    "no": Text("不符合", "no"),
    "not known": Text("未知", "not known"),
}
UNITS = {"1": ("", ""), "year": ("年", "years"), "1/ha": ("个/ha", "per ha")}
"""Units as a sentence has them."""
ASKED: dict[str, Text] = {
    "at_least": Text("不小于 {}", "at least {}"),
    "at_most": Text("不大于 {}", "at most {}"),
    "below": Text("小于 {}", "below {}"),
    "is": Text("{}", "{}"),
    "one_of": Text("{} 之一", "one of {}"),
    "none_of": Text("不为 {}", "none of {}"),
    "by": Text("不晚于 {}", "{} or earlier"),
    "after": Text("晚于 {}", "later than {}"),
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """A rule, what it says of a set of parcels, and why; `status` is how the rule is known."""

    rule: str
    title: Text
    answer: Answer
    reason: Text
    parcels: tuple[str, ...]
    status: Known
    source: str


def check(methodology: Methodology, of: Facts, parcels: Iterable[str]) -> tuple[Check, ...]:
    """Return what each rule says: parcels with one and the same answer and reason together.

    A rule whose condition does not hold for a parcel says yes; one whose fact, condition or limit
    is missing says that it is not known, never yes.
    """
    found: list[Check] = []
    ids = list(parcels)
    for rule in methodology.eligibility:
        groups: dict[tuple[Answer, Text], list[str]] = {}
        for parcel in ids:
            groups.setdefault(_answer(rule, methodology, of, parcel), []).append(parcel)
        found += [
            Check(rule=rule.id, title=requirement(rule, methodology, of), answer=answer,
                  reason=reason, parcels=tuple(of_them), status=rule.status, source=rule.source)
            for (answer, reason), of_them in sorted(groups.items(), key=lambda g: g[1])
        ]  # fmt: skip
    return tuple(found)


def excluded(checks: Iterable[Check]) -> dict[str, tuple[Check, ...]]:
    """Return the parcels that fail a rule, with those rules."""
    failed: dict[str, tuple[Check, ...]] = {}
    for one in checks:
        for parcel in one.parcels if one.answer == "no" else ():
            failed[parcel] = (*failed.get(parcel, ()), one)
    return failed


def unanswered(checks: Iterable[Check], left_out: Container[str]) -> list[str]:
    """Return the rules that are not answered for a parcel that counts."""
    return sorted({
        c.rule for c in checks
        if c.answer == "not known" and any(p not in left_out for p in c.parcels)
    })  # fmt: skip


def requirement(rule: Rule, methodology: Methodology, of: Facts) -> Text:
    """Return what a rule asks for, in words."""
    fact = facts()[rule.fact]
    want = _wanted(rule, methodology, of)
    asked = ASKED[rule.test]
    told = _told(rule.fact, want)
    return Text(
        f"{fact.title.zh}：{asked.zh.format(told.zh)}{_when(rule).zh}",
        f"{fact.title.en}: {asked.en.format(told.en)}{_when(rule).en}",
    )


def _when(rule: Rule) -> Text:
    if rule.when is None:
        return Text("", "")
    title = facts()[rule.when.fact].title
    if rule.when.one_of:
        names = "、".join(rule.when.one_of), ", ".join(rule.when.one_of)
        return Text(f"（{title.zh}为 {names[0]} 时）", f" (where {title.en} is {names[1]})")
    if rule.when.by:
        return Text(f"（{title.zh}不晚于 {rule.when.by} 时）",
                    f" (where {title.en} is {rule.when.by} or earlier)")  # fmt: skip
    return Text(f"（{title.zh}晚于 {rule.when.after} 时）",
                f" (where {title.en} is later than {rule.when.after})")  # fmt: skip


def _answer(rule: Rule, of: Methodology, given: Facts, parcel: str) -> tuple[Answer, Text]:
    applies = _applies(rule, given, parcel)
    if applies is None and rule.when is not None:
        return "not known", _missing(rule.when.fact)
    if applies is False:
        return "yes", Text("此规则不适用", "the rule does not apply")
    value, want = given.of(parcel, rule.fact), _wanted(rule, of, given)
    if want is None:
        name = f"{rule.parameter}[{', '.join(x for x in (of.set, rule.key) if x)}]"
        return "not known", Text(f"限值未知：{name}", f"the limit is not known: {name}")
    if value is None:
        return "not known", _missing(rule.fact)
    told = _told(rule.fact, value)
    reason = Text(f"为 {told.zh}", f"it is {told.en}")
    return ("yes" if _holds(rule, value, want) else "no"), reason


def _missing(fact: str) -> Text:
    return Text(f"没有给出 {fact}（{facts()[fact].title.zh}）", f"{fact} is not given")


def _applies(rule: Rule, given: Facts, parcel: str) -> bool | None:
    when = rule.when
    if when is None:
        return True
    value = given.of(parcel, when.fact)
    if value is None:
        return None
    if when.one_of:
        return value in when.one_of
    return bool(value <= when.by) if when.by else bool(when.after and value > when.after)


def _wanted(rule: Rule, of: Methodology, given: Facts) -> Any:  # noqa: ANN401
    if not rule.parameter:
        return rule.want
    row = given.parameters.find(rule.parameter, of.set, rule.key)
    return None if row is None else row.in_units(facts()[rule.fact].units)


def _holds(rule: Rule, value: Any, want: Any) -> bool:  # noqa: ANN401
    equal = isinstance(want, float) and isclose(value, want)  # 0.0667 ha is 667 m2
    match rule.test:
        case "at_least":
            return equal or bool(value >= want)
        case "at_most" | "by":
            return equal or bool(value <= want)
        case "below":
            return bool(value < want) and not equal
        case "after":
            return bool(value > want)
        case "one_of" | "none_of":
            return (value in want) == (rule.test == "one_of")
        case "is":
            return bool(value == want)


def _told(fact: str, value: Any) -> Text:  # noqa: ANN401
    if value is None:
        return Text("（未知）", "(not known)")
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, (tuple, list)):
        return Text("、".join(value), ", ".join(value))
    if isinstance(value, date):
        return Text(f"{value}", f"{value}")
    if isinstance(value, (int, float)):
        zh, en = UNITS.get(units := facts()[fact].units, (units, units))
        return Text(f"{value:.6g} {zh}".strip(), f"{value:.6g} {en}".strip())
    return Text(str(value), str(value))
