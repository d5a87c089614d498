"""The run folder: written aside, moved into place whole, with a manifest that names everything."""

import contextlib
import hashlib
import json
import os
import platform
import shutil
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data_catalog.errors import OutputError, RunError
from data_catalog.text import Text
from tiles.checkpoints import FOLDER, unwritable

SCHEMA = 1
UNFINISHED = ".unfinished"
SPENT = "-spent"
"""Ends the name of the checkpoints' folder once nothing needs them."""
MANIFEST = "manifest.json"
LOG = "log.jsonl"
PACKAGES = ("numpy", "numba", "rasterio", "pyproj", "shapely", "geopandas", "pandas", "pyarrow")
CHUNK = 1 << 22
_being_read: dict[Path, threading.Lock] = defaultdict(threading.Lock)


class RunFolder:
    """A run folder while it is being written.

    Parameters
    ----------
    out : Path
        Where the finished folder goes.
    resume, overwrite : bool
        Go on with an unfinished run; replace a finished one.

    Raises
    ------
    OutputError
        If something is in the way or the place cannot be written.
    """

    def __init__(self, out: Path, *, resume: bool, overwrite: bool) -> None:
        self.out = out.absolute()
        self.aside = self.out.parent / f"{self.out.name}{UNFINISHED}"
        self.overwrite = overwrite
        self._spent = self.out.parent / f"{self.out.name}{UNFINISHED}{SPENT}"
        try:
            _check_in_the_way(self.out, out, overwrite=overwrite)
            if self.aside.exists() and not resume:
                shutil.rmtree(self.aside)
            self.aside.mkdir(parents=True, exist_ok=True)
            if self._spent.exists() and resume and not (self.aside / FOLDER).exists():
                self._spent.rename(self.aside / FOLDER)  # a stop came between the two moves
            _try_writing(self.aside)
        except OSError as error:
            raise unwritable(out.parent, error) from error
        self._started = time.monotonic()

    def log(self, what: str, **facts: object) -> None:
        """Append a line to the log."""
        line = {"time": round(time.time(), 3), "what": what, **facts}
        try:
            with (self.aside / LOG).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise unwritable(self.aside, error) from error

    def write_json(self, name: str, content: object) -> None:
        """Write a JSON file, keys in the order given."""
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        try:
            (self.aside / name).write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise unwritable(self.aside, error) from error

    def discard(self) -> None:
        """Remove what was written: an input was wrong, so nothing of it can be used."""
        for left in (self.aside, self._spent):
            with contextlib.suppress(OSError):
                shutil.rmtree(left)

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, put the checkpoints aside, and move the folder into place.

        Until the folder is in place the checkpoints exist: a stop in between loses nothing.
        """
        found = (p for p in self.aside.rglob("*") if p.is_file() and p.name != LOG)
        written = sorted(p for p in found if FOLDER not in p.relative_to(self.aside).parts)
        digests = {p.relative_to(self.aside).as_posix(): sha256(p) for p in written}
        seconds = round(time.monotonic() - self._started, 3)
        self.write_json(MANIFEST, {"schema": SCHEMA, **manifest, "seconds": seconds,
                                   "outputs": digests})  # fmt: skip
        self.log("finished", seconds=seconds)
        try:
            shutil.rmtree(self._spent, ignore_errors=True)
            (self.aside / FOLDER).rename(self._spent)
            if self.out.exists() and self.overwrite:
                old = self.out.with_name(self.out.name + ".replaced")
                shutil.rmtree(old, ignore_errors=True)
                self.out.rename(old)
                self.aside.rename(self.out)
                shutil.rmtree(old, ignore_errors=True)
            else:
                self.aside.rename(self.out)
        except OSError as error:
            raise unwritable(self.out, error) from error
        shutil.rmtree(self._spent, ignore_errors=True)


def _check_in_the_way(out: Path, given: Path, *, overwrite: bool) -> None:
    """Raise if something is there that is not to be replaced, or is no run folder at all."""
    if not out.exists():
        return
    if not overwrite:
        raise OutputError(
            where=str(given),
            problem=Text(
                "已存在。用 --overwrite 替换，或用 --out 换一个文件夹。",
                "exists already. Replace it with --overwrite, or choose another folder.",
            ),
        )
    if not (out / MANIFEST).is_file() and not (out.is_dir() and not any(out.iterdir())):
        raise OutputError(
            where=str(given),
            problem=Text(
                "不是运行文件夹（没有 manifest.json），不会被替换。请用 --out 换一个文件夹。",
                "is no run folder (it has no manifest.json) and is not replaced. Choose another "
                "folder with --out.",
            ),
        )


def _try_writing(folder: Path) -> None:
    probe = folder / ".write"
    probe.write_bytes(b"1")
    probe.unlink()


def sha256(path: Path) -> str:
    """Return a file's digest; read once as long as the file stays as it is.

    Who asks while another thread reads the file waits for it.
    """
    state = path.stat()
    with _being_read[path]:
        return _sha256(path, (state.st_ino, state.st_ctime_ns, state.st_mtime_ns, state.st_size))


@cache
def _sha256(path: Path, state: tuple[int, ...]) -> str:  # noqa: ARG001  (it names the content)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


@cache
def software() -> dict[str, str]:
    """Return the versions a result depends on."""
    return {
        "gep-toolkit": version("gep-toolkit"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: version(name) for name in PACKAGES},
    }


def command() -> list[str]:
    """Return the command line as it was typed."""
    return [Path(sys.argv[0]).name, *sys.argv[1:]]


def read_manifest(run: Path) -> dict[str, Any]:
    """Return a finished run's manifest.

    Raises
    ------
    RunError
        If the folder is no finished run.
    """
    try:
        content: dict[str, Any] = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            where=str(run),
            problem=Text(
                "不是完整的运行文件夹（没有 manifest.json）。",
                "is no finished run folder (it has no manifest.json).",
            ),
        ) from error
    return content


def damaged(run: Path, error: Exception) -> RunError:
    """Return the error of a run folder that lacks a file, or has one that cannot be read."""
    return RunError(
        where=str(run),
        problem=Text(
            f"运行文件夹不完整或已损坏（{error}）。请重新计算。",
            f"the run folder is incomplete or damaged ({error}). Compute it again.",
        ),
    )


def free_bytes(folder: Path) -> int:
    """Return the free space of the disk that a folder is or will be on."""
    while not folder.exists():
        folder = folder.parent
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def digest_of(parts: Iterable[object]) -> str:
    """Return a digest of anything that prints the same on every machine."""
    text = json.dumps(list(parts), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
