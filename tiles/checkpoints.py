"""Finished tiles on disk: a run that is killed goes on where it stood."""

import errno
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from data_catalog.errors import OutputError
from data_catalog.text import Text
from tiles.grid import Tile
from tiles.sums import Sums
from tiles.tile import LayerSeen, TileSums

FOLDER = ".checkpoints"


class Checkpoints:
    """The finished tiles of one job with one tile size.

    Parameters
    ----------
    folder : Path
        Of the unfinished run.
    digest : str
        Of the job's content: another input, parameter or tile size never meets these files.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self.folder = folder / FOLDER / digest
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error

    def path(self, batch: int) -> Path:
        """Return the file of one task's tiles."""
        return self.folder / f"{batch:07d}.npz"

    def done(self) -> set[int]:
        """Return the tasks whose tiles are all here."""
        return {int(file.stem) for file in self.folder.glob("*.npz")}

    def save(self, batch: int, tiles: list[TileSums]) -> None:
        """Write a task's tiles, whole or not at all.

        Raises
        ------
        OutputError
            If the disk is full or the folder cannot be written.
        """
        arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {}
        heads = []
        for number, one in enumerate(tiles):
            seen = {name: asdict(record) for name, record in one.seen.items()}
            heads.append({"tile": asdict(one.tile), "cells": one.cells, "seen": seen})
            arrays |= {
                f"{number}.parcels": one.parcels,
                f"{number}.keys": one.keys,
                f"{number}.high": one.sums.high,
                f"{number}.low": one.sums.low,
            }
            arrays |= {f"{number}.map.{name}": values for name, values in one.maps.items()}
        arrays["head"] = np.frombuffer(json.dumps(heads).encode(), np.uint8)
        target = self.path(batch)
        aside = target.with_suffix(f".{os.getpid()}.part")
        try:
            with aside.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]  # names are data here
            aside.replace(target)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise unwritable(self.folder, error) from error

    def load(self, batch: int) -> Iterator[TileSums]:
        """Yield a task's tiles."""
        with np.load(self.path(batch)) as file:
            heads = json.loads(file["head"].tobytes())
            for number, head in enumerate(heads):
                prefix = f"{number}.map."
                yield TileSums(
                    tile=Tile(**head["tile"]),
                    cells=head["cells"],
                    parcels=file[f"{number}.parcels"],
                    keys=file[f"{number}.keys"],
                    sums=Sums(file[f"{number}.high"], file[f"{number}.low"]),
                    seen={name: _seen(record) for name, record in head["seen"].items()},
                    maps={n[len(prefix) :]: file[n] for n in file.files if n.startswith(prefix)},
                )

    def drop_damaged(self) -> None:
        """Delete files that a crash of the machine left unreadable, and leftovers aside."""
        for part in self.folder.glob("*.part"):
            part.unlink()
        for file in self.folder.glob("*.npz"):
            if not zipfile.is_zipfile(file):
                file.unlink()


def _seen(record: dict[str, object]) -> LayerSeen:
    unknown = record.pop("unknown")
    counts = {int(c): int(n) for c, n in unknown.items()} if isinstance(unknown, dict) else {}
    return LayerSeen(**record, unknown=counts)  # type: ignore[arg-type]  # as it was written


def unwritable(folder: Path, error: OSError) -> OutputError:
    """Return the error of a full disk or a folder that cannot be written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        problem = Text(
            "磁盘已满。已完成的分块都已保存：腾出空间后用 --resume 继续。",
            "the disk is full. Finished tiles are kept: free some space and go on with --resume.",
        )
    else:
        problem = Text(
            f"无法写入（{error.strerror}）。请检查权限，或用 --out 换一个文件夹。",
            f"cannot be written ({error.strerror}). Check its permissions, or choose another "
            "folder with --out.",
        )
    return OutputError(where=str(folder), problem=problem)
