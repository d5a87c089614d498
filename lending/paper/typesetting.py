"""Documents as PDF: typst sets them, with our own Chinese font and nothing of the machine's."""

import json
from contextlib import ExitStack
from importlib.resources import as_file, files
from pathlib import Path

import typst

from data_catalog.errors import OutputError
from data_catalog.fonts import FAMILY, characters, folder
from data_catalog.text import Text
from lending.paper.document import Document

__all__ = ["typeset"]

TEMPLATE = "document.typ"


def typeset(document: Document, fonts: Path | None = None) -> bytes:
    """Return a document as PDF; the same document always gives the same bytes.

    Parameters
    ----------
    fonts : Path, optional
        A folder of the user's own fonts, for rare characters of names.

    Raises
    ------
    OutputError
        If a character would be missing from the page; names it.
    """
    if fonts is None:
        _refuse_unprintable(document)
    inputs = {"content": json.dumps(document.content(), ensure_ascii=False), "family": FAMILY}
    with ExitStack() as stack:
        ours = stack.enter_context(as_file(folder()))
        paths = [str(ours), *([str(fonts)] if fonts else [])]
        template = stack.enter_context(as_file(files("lending.paper") / TEMPLATE))
        return typst.compile(
            str(template), font_paths=paths, ignore_system_fonts=True, format="pdf",
            sys_inputs=inputs, timestamp=0,
        )  # fmt: skip


def _refuse_unprintable(document: Document) -> None:
    for text in document.texts():
        missing = sorted(set(text) - characters())
        if missing:
            shown = "、".join(f"{one}（U+{ord(one):04X}）" for one in missing)
            listed = ", ".join(f"{one} (U+{ord(one):04X})" for one in missing)
            raise OutputError(where=text.strip()[:40] or "PDF", problem=Text(
                f"字体中没有 {shown}，页面上会缺字。请用 --fonts 指定含有这些字的字体文件夹。",
                f"the font has no {listed}: the page would lack them. Name a folder of fonts that "
                "have them with --fonts.",
            ))  # fmt: skip
