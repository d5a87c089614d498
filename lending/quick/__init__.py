"""The small loan: a bank's own valuation of one parcel on one page, free for the borrower.

`self_valuation(land, inputs, amount, search)` gives the record, `page(record, language)` its
page of A4; `recomputed(json)` makes a record again from the inputs it holds.
"""

from lending.quick.page import page
from lending.quick.record import SelfValuation, recomputed, self_valuation

__all__ = ["SelfValuation", "page", "recomputed", "self_valuation"]
