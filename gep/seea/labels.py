"""How SEEA tables name ecosystems: code and both labels in rows, all in one in a header."""

from collections.abc import Iterable

import pandas as pd

from data_catalog.classes import ecosystem_title
from data_catalog.text import Text

NOWHERE = ""
"""The ecosystem of what is not shared out over ecosystems."""
TOTAL = "total"
_NOWHERE_TITLE = Text("未分摊到生态系统", "not shared out over ecosystems")
_TOTAL_TITLE = Text("合计", "total")


def title_of(code: str) -> Text:
    """Return the label of an ecosystem, of the total, or of what belongs to no ecosystem."""
    if code == TOTAL:
        return _TOTAL_TITLE
    return ecosystem_title(code) if code else _NOWHERE_TITLE


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with `ecosystem_zh` and `ecosystem_en` beside the code."""
    titles = [title_of(code) for code in frame["ecosystem"]]
    place = list(frame.columns).index("ecosystem") + 1
    frame = frame.copy()
    frame.insert(place, "ecosystem_zh", [t.zh for t in titles])
    frame.insert(place + 1, "ecosystem_en", [t.en for t in titles])
    return frame


def header(code: str) -> str:
    """Return a column's header, `11 阔叶林 broadleaf forest`: the code is its first word."""
    title = title_of(code)
    return " ".join(part for part in (code or "-", title.zh, title.en) if part)


def in_order(codes: Iterable[str]) -> list[str]:
    """Return the codes in the order of the norm, what belongs to no ecosystem last."""
    return sorted(set(codes), key=lambda code: (not code, code))
