"""The small loan: a bank's own valuation of one parcel on one page, free for the borrower.

`self_valuation(land, inputs, amount, search)` gives the record, `page(record, language)` its
page of A4; `read_self_valuation(json, where)` reads a record, and `recomputed(record)` makes it
again from the inputs it holds.
"""

from lending.quick.page import page
from lending.quick.record import (
    SelfValuation,
    read_self_valuation,
    recomputed,
    self_valuation,
)

__all__ = ["SelfValuation", "page", "read_self_valuation", "recomputed", "self_valuation"]
