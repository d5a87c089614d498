"""Documents as PDF: typst sets them, with a Chinese font of our own and nothing of the machine's."""

import json
from contextlib import ExitStack
from importlib import resources
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
    template = (resources.files("lending.paper") / TEMPLATE).read_bytes()
    inputs = {"content": json.dumps(document.content(), ensure_ascii=False), "family": FAMILY}
    with ExitStack() as stack:
        ours = stack.enter_context(resources.as_file(folder()))
        paths = [str(ours), *([str(fonts)] if fonts else [])]
        pdf = typst.compile(
            template, font_paths=paths, ignore_system_fonts=True, format="pdf",
            sys_inputs=inputs, timestamp=0,
        )  # fmt: skip
    if not isinstance(pdf, bytes):  # format pdf gives one file
        raise TypeError(type(pdf))
    return pdf


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
