"""A document and its figures on disk: the PDF, and the JSON of the same name beside it."""

from contextlib import suppress
from pathlib import Path

from data_catalog.errors import OutputError, ProjectError
from data_catalog.text import Text

__all__ = ["text_of", "write_pair"]


def write_pair(out: Path, pdf: bytes, json: str, *, overwrite: bool) -> tuple[Path, Path]:
    """Write a PDF and its JSON, both or neither, and return the two files.

    Parameters
    ----------
    out : Path
        The PDF; the JSON has its name with another ending.

    Raises
    ------
    OutputError
        If one of them is there already and may not be replaced, or cannot be written.
    """
    page, figures = out.with_suffix(".pdf"), out.with_suffix(".json")
    for file in (page, figures):
        if file.exists() and not overwrite:
            raise OutputError(where=str(file), problem=Text(
                "已存在。用 --overwrite 替换，或换一个名称。",
                "is there already. Replace it with --overwrite, or choose another name.",
            ))  # fmt: skip
    asides = {page: pdf, figures: json.encode()}
    try:
        for file, content in asides.items():
            file.with_name(f".{file.name}.part").write_bytes(content)
        for file in asides:
            file.with_name(f".{file.name}.part").replace(file)
    except OSError as error:
        for file in asides:
            with suppress(OSError):
                file.with_name(f".{file.name}.part").unlink()
        problem = Text("无法写入该文件。", "this file cannot be written.")
        raise OutputError(where=str(out), problem=problem) from error
    return page, figures


def text_of(path: Path) -> str:
    """Return the text of a document's JSON.

    Raises
    ------
    ProjectError
        If it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = Text("无法读取该文件。", "this file cannot be read.")
        raise ProjectError(where=str(path), problem=problem) from error
