"""The notebooks: run as a reader runs them. `make notebooks` stores what they then show."""

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

HERE = Path(__file__).parents[1]
NOTEBOOKS = sorted((HERE / "notebooks").glob("*.ipynb"))
SECONDS = 120
"""Time that one cell may take."""


def read(path: Path) -> NotebookNode:
    """Return a notebook as it is stored."""
    return nbformat.read(path, as_version=4)


def executed(path: Path, folder: Path) -> NotebookNode:
    """Return a notebook run from its first cell, in a folder of its own."""
    notebook = read(path)
    client = NotebookClient(
        notebook, timeout=SECONDS, record_timing=False, kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    paths = os.pathsep.join(p for p in (str(HERE), os.environ.get("PYTHONPATH", "")) if p)
    client.execute(env=os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1"})
    return notebook


def store(path: Path) -> None:
    """Run a notebook and write it with what it shows: no warnings, nothing of this machine."""
    notebook = executed(path, path.parent)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for one in NOTEBOOKS:
        store(one)
