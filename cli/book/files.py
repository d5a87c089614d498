"""Which pages there are, by their path, and how they come into a folder."""

from pathlib import Path

from cli.book.conflicts_page import conflicts_page
from cli.book.contents import services_page, standards_page
from cli.book.credits_page import credits_page
from cli.book.dynamics_page import dynamics_page
from cli.book.layers_page import layers_page
from cli.book.markdown import LANGUAGES, MARK, file_name
from cli.book.service_page import service_page
from cli.book.standard_page import standard_page
from cli.book.valuation_page import valuation_page
from data_catalog.errors import OutputError
from data_catalog.standards import bundled
from data_catalog.text import Text
from gep.services import services
from tiles.checkpoints import unwritable

__all__ = ["pages", "write_book"]

NOT_OURS = Text(
    "{path}：不是本手册的页面，不予覆盖。请把它移走或改名。",
    "{path}: is no page of the book and is not replaced. Move or rename it.",
)


def pages() -> dict[str, str]:
    """Return every page by its path in the folder of the documentation."""
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        found[f"services/{file_name('README', lang)}"] = services_page(lang)
        found[f"standards/{file_name('README', lang)}"] = standards_page(lang)
        found[file_name("layers", lang)] = layers_page(lang)
        found[file_name("carbon_dynamics", lang)] = dynamics_page(lang)
        found[file_name("valuation_equations", lang)] = valuation_page(lang)
        found[file_name("credits", lang)] = credits_page(lang)
        found[file_name("conflict-rules", lang)] = conflicts_page(lang)
        for service in services():
            found[f"services/{file_name(service.id, lang)}"] = service_page(service, lang)
        for standard in bundled().values():
            found[f"standards/{file_name(standard.id, lang)}"] = standard_page(standard, lang)
    return found


def write_book(folder: Path) -> list[Path]:
    """Write all pages into a folder; return those that changed.

    Raises
    ------
    OutputError
        If a file that is no page of the book is in the way, or the disk is full.
    """
    wanted = {folder / name: text for name, text in pages().items()}
    there = {path: path.read_text(encoding="utf-8") for path in wanted if path.exists()}
    for path, text in there.items():
        if not text.startswith(MARK):
            raise OutputError(NOT_OURS, path=path)
    changed = [path for path, text in wanted.items() if there.get(path) != text]
    for path in changed:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        except OSError as error:
            raise unwritable(path, error) from error
    return changed
