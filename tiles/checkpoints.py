"""Finished tiles on disk: a run that is killed goes on where it stood."""

import errno
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from data_catalog.errors import OutputError
from data_catalog.text import Text
from tiles.grid import Tile
from tiles.seen import LayerSeen
from tiles.sums import Sums
from tiles.tile import TileSums

FOLDER = ".checkpoints"
REASONS = {
    errno.EACCES: Text("没有权限", "permission denied"),
    errno.EPERM: Text("没有权限", "permission denied"),
    errno.EROFS: Text("磁盘只读", "the disk is read-only"),
    errno.ENOTDIR: Text("路径中有一段是文件", "a part of the path is a file"),
    errno.EEXIST: Text("路径中有一段是文件", "a part of the path is a file"),
    errno.ENOENT: Text("那里不能新建文件夹", "no folder can be made there"),
    errno.ENAMETOOLONG: Text("名称过长", "the name is too long"),
    errno.EIO: Text("磁盘读写错误", "the disk reports an error"),
}
"""Why a folder cannot be written, in words."""


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
        return {int(file.stem) for file in self._finished()}

    def _finished(self) -> Iterator[Path]:
        return self.folder.glob("[0-9]*.npz")

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
            rows = (one.parcels, one.keys, one.sums.high, one.sums.low)
            arrays[f"{number}.rows"] = np.column_stack(rows)
            arrays |= {f"{number}.map.{name}": values for name, values in one.maps.items()}
        arrays["head"] = np.frombuffer(json.dumps(heads).encode(), np.uint8)
        try:
            with whole_or_not_at_all(self.path(batch)) as aside, aside.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]  # names are data here
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def load(self, batch: int) -> Iterator[TileSums]:
        """Yield a task's tiles, without their maps."""
        with np.load(self.path(batch)) as file:
            for number, head in enumerate(_heads(file)):
                rows = file[f"{number}.rows"]
                high, low = np.hsplit(rows[:, 2:], 2)
                yield TileSums(
                    tile=Tile(**head["tile"]),
                    cells=head["cells"],
                    parcels=rows[:, 0].astype(np.int32),
                    keys=rows[:, 1],
                    sums=Sums(high, low),
                    seen={name: _seen(record) for name, record in head["seen"].items()},
                    maps={},
                )

    def load_map(self, batch: int, name: str) -> Iterator[tuple[Tile, npt.NDArray[np.float32]]]:
        """Yield a task's tiles with their part of one map."""
        with np.load(self.path(batch)) as file:
            for number, head in enumerate(_heads(file)):
                yield Tile(**head["tile"]), file[f"{number}.map.{name}"]

    def drop_damaged(self) -> None:
        """Delete files that a crash of the machine left unreadable, and leftovers aside."""
        for part in self.folder.glob("*.part"):
            part.unlink(missing_ok=True)
        for file in self._finished():
            if not _is_sound(file):
                file.unlink()


def _heads(file: Mapping[str, npt.NDArray[np.uint8]]) -> list[dict[str, Any]]:
    heads: list[dict[str, Any]] = json.loads(file["head"].tobytes())
    return heads


def _is_sound(file: Path) -> bool:
    """Return whether a checkpoint can be read to its last byte."""
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.testzip() is None
    except (OSError, EOFError, ValueError, zipfile.BadZipFile):
        return False


@contextmanager
def whole_or_not_at_all(target: Path) -> Iterator[Path]:
    """Give a path beside the target that takes its place at the end.

    A worker that outlived its run may still write, or have the earlier file open: it never sees
    half of a file, and no two ever write to the same one.
    """
    aside = target.with_name(f"{target.name}.{uuid4().hex}.part")
    try:
        yield aside
        aside.replace(target)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


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
        reason = REASONS.get(error.errno or 0) or Text(*[error.strerror or str(error)] * 2)
        problem = Text(
            f"无法写入（{reason.zh}）。请检查权限，或用 --out 换一个文件夹。",
            f"cannot be written ({reason.en}). Check its permissions, or choose another "
            "folder with --out.",
        )
    return OutputError(where=str(folder), problem=problem)
