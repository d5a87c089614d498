"""The Anji-like example and changes of it, for tests of the documents."""

from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pypdf

from lending.loan_file import LoanFile
from lending.loan_file.opening import open_loan_file, write_example
from lending.policy import read_policy
from lending.valuation.facts import read_facts
from lending.valuation.result import Inputs
from lending.valuation.value import inputs_of

EXAMPLE = Path(str(files("lending.loan_file") / "example"))
POLICY = Path(str(files("lending.policy") / "example.toml"))
DAY = date(2021, 7, 30)
AMOUNT = Decimal(250000)


@cache
def inputs() -> Inputs:
    return inputs_of(read_facts(EXAMPLE / "facts.toml"), read_policy(POLICY))


def opened(folder: Path) -> LoanFile:
    if not folder.exists():
        write_example(folder, "en")
    return open_loan_file(folder / "loan.toml", DAY)


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """Return text without the blanks and breaks that setting puts into lines."""
    return "".join(text.split())
