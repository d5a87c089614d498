"""Checks of what is declared from documents: the rows of declared_checks.csv.

A fact that is not declared is a finding of its own: what was not looked at has not passed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from data_catalog.text import Text
from data_catalog.units import conversion
from lending.conflicts.claim import Claim, ClaimError, Fact, Finding, Party, party
from lending.conflicts.rules import DeclaredCheck, Rules

__all__ = ["check_declared", "missing_finding"]

Known: TypeAlias = Fact | None
KINDS: dict[str, type | tuple[type, ...]] = {
    "yes_no": bool, "date": date, "number": (Decimal, int, float), "text": str, "names": tuple,
}  # fmt: skip
SHOWN_UNITS = {
    "mu_land": Text("亩", "mu"), "t_CO2e": Text("t_CO2e", "t_CO2e"), "day": Text("天", "days"),
    "t_CO2e/mu_land/year": Text("t_CO2e/亩/年", "t_CO2e/mu/year"), "CNY": Text("元", "CNY"),
    "CNY/t_CO2e": Text("元/t_CO2e", "CNY/t_CO2e"),
}  # fmt: skip


def check_declared(claim: Claim, area: float, rules: Rules, today: date) -> Iterator[Finding]:
    """Return what the declared facts of a claim breach, and which are missing.

    Parameters
    ----------
    area : float, m2
        Of the claim's geometry; NaN without one.

    Raises
    ------
    ClaimError
        If a fact is of another kind than its table says, or there is no such fact.
    """
    refuse_facts(claim, rules)
    asked = [row for row in rules.declared if not row.rights or claim.right in row.rights]
    if not asked:
        return
    mine = party(claim)
    facts = {**claim.facts, **_own(claim, area, today)}
    missing: dict[str, list[str]] = defaultdict(list)
    for row in asked:
        if row.past and (claim.vintage_from is None or claim.vintage_from >= today):
            continue
        absent = [
            n for n in (row.fact, row.against, row.margin) if n and facts.get(n) in {None, ""}
        ]
        if absent:
            missing[row.check] += [name for name in absent if name not in missing[row.check]]
        elif not RELATIONS[row.relation](row, facts, rules):
            yield _finding(mine, row.check, _words(row, facts, rules), rules)
    for check, names in missing.items():
        yield missing_finding(mine, check, names, rules)


def missing_finding(claim: Party, check: str, names: Sequence[str], rules: Rules) -> Finding:
    """Return the finding that a check could not be made for want of facts."""
    what = _undeclared(tuple(rules.facts[name].title for name in names))
    return _finding(claim, check, what, rules, tuple(names))


@cache
def _undeclared(titles: tuple[Text, ...]) -> Text:
    return Text(
        f"未声明，不算通过：{'、'.join(t.zh for t in titles)}。",
        f"not declared, and so not passed: {'; '.join(t.en for t in titles)}.",
    )


def refuse_facts(claim: Claim, rules: Rules) -> None:
    """Refuse facts that are not in the table, or of another kind than it says."""
    for name, value in claim.facts.items():
        fact = rules.facts.get(name)
        if fact is None or fact.kind == "own":
            problem = Text(
                f"没有名为“{name}”的声明事实。", f"there is no fact named {name!r} to declare."
            )
            raise ClaimError(where=claim.claim_id, problem=problem)
        if not isinstance(value, KINDS[fact.kind]) or (
            fact.kind == "number" and not _finite(value)
        ):
            problem = Text(
                f"“{fact.title.zh}”（{name}）为 {value!r}，须为{KIND_NAMES[fact.kind].zh}。",
                f"{fact.title.en} ({name}) is {value!r}; {KIND_NAMES[fact.kind].en} is needed.",
            )
            raise ClaimError(where=claim.claim_id, problem=problem)


KIND_NAMES = {
    "yes_no": Text("是或否", "yes or no"),
    "date": Text("日期（2026-01-31）", "a date (2026-01-31)"),
    "number": Text("数字", "a number"),
    "text": Text("文字", "text"),
    "names": Text("编号的列表", "a list of ids"),
}


def _finite(value: object) -> bool:
    return not isinstance(value, bool) and Decimal(str(value)).is_finite()


def _own(claim: Claim, area: float, today: date) -> dict[str, Known]:
    """Return what a claim's own fields say, under the names of the table."""
    mu = Decimal(str(area * conversion("m2", "mu_land")[0])) if area > 0 else None
    days = None
    if claim.vintage_from and claim.vintage_to and claim.vintage_to > claim.vintage_from:
        days = (claim.vintage_to - claim.vintage_from).days
    uptake = None
    if claim.tonnes is not None and mu and days:
        uptake = claim.tonnes / mu / Decimal(str(days * conversion("day", "year")[0]))
    loan = claim.facts.get("loan_amount")
    loan_per_tonne = None
    if claim.tonnes and isinstance(loan, Decimal | int | float):
        loan_per_tonne = Decimal(str(loan)) / claim.tonnes
    return {
        "area": mu, "tonnes": claim.tonnes, "uptake": uptake, "loan_per_tonne": loan_per_tonne,
        "vintage_to": claim.vintage_to, "today": today,
    }  # fmt: skip


