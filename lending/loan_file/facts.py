"""The file of a loan: TOML with its terms, documents and signatures, and where its inputs are."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from data_catalog.errors import ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.toml_files import read_checked
from lending.loan_file.catalogue import CASES, items

__all__ = [
    "FileFacts",
    "GivenDocument",
    "InputFiles",
    "Loan",
    "ParcelFacts",
    "Signature",
    "SpecialMatter",
    "read_file_facts",
]

Name = Annotated[str, Field(min_length=1)]
Role = Literal["maker", "checker", "valuer", "approver"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Loan(_Section):
    """What is asked for."""

    number: Name
    borrower: Name
    purpose: str = ""
    amount: Annotated[Decimal, Field(gt=0)]
    """CNY."""
    term_years: Annotated[float, Field(gt=0)]
    stage: Literal["application", "approval", "drawdown", "monitoring", "closing"]
    """How far the loan is: what is due by then should be there."""
    cases: tuple[str, ...] = ()
    """What makes further documents needed; see `catalogue.CASES`."""
    other_security: str = ""


class ParcelFacts(_Section):
    """What the papers say of a parcel."""

    certificate: str = ""
    certificate_area_mu: Annotated[float | None, Field(gt=0)] = None
    holder: str = ""
    species: str = ""
    tenure_to: date | None = None


class GivenDocument(_Section):
    """A document that is there."""

    item: str
    name: Name
    number: str = ""
    day: date | None = None
    file: str = ""


class Signature(_Section):
    """Who signed, with the number of their licence if they have one."""

    role: Role
    name: Name
    number: str = ""
    day: date


class SpecialMatter(_Section):
    """What a reader must know: a fault of title, a dispute, a conflict that somebody decided."""

    about: str = ""
    """Claim id of the finding that it answers; empty for what is no finding."""
    text: Name


class InputFiles(_Section):
    """Where the rest is, relative to this file."""

    land: Name
    """A run folder, or a file of polygons."""
    run: str = ""
    """The run that measured the forest, where the land is a file of polygons."""
    parcels: tuple[str, ...] = ()
    """By default all."""
    facts: Name
    policy: Name
    vintages: str = ""
    """A table, or the folder of a claim; by default those in the run where there is no holding."""
    prices: str = ""
    registry: str = ""
    papers: str = ""
    """A table of what was seen in documents, a row per parcel, as `gep pledge check` takes it."""


class FileFacts(_Section):
    """All of it."""

    loan: Loan
    inputs: InputFiles
    parcels: dict[str, ParcelFacts] = {}
    documents: tuple[GivenDocument, ...] = ()
    signatures: tuple[Signature, ...] = ()
    special_matters: tuple[SpecialMatter, ...] = ()
    one_method_because: str = ""
    """Why there is one method of valuation alone."""


def read_file_facts(path: Path) -> FileFacts:
    """Return the file of a loan.

    Raises
    ------
    ProjectError, UnknownNameError or Problems
        If there is no such file, or something in it is unknown, missing or wrong: all at once.
    """
    facts = read_checked(FileFacts, path)
    known_items, known_cases = items(), tuple(case for case in CASES if case != "above_limit")
    item, case = Text("材料", "document"), Text("情形", "case")
    errors: list[UnknownNameError | ProjectError] = [
        UnknownNameError(
            where=f"{path.name} [[documents]]", kind=item, name=one.item,
            hint=suggestion(one.item, known_items),
        )
        for one in facts.documents
        if one.item not in known_items
    ]  # fmt: skip
    errors += [
        UnknownNameError(
            where=f"{path.name} [loan] cases", kind=case, name=one,
            hint=suggestion(one, known_cases),
        )
        for one in facts.loan.cases
        if one not in known_cases
    ]  # fmt: skip
    raise_all(errors)
    return facts
