"""What limits the loan, which of the limits binds, and how far the carbon covers it."""

from collections.abc import Iterable

from data_catalog.text import Text
from lending.valuation.gates import rejected
from lending.valuation.result import Bound, Gate, Words, money
from lending.valuation.worked import Worked

__all__ = ["bounds_of", "longest_term", "term_gate"]

MONTHS = 12
TITLES = {
    "max_ltv": Text("质押率上限×谨慎价值", "highest LTV of the lending value"),
    "max_loan": Text("单笔贷款上限", "highest single loan"),
    "max_share_of_appraisal": Text("估值的比例上限", "highest share of the value before haircuts"),
    "max_multiple_of_annual": Text("年收益的倍数上限", "highest multiple of the yearly income"),
    "title": Text("权属不予受理", "title is refused"),
    "gate": Text("合理性检验不通过", "a plausibility gate refuses"),
}


def bounds_of(of: Worked, gates: Iterable[Gate]) -> tuple[Bound, ...]:
    """Return every rule of the policy that limits the amount; the lowest binds.

    A refused title or a gate that rejects leaves nothing.
    """
    caps, facts = of.inputs.policy.caps, of.inputs.facts
    limits: dict[str, float] = {"max_ltv": of.lending_value * caps.max_ltv}
    if caps.max_loan is not None:
        limits["max_loan"] = float(caps.max_loan)
    if caps.max_share_of_appraisal is not None:
        limits["max_share_of_appraisal"] = max(0.0, of.value) * caps.max_share_of_appraisal
    if caps.max_multiple_of_annual is not None:
        limits["max_multiple_of_annual"] = of.yearly_income * caps.max_multiple_of_annual
    notes: dict[str, Words] = {}
    if any(one.kind == "title" and one.applied == 1 for one in of.haircuts):
        limits = {"title": 0.0} | limits
        notes["title"] = Words(zh=f"等级“{facts.title_grade}”", en=f"grade {facts.title_grade!r}")
    if refused := rejected(gates):
        limits = {"gate": 0.0} | limits
        notes["gate"] = refused.text
    least = min(limits, key=lambda rule: limits[rule])
    none = Words(zh="", en="")
    return tuple(
        Bound(rule=rule, title=Words.of(TITLES[rule]), limit=money(limit), binds=rule == least,
              note=notes.get(rule, none))
        for rule, limit in limits.items()
    )  # fmt: skip


def longest_term(of: Worked) -> float:
    """Return the longest term of a loan in years, by the policy and the end of crediting."""
    caps = of.inputs.policy.caps
    until = max(0.0, of.horizon.years - caps.months_before_tenure_end / MONTHS)
    return until if caps.max_term_years is None else min(until, caps.max_term_years)


def term_gate(of: Worked) -> Gate | None:
    """Say whether the loan ends in time; None where no term is asked for."""
    asked = of.inputs.facts.loan_term_years
    if asked is None:
        return None
    longest = longest_term(of)
    level = "ok" if asked <= longest else "flag"
    words = Words(
        zh=f"贷款期限 {asked:g} 年，最长 {longest:.2f} 年",
        en=f"the loan runs {asked:g} years; at most {longest:.2f} are allowed",
    )
    return Gate.model_validate({"id": "term", "level": level, "text": words, "value": longest})
