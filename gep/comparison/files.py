"""The files of a comparison: effects, waterfall, indices."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from data_catalog.errors import OutputError
from data_catalog.text import Text
from gep.comparison.change import Change
from gep.comparison.series import IndexSeries
from gep.tables import write_parquet
from tiles.checkpoints import unwritable

__all__ = ["write_comparison"]

CELLS = "effects.parquet"
BY = "effects_by_{}.csv"


def write_comparison(
    change: Change, series: IndexSeries | None, folder: Path, grouping: str = "service"
) -> None:
    """Write effects.csv, effects.parquet, waterfall.csv, and index.csv with contributions.csv.

    Parameters
    ----------
    series : IndexSeries, optional
        None where there is no index: the accounts are of one year.
    folder : Path
        Made if absent; files of an earlier comparison in it are replaced, nothing else may be.
    grouping : str
        Another grouping than `service` has its own file beside effects.csv.

    Raises
    ------
    OutputError
        If the folder holds other things, or cannot be written.
    """
    services = change.by_service()
    services.insert(0, "counted", [s in change.counted for s in services.index])
    tables: dict[str, pd.DataFrame] = {
        "effects.csv": services.reset_index(),
        "waterfall.csv": change.waterfall(),
    }
    if grouping != "service":
        tables[BY.format(grouping)] = change.by(grouping).reset_index()
    if series is not None:
        tables["index.csv"] = series.table
        tables["contributions.csv"] = series.contributions()
    _require_ours(folder, tables)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_parquet(change.cells, folder / CELLS)
        for name, table in tables.items():
            table.to_csv(folder / name, index=False)
    except OSError as error:
        raise unwritable(folder, error) from error


def _require_ours(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Raise if something in the folder is not a file of a comparison."""
    ours = {CELLS, "index.csv", "contributions.csv", *tables}
    prefix = BY.partition("{}")[0]
    there = [p.name for p in folder.iterdir()] if folder.is_dir() else []
    strange = next((n for n in there if n not in ours and not n.startswith(prefix)), None)
    if strange is not None or (folder.exists() and not folder.is_dir()):
        name = strange or folder.name
        raise OutputError(
            where=str(folder),
            problem=Text(
                f"里面有别的文件（{name}），不会写入。请换一个文件夹。",
                f"holds other things ({name}) and is not written to. Choose another folder.",
            ),
        )
