"""The notebooks run on a clean checkout and show the figures that are stored in them."""

import ast
import re
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="the extra dev is not installed")

from nbformat import NotebookNode

from tests.notebooks import NOTEBOOKS, executed, read

TWINS = ("a_county_gep_in_an_hour", "from_two_inventories_to_a_vintage")
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
FIGURE = re.compile(r"-?[\d,]+\.\d\d+")
"""A number of the account; titles have others."""
PRINTED = 0.011
"""A unit of the last decimal that is printed."""
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def said(cell: NotebookNode) -> str:
    """Return what a cell shows as text; warnings are not part of it."""
    texts = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            texts.append(output.text)
        elif output.output_type in {"execute_result", "display_data"}:
            shown = output.data
            texts.append(shown.get("text/markdown") or shown.get("text/html") or "")
    return re.sub(r"<[^>]*>", " ", "\n".join(texts))


def numbers(cell: NotebookNode) -> list[float]:
    return [float(n.replace(",", "")) for n in NUMBER.findall(said(cell))]


@each_notebook
def test_it_runs_and_shows_the_stored_figures(path: Path, tmp_path: Path) -> None:
    stored, run = read(path), executed(path, tmp_path)
    for before, now in zip(code(stored), code(run), strict=True):
        found = numbers(before)
        assert numbers(now) == pytest.approx(found, rel=1e-6, abs=PRINTED), before.source
    assert list(tmp_path.iterdir()) == []


@each_notebook
def test_what_is_stored_is_clean(path: Path) -> None:
    stored = read(path)
    assert [c.execution_count for c in code(stored)] == [*range(1, len(code(stored)) + 1)]
    for cell in code(stored):
        kinds = [output.get("name", output.output_type) for output in cell.outputs]
        assert not {"stderr", "error"} & set(kinds), cell.source
        assert tempfile.gettempdir() not in str(cell.outputs)
        assert max(map(len, cell.source.splitlines())) <= 100


@each_notebook
def test_its_links_lead_somewhere(path: Path) -> None:
    words = "\n".join(c.source for c in read(path).cells if c.cell_type == "markdown")
    targets = re.findall(r"\]\(([^)]+)\)", words)
    assert len(targets) > 1
    assert [t for t in targets if not (path.parent / t).is_file()] == []


@pytest.mark.parametrize("name", TWINS)
def test_it_is_told_in_both_languages_alike(name: str) -> None:
    english, chinese = (
        read(next(p for p in NOTEBOOKS if p.name == f"{name}{end}"))
        for end in (".ipynb", ".zh.ipynb")
    )
    assert [c.cell_type for c in english.cells] == [c.cell_type for c in chinese.cells]
    for one, other in zip(code(english), code(chinese), strict=True):
        assert without_words(one.source) == without_words(other.source)
        assert FIGURE.findall(said(one)) == FIGURE.findall(said(other)), one.source


def without_words(source: str) -> str:
    """Return code with its texts blanked: what is left is what it does."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)
