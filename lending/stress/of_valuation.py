"""Stress of a valuation: its own inputs changed, and its own numbers worked out anew."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.income_cover import Receipt
from lending.loans.ladder import Ladder
from lending.loans.money import CENT, LOAN, money_problem
from lending.loans.schedule import Schedule
from lending.stress.scenarios import Shock, check_names, combined, find_scenario, scenarios
from lending.stress.table import Case, Outcome, Worth, stress_table
from lending.valuation.result import Inputs, Valuation, money, recompute
from lending.valuation.timing import day_at
from lending.valuation.tonnes import clipped
from lending.valuation.worked import Worked, stressed, worked

__all__ = ["carbon_receipts", "cases_of", "combined_names", "open_cases", "read_valuation",
           "revalued", "shaken", "stress"]  # fmt: skip

TOGETHER = "+"
RECEIPT = "receipt"


def read_valuation(path: Path) -> Valuation:
    """Return a valuation file, worked out anew from its inputs.

    Raises
    ------
    GepError
        If there is no such file, or it is no valuation file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = Text(
            "无法读取；应为 gep value 写出的估值文件。",
            "cannot be read; give a valuation file, as `gep value` writes it.",
        )
        raise LoanError(where=path.name, problem=problem) from error
    return recompute(text)


def shaken(inputs: Inputs, shock: Shock) -> Inputs:
    """Return the inputs of a valuation after a shock.

    An area that is lost takes the tonnes to come. Tonnes that were monitored or issued stay: a
    reversal of those is what the buffer is for.
    """
    changed = stressed(
        inputs, price=float(shock.price_factor), tonnes=float(shock.area_factor),
        lag_months=shock.lag_months,
        rate=inputs.policy.discount.yearly() + float(shock.rate_added),
    )  # fmt: skip
    vintages = tuple(
        after if before.kind == "ex_ante" else before
        for before, after in zip(inputs.vintages, changed.vintages, strict=True)
    )
    # by what is left of the rows here: those that stay keep what is withdrawn of them whole
    facts = changed.facts.model_copy(update={"withdrawn": clipped(inputs.facts, vintages)})
    return changed.model_copy(update={"facts": facts, "vintages": vintages})


def revalued(inputs: Inputs) -> Worth:
    """Return what a valuation's inputs are worth, CNY to the cent."""
    found = worked(inputs)
    return Worth(money(found.value), money(found.lending_value), carbon_receipts(found))


def carbon_receipts(of: Worked) -> tuple[Receipt, ...]:
    """Return what carbon brings and costs by day, CNY to the cent: costs are negative.

    What a gate refuses brings nothing that a loan could be paid from; its costs stay.
    """
    start, count = of.inputs.facts.base_date, of.inputs.policy.discount.day_count
    return tuple(
        Receipt(day_at(start, float(years), count), money(amount))
        for flow in of.flows
        if flow.kind != RECEIPT or not of.refused
        for years, amount in zip(flow.years, flow.amount, strict=True)
    )


def open_cases(
    losses: Mapping[str, Decimal], shares: Mapping[str, Decimal]
) -> tuple[list[str], dict[str, LoanError]]:
    """Return the scenarios that can be worked out, and what the others lack."""
    lacking = {name: one.lacks(losses, shares) for name, one in scenarios().items()}
    ready = [name for name, error in lacking.items() if error is None]
    return ready, {name: error for name, error in lacking.items() if error}


def combined_names(names: Sequence[str]) -> list[str]:
    """Return scenarios, every two of them together, and all of them together."""
    pairs = [TOGETHER.join(pair) for pair in combinations(names, 2)]
    return list(dict.fromkeys([*names, *pairs, TOGETHER.join(names)]))


def cases_of(
    names: Iterable[str], losses: Mapping[str, Decimal], shares: Mapping[str, Decimal]
) -> list[Case]:
    """Return scenarios, or several joined by a plus: `price-2025+area-25`.

    Raises
    ------
    GepError
        If a scenario or a share is of an unknown name, or a scenario lacks a share.
    """
    check_names(losses, shares)
    found = []
    for name in names:
        parts = [find_scenario(one) for one in name.split(TOGETHER)]
        title = Text(" ＋ ".join(p.title.zh for p in parts), " + ".join(p.title.en for p in parts))
        found.append(Case(name, title, combined(p.resolved(losses, shares) for p in parts)))
    return found


def stress(
    valuation: Valuation, loan: Decimal, cases: Iterable[Case], of: Schedule | None = None
) -> list[Outcome]:
    """Return the table of a loan on a valuation, by the ladder of the policy in it.

    Parameters
    ----------
    loan : Decimal, CNY
        Secured principal.
    of : Schedule, optional
        Of the loan, for the debt service cover of each case.

    Raises
    ------
    LoanError
        If the loan is no amount of money.
    """
    name = Text("贷款金额", "the amount")
    if problem := money_problem(name, loan, least=CENT, where=LOAN):
        raise problem
    inputs = valuation.inputs
    return stress_table(
        inputs, cases, loan, shaken=shaken, revalue=revalued, ladder=Ladder.of(inputs.policy),
        of=of,
    )  # fmt: skip