Facts: TypeAlias = Mapping[str, Known]


def _number(facts: Facts, name: str) -> Decimal:
    return Decimal(str(facts[name]))


def _not_before(row: DeclaredCheck, facts: Facts, rules: Rules) -> bool:  # noqa: ARG001
    end, least = facts[row.fact], facts[row.against]
    margin = timedelta(days=float(_number(facts, row.margin))) if row.margin else timedelta()
    return isinstance(end, date) and isinstance(least, date) and end >= least + margin


def _near(row: DeclaredCheck, facts: Facts, rules: Rules) -> bool:
    certified = _number(facts, row.against)
    tolerance = Decimal(str(rules.thresholds["area_tolerance"].value))
    return abs(_number(facts, row.fact) - certified) <= tolerance * certified


RELATIONS: dict[str, Callable[[DeclaredCheck, Facts, Rules], bool]] = {
    "yes": lambda row, facts, _: facts[row.fact] is True,
    "no": lambda row, facts, _: facts[row.fact] is False,
    "given": lambda row, facts, _: facts[row.fact] is not None,
    "not_before": _not_before,
    "at_least": lambda row, facts, _: _number(facts, row.fact) >= _number(facts, row.against),
    "at_most": lambda row, facts, _: _number(facts, row.fact) <= _number(facts, row.against),
    "near": _near,
    "differs": lambda row, facts, _: facts[row.fact] != facts[row.against],
}
WORDS = {
    "yes": Text("{fact}：声明为否。", "{fact}: declared as no."),
    "no": Text("{fact}：声明为是。", "{fact}: declared as yes."),
    "not_before": Text(
        "{fact}为 {value}，早于{against}（{wanted}）{margin}。",
        "{fact} is {value}, before {against} ({wanted}){margin}.",
    ),
    "at_least": Text(
        "{fact}为 {value}，低于{against}（{wanted}）。",
        "{fact}: {value}, below {against} ({wanted}).",
    ),
    "at_most": Text(
        "{fact}为 {value}，高于{against}（{wanted}）。",
        "{fact}: {value}, above {against} ({wanted}).",
    ),
    "near": Text(
        "{fact}为 {value}，与{against}（{wanted}）相差超过容差。",
        "{fact}: {value}, further from {against} ({wanted}) than the tolerance.",
    ),
    "differs": Text("{fact}与{against}同为 {value}。", "{fact} and {against} are both {value}."),
}


def _words(row: DeclaredCheck, facts: Facts, rules: Rules) -> Text:
    def filled(language: str) -> str:
        def shown(name: str) -> str:
            value, units = facts[name], SHOWN_UNITS.get(rules.facts[name].units)
            text = f"{value:,.4g}" if isinstance(value, float) else str(value)
            if isinstance(value, Decimal):
                text = f"{value.quantize(CENT):,}"
            return text + (f" {units['zh' if language == 'zh' else 'en']}" if units else "")

        def title(name: str) -> str:
            words = rules.facts[name].title
            return words.zh if language == "zh" else words.en

        template = WORDS[row.relation].zh if language == "zh" else WORDS[row.relation].en
        margin = ""
        if row.margin:
            plus = "加" if language == "zh" else " plus "
            margin = (
                f"{plus}{title(row.margin)}（{shown(row.margin)}）"
                if language == "zh"
                else (f"{plus}{title(row.margin)} ({shown(row.margin)})")
            )
        return template.format(
            fact=title(row.fact),
            value=shown(row.fact),
            against=title(row.against) if row.against else "",
            wanted=shown(row.against) if row.against else "",
            margin=margin,
        )

    return Text(filled("zh"), filled("en"))


CENT = Decimal("0.01")


def _finding(
    claim: Party, check: str, what: Text, rules: Rules, missing: tuple[str, ...] = ()
) -> Finding:
    found = rules.checks[check]
    return Finding(
        check=check,
        level=found.level,
        claim=claim,
        missing=missing,
        what=what,
        rule=found.rule,
        source=found.source,
    )
