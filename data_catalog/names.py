"""What to say when a name is not known: the nearest ones that are."""

import difflib
from collections.abc import Iterable

from data_catalog.text import Text

SHOWN = 12


def suggestion(name: str, known: Iterable[str]) -> Text:
    """Return `did you mean ...?`, or the known names where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=2)
    if near:
        return Text(f"是否想写 {'、'.join(near)}？", f"Did you mean {' or '.join(near)}?")
    shown = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
    return Text(f"可用的有：{shown}。", f"Known: {shown}.")
