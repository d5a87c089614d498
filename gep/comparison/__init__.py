"""Two or more accounts compared: why the value changed, and indices over the years."""

from gep.comparison.accounts import RunAccount, read_accounts
from gep.comparison.change import EFFECTS, TITLES, Change, explain_change
from gep.comparison.files import write_comparison
from gep.comparison.series import IndexSeries, index_series

__all__ = [
    "EFFECTS",
    "TITLES",
    "Change",
    "IndexSeries",
    "RunAccount",
    "explain_change",
    "index_series",
    "read_accounts",
    "write_comparison",
]
