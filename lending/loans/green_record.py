"""One row of the green-loan statistics: what a bank reports of a loan.

Benefits are those of the whole project, shared out by loan over total investment (银监会 2013).
"""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.money import EXACT, NOTHING

__all__ = ["BENEFITS", "COLUMNS", "GreenLoan", "as_csv", "reported"]

BENEFITS = ("tce", "co2e", "cod", "nh3n", "so2", "nox", "water")
"""Standard coal, CO2e, COD, ammonia nitrogen, SO2, NOx, water: t a year each, as reported."""
KILOGRAM, MILLIONTH = Decimal("0.001"), Decimal("0.000001")


@dataclass(frozen=True, kw_only=True)
class GreenLoan:
    """The facts of a loan that the statistics ask for; None where they are not known.

    Parameters
    ----------
    use_class : str
        Code of the 2025 catalogue.
    balance, overdue, total_investment : Decimal, CNY
    rate : Decimal, fraction a year
    term : date
        Last due date.
    tce, co2e, cod, nh3n, so2, nox, water : Decimal or None, t/year
        Of the whole project.
    """

    report_date: date
    bank: str
    branch: str
    loan_id: str
    borrower_id: str
    borrower_size: str
    use_class: str
    industry: str
    balance: Decimal
    overdue: Decimal
    five_class: str
    guarantee_type: str
    collateral_right: str
    rate: Decimal
    term: date
    total_investment: Decimal
    tce: Decimal | None = None
    co2e: Decimal | None = None
    cod: Decimal | None = None
    nh3n: Decimal | None = None
    so2: Decimal | None = None
    nox: Decimal | None = None
    water: Decimal | None = None
    method: str = ""
    verifier: str = ""

    def __post_init__(self) -> None:
        """Refuse a loan of more than the project costs: it would be given too much benefit."""
        if not NOTHING <= self.balance <= self.total_investment or not self.total_investment:
            raise LoanError(
                where=self.loan_id,
                problem=Text(
                    f"贷款余额 {self.balance} 元应在 0 与项目总投资 {self.total_investment} "
                    "元之间。",
                    f"the balance of {self.balance} CNY must be from 0 to the total investment "
                    f"of {self.total_investment} CNY.",
                ),
            )

    @property
    def share(self) -> Decimal:
        """Return loan over total investment."""
        return EXACT.divide(self.balance, self.total_investment)

    def record(self) -> dict[str, object]:
        """Return the row: benefits times the share, nothing known left empty."""
        facts = asdict(self)
        for name in BENEFITS:
            amount = facts[name]
            facts[name] = None if amount is None else EXACT.multiply(amount, self.share)
        return {name: self.share if name == "share" else facts[name] for name in COLUMNS}


def _columns() -> tuple[str, ...]:
    names = [field.name for field in fields(GreenLoan)]
    names.insert(names.index("total_investment") + 1, "share")
    return tuple(names)


COLUMNS = _columns()


def as_csv(loans: Iterable[GreenLoan]) -> str:
    """Return the rows as CSV text with a header, rounded as `reported` does."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(reported(loan) for loan in loans)
    return text.getvalue()


def reported(loan: GreenLoan) -> dict[str, object]:
    """Return the row: its share to a millionth, benefits to the kilogram, the unknown None."""
    row = loan.record()
    for name, least in (("share", MILLIONTH), *((name, KILOGRAM) for name in BENEFITS)):
        if isinstance(amount := row[name], Decimal):
            row[name] = amount.quantize(least, ROUND_HALF_UP, EXACT)
    return row
