"""The contract of an index insurance as a TOML file, and the table of what it would have paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from data_catalog.errors import GepError, TableError, raise_all
from data_catalog.text import Language, Text, in_language
from data_catalog.toml_files import read_checked
from lending.loans.csv_rows import csv_rows, finite_number
from lending.loans.money import NOTHING
from lending.stress.index_insurance import (
    BasisRisk,
    IndexPolicy,
    PayoutStep,
    basis_risk,
    index_loss,
)

__all__ = ["Insurance", "PastCase", "example_insurance", "missed", "past_cases", "read_insurance"]

Name: TypeAlias = Annotated[str, Field(min_length=1)]
COLUMNS = ("case", "index", "loss")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class GivenStep(_Section):
    """From this index on, this share of the sum insured."""

    index: Decimal
    share: Decimal


class GivenPolicy(_Section):
    """The contract; see `lending.stress.index_insurance.IndexPolicy`."""

    insurer: Name
    index: Name
    """What is measured, with its unit."""
    sum_insured: Decimal
    limit: Decimal
    deductible: Decimal = NOTHING
    perils: tuple[str, ...]
    tonnes: Decimal
    valid_from: date
    valid_to: date
    """[from, to)."""
    loss_payee: str = ""
    steps: tuple[GivenStep, ...]
    source: Name


class Pledged(_Section):
    """What the pledge needs to be covered."""

    tonnes: Annotated[Decimal, Field(ge=0)]
    perils: tuple[str, ...]
    start: date
    end: date
    """Of the loan, [start, end)."""
    payee: Name
    """The bank."""


class Insurance(_Section):
    """All of it."""

    insurance: GivenPolicy
    pledged: Pledged | None = None

    def policy(self) -> IndexPolicy:
        """Return the contract.

        Raises
        ------
        LoanError or Problems
            If it cannot pay as it is.
        """
        own = self.insurance
        return IndexPolicy(
            sum_insured=own.sum_insured, limit=own.limit, deductible=own.deductible,
            steps=tuple(PayoutStep(one.index, one.share) for one in own.steps),
            perils=frozenset(own.perils), tonnes=own.tonnes, valid_from=own.valid_from,
            valid_to=own.valid_to, loss_payee=own.loss_payee,
        )  # fmt: skip

    def gaps(self) -> tuple[Text, ...]:
        """Return in words what the pledge needs and the contract does not cover."""
        need = self.pledged
        if need is None:
            return ()
        return tuple(self.policy().gaps(
            tonnes=need.tonnes, perils=need.perils, start=need.start, end=need.end,
            payee=need.payee,
        ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastCase:
    """A year or an event: what the index said, what was lost and what is recovered, CNY."""

    name: str
    index: Decimal
    loss: Decimal
    recovery: Decimal


def read_insurance(path: Path) -> Insurance:
    """Return the contract of a file.

    Raises
    ------
    ProjectError or Problems
        If there is no such file, or something in it is unknown, missing or wrong: all at once.
    """
    return read_checked(Insurance, path)


def example_insurance(language: Language) -> str:
    """Return a contract whose numbers are made up, with comments in one language."""
    return in_language(resources.files("lending.stress") / "insurance.toml", language)


def past_cases(path: Path, policy: IndexPolicy) -> list[PastCase]:
    """Return the cases of a CSV file: case, index, and loss in CNY.

    Rows of one case add up: years of which only losses count, as the contract counts them.

    Raises
    ------
    TableError or Problems
        If there is no such file, a column is missing, or a cell is no number: all at once.
    """
    problems: list[GepError] = []
    found: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for line, row in enumerate(csv_rows(path, COLUMNS), start=2):
        numbers = [finite_number(row[name]) for name in COLUMNS[1:]]
        if None in numbers or (numbers[1] or NOTHING) < NOTHING:
            told = ", ".join(str(row[name]) for name in COLUMNS)
            problems.append(TableError(where=path.name, problem=Text(
                f"第 {line} 行为 {told}，应为名称、指数和不小于零的损失（元）。",
                f"line {line} is {told}; it must be a name, an index, and a loss in CNY, not "
                "negative.",
            )))  # fmt: skip
        else:
            index, loss = (one or NOTHING for one in numbers)
            found.setdefault(row["case"], []).append((index, loss))
    raise_all(problems)
    return [_case(name, years, policy) for name, years in found.items()]


def missed(cases: Sequence[PastCase], above: Decimal) -> BasisRisk:
    """Return how often nothing is recovered although more was lost."""
    loss = np.array([float(one.loss) for one in cases])
    recovery = np.array([float(one.recovery) for one in cases])
    return basis_risk(loss, recovery, float(above))


def _case(name: str, years: Iterable[tuple[Decimal, Decimal]], policy: IndexPolicy) -> PastCase:
    known = list(years)
    index = index_loss(one for one, _ in known)
    loss = sum((one for _, one in known), NOTHING)
    return PastCase(name, index, loss, policy.recovery(index))
