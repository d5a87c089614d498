"""The small loan: a bank's own valuation of one parcel on one page, free for the borrower.

`open_self_valuation(files, amount, on)` gives the record from files, `self_valuation(land, inputs,
amount, search)` from what they hold, `page(record, language)` its
page of A4; `read_self_valuation(json, where)` reads a record, and `recomputed(record)` makes it
again from the inputs it holds.
"""

from lending.quick.opening import QuickFiles, open_self_valuation
from lending.quick.page import page
from lending.quick.record import (
    SelfValuation,
    read_self_valuation,
    recomputed,
    self_valuation,
)

__all__ = [
    "QuickFiles",
    "SelfValuation",
    "open_self_valuation",
    "page",
    "read_self_valuation",
    "recomputed",
    "self_valuation",
]
