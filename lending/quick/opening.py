"""The record of a small loan from files."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from lending.conflicts import bundled_rules
from lending.conflicts.claims_file import read_papers
from lending.loan_file.claims import searched
from lending.loan_file.land import read_one
from lending.loan_file.opening import (
    declared,
    inputs_of_parcels,
    origin,
    run_folder,
    vintages_of_run,
)
from lending.quick.record import SelfValuation, self_valuation
from lending.valuation.value import read_inputs

__all__ = ["QuickFiles", "open_self_valuation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickFiles:
    """Where everything is; the register is a path or the address of a database, or empty."""

    land: Path
    facts: Path
    policy: Path
    vintages: Path | None = None
    prices: Path | None = None
    papers: Path | None = None
    registry: str = ""


def open_self_valuation(
    files: QuickFiles, amount: Decimal, on: date, parcel_id: str | None = None
) -> SelfValuation:
    """Return the record of a parcel, with what a search of the register finds on a day.

    Raises
    ------
    GepError
        If one of the files is missing or wrong.
    """
    lands = (read_one(files.land, parcel_id),)
    run = run_folder(files.land)
    table = vintages_of_run(files.facts, files.vintages, run)
    inputs = read_inputs(files.facts, files.policy, table, files.prices)
    papers = read_papers(files.papers, bundled_rules()) if files.papers else {}
    run_record, claim = origin(run, table, lands)
    record = self_valuation(
        lands[0], inputs_of_parcels(inputs, lands, table is not None), amount, None,
        run=run_record, claim=claim, declared=declared(lands, papers),
    )  # fmt: skip
    if not files.registry:
        return record
    found = searched(lands, record.valuation, files.registry, Path(), on, {}, declared=papers)
    return record.model_copy(update={"search": found})
