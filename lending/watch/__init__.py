"""The watch over pledges: what happened, what the pledge is worth after it, what the ladder asks.

`read_pledges(file)` gives what is watched; `disturbance_notices`, `price_notices` and
`calendar_notices` give notices with the valuation after each, once per event; `read_book` and
`write_notices` keep them.
"""

from lending.watch.book import known_events, read_book, write_notices
from lending.watch.notices import Notice
from lending.watch.pledges import Pledged, read_pledges
from lending.watch.watching import calendar_notices, disturbance_notices, price_notices

__all__ = [
    "Notice",
    "Pledged",
    "calendar_notices",
    "disturbance_notices",
    "known_events",
    "price_notices",
    "read_book",
    "read_pledges",
    "write_notices",
]
