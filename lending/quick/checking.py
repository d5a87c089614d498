"""A document checked from its JSON alone: the credit file, or the page of a small loan."""

import json
from datetime import date
from pathlib import Path

from lending.loan_file.record import read_loan_file
from lending.loan_file.report_check import Remark, report_check, valuation_check
from lending.loan_file.writing import text_of
from lending.quick.record import SCHEMA, read_self_valuation, recomputed

__all__ = ["checked_file"]


def checked_file(path: Path, on: date) -> tuple[Remark, ...]:
    """Return what is wrong with a document on a day; its figures are made again from its inputs.

    Raises
    ------
    ProjectError
        If the file cannot be read, or is neither.
    """
    text = text_of(path)
    if _schema(text) == SCHEMA:
        record = read_self_valuation(text, path.name)
        return valuation_check(record, recomputed(record), on)
    return report_check(read_loan_file(text, path.name), on)


def _schema(text: str) -> object:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found.get("schema_id") if isinstance(found, dict) else None
