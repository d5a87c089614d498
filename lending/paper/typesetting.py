"""Documents as PDF: typst sets them, with our own Chinese font and nothing of the machine's."""

import json
from contextlib import ExitStack
from importlib.resources import as_file, files
from pathlib import Path
from typing import cast

import typst

from data_catalog.errors import OutputError
from data_catalog.fonts import FAMILY, characters, folder
from data_catalog.text import Text
from lending.paper.document import Document

__all__ = ["typeset"]

TEMPLATE = "document.typ"
TIGHTNESS = ("0", "1", "2", "3", "4", "5")
"""Steps of the template from roomy to tight."""


def typeset(document: Document, fonts: Path | None = None) -> bytes:
    """Return a document as PDF; the same document always gives the same bytes.

    Parameters
    ----------
    fonts : Path, optional
        A folder of the user's own fonts, for rare characters of names.

    Raises
    ------
    OutputError
        If a character would be missing from the page, which it names, or if what has to stand on
        one page does not.
    """
    if fonts is None:
        _refuse_unprintable(document)
    inputs = {"content": json.dumps(document.content(), ensure_ascii=False), "family": FAMILY}
    with ExitStack() as stack:
        template = stack.enter_context(as_file(files("lending.paper") / TEMPLATE))
        ours = stack.enter_context(as_file(folder()))
        compiler = typst.Compiler(
            template,
            font_paths=[ours, *([fonts] if fonts else [])],
            ignore_system_fonts=True,
        )
        for step in TIGHTNESS:
            said = inputs | {"tightness": step}
            if not document.one_page or _pages(compiler, said) == 1:
                # a PDF is one file, never a list of pages
                return cast("bytes", compiler.compile(format="pdf", sys_inputs=said, timestamp=0))
    raise OutputError(where=document.title, problem=Text(
        "一页放不下。请缩短项目说明与名称。", "does not fit one page. Shorten names and notes."
    ))  # fmt: skip


def _pages(compiler: typst.Compiler, inputs: dict[str, str]) -> int:
    drawn = compiler.compile(format="svg", sys_inputs=inputs)
    return len(drawn) if isinstance(drawn, list) else 1


def _refuse_unprintable(document: Document) -> None:
    for text in document.texts():
        missing = sorted(set(text) - characters())
        if missing:
            shown = "、".join(f"{one}（U+{ord(one):04X}）" for one in missing)
            listed = ", ".join(f"{one} (U+{ord(one):04X})" for one in missing)
            raise OutputError(where=text.strip() or "PDF", problem=Text(
                f"字体中没有 {shown}，页面上会缺字。请用 --fonts 指定含有这些字的字体文件夹。",
                f"the font has no {listed}: the page would lack them. Name a folder of fonts that "
                "have them with --fonts.",
            ))  # fmt: skip
