"""The watch over pledges: what happened, what the pledge is worth after it, what the ladder asks.

`read_pledges(file)` and `registered.pledged_in(registry)` give what is watched, `stood(pledges,
notices)` what earlier notices left; `disturbance_notices`, `vintage_notices`, `price_notices`,
`calendar_notices` and `warning_notices` give notices with the valuation after each, once per event;
`read_book` and `write_notice` keep them.
"""

from lending.watch.book import known_events, read_book, write_notice, write_notices
from lending.watch.credited import unmatched, vintage_notices
from lending.watch.days import Calendar, read_calendar
from lending.watch.layers import alerts_of_layer, change_map, forest_lost, touched_shares
from lending.watch.notices import Notice
from lending.watch.pledges import Pledged, Watchlist, read_pledges
from lending.watch.rounds import Seen, keep, keep_in, round_of
from lending.watch.warning import read_signals, sales_signals, warning_notices
from lending.watch.watching import calendar_notices, disturbance_notices, price_notices, stood

__all__ = [
    "Calendar",
    "Notice",
    "Pledged",
    "Seen",
    "Watchlist",
    "alerts_of_layer",
    "calendar_notices",
    "change_map",
    "disturbance_notices",
    "forest_lost",
    "keep",
    "keep_in",
    "known_events",
    "price_notices",
    "read_book",
    "read_calendar",
    "read_pledges",
    "read_signals",
    "round_of",
    "sales_signals",
    "stood",
    "touched_shares",
    "unmatched",
    "vintage_notices",
    "warning_notices",
    "write_notice",
    "write_notices",
]
