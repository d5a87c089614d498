"""Blocks of plain tiled GeoTIFF files, decoded straight into the array they are wanted in.

GDAL reads every file, and whatever is not plain is left to it. On plain ones its loop for the
floating-point predictor takes longer than all services of a cell together, and its block cache
copies every value once more: see docs/decisions/0011-decoding-blocks.md. The values are the same.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numba as nb
import numpy as np
import numpy.typing as npt

__all__ = ["TiffBlocks", "plain_blocks"]

Bytes = npt.NDArray[np.uint8]
Place = tuple[int, int, int, int]
DECODERS = {"DEFLATE": imagecodecs.deflate_decode, "ZSTD": imagecodecs.zstd_decode}
LITTLE_ENDIAN = b"II"
NO_PREDICTOR, HORIZONTAL, FLOATING_POINT = "1", "2", "3"
PREDICTORS = {
    "float32": {NO_PREDICTOR, FLOATING_POINT},
    "uint8": {NO_PREDICTOR, HORIZONTAL},
    "int16": {NO_PREDICTOR},
    "uint16": {NO_PREDICTOR},
}
"""The kinds of pixel that are decoded here, with their predictors."""
WORD = 8
LEAST_USED = 0.5
"""A window that needs less than this share of the blocks it touches is left to GDAL's cache."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a block and a window meet: in the block, and in the window."""

    row: int
    col: int
    of_block: tuple[slice, slice]
    of_window: tuple[slice, slice]


class TiffBlocks:
    """The blocks of one band of a plain file, read by one thread.

    Parameters
    ----------
    file : rasterio.DatasetReader
        Open file that `plain_blocks` found plain; it tells where each block lies.
    """

    def __init__(self, file: Any) -> None:  # noqa: ANN401  (rasterio has no types)
        self._file = file
        self._shape: tuple[int, int] = file.block_shapes[0]
        structure = file.tags(ns="IMAGE_STRUCTURE")
        self._decode = DECODERS[structure["COMPRESSION"]]
        self._predictor = structure.get("PREDICTOR", NO_PREDICTOR)
        self._dtype = np.dtype(file.dtypes[0])
        self._empty = 0 if file.nodata is None else file.nodata
        rows, cols = self._shape
        self._room = bytearray(rows * cols * self._dtype.itemsize)
        self._bytes: Bytes = np.frombuffer(self._room, np.uint8)
        self._descriptor = os.open(file.name, os.O_RDONLY)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def fits(self, row_from: int, row_to: int, col_from: int, col_to: int) -> bool:
        """Return whether a window uses enough of the blocks it touches."""
        rows, cols = self._shape
        high = -(-row_to // rows) - row_from // rows
        wide = -(-col_to // cols) - col_from // cols
        used = (row_to - row_from) * (col_to - col_from)
        return used >= LEAST_USED * high * wide * rows * cols

    def read(self, row_from: int, col_from: int, out: npt.NDArray[Any]) -> None:
        """Set `out`, (rows, cols), to the stored values from a row and column on.

        Raises
        ------
        OSError
            If the file is cut off or a block cannot be decoded.
        """
        for part in self._parts(row_from, col_from, out.shape):
            raw = self._raw(part.row, part.col)
            if raw is None:
                out[part.of_window] = self._empty
                continue
            try:
                self._decode(raw, out=self._room)
            except (RuntimeError, ValueError) as error:
                raise OSError(str(error)) from error
            self._unpack(part, out)

    def _parts(self, row_from: int, col_from: int, shape: tuple[int, ...]) -> Iterator[_Part]:
        rows, cols = self._shape
        row_to, col_to = row_from + shape[0], col_from + shape[1]
        for row in range(row_from // rows, -(-row_to // rows)):
            for col in range(col_from // cols, -(-col_to // cols)):
                down, in_rows = _meet(row * rows, rows, row_from, row_to)
                along, in_cols = _meet(col * cols, cols, col_from, col_to)
                yield _Part(row, col, (down, along), (in_rows, in_cols))

    def _raw(self, row: int, col: int) -> bytes | None:
        """Return the bytes of a block as stored; None for one that was never written."""
        offset, size = (
            self._file.get_tag_item(f"BLOCK_{what}_{col}_{row}", "TIFF", bidx=1)
            for what in ("OFFSET", "SIZE")
        )
        if not offset or not size or not int(size):
            return None
        raw = os.pread(self._descriptor, int(size), int(offset))
        if len(raw) < int(size):
            raise OSError(f"block {row}, {col} is cut off")  # noqa: EM102
        return raw

    def _unpack(self, part: _Part, out: npt.NDArray[Any]) -> None:
        """Undo the predictor, and put the part that is wanted into its place."""
        rows, cols = self._shape
        if self._predictor != NO_PREDICTOR:
            add_up(self._bytes.view(np.uint64).reshape(rows, -1))
        if self._predictor == FLOATING_POINT:
            (down, along), (in_rows, in_cols) = part.of_block, part.of_window
            join(
                self._bytes.reshape(rows, self._dtype.itemsize, cols), down.start, along.start,
                out.view(np.uint32), (in_rows.start, in_rows.stop, in_cols.start, in_cols.stop),
            )  # fmt: skip
        else:
            block = self._bytes.view(self._dtype).reshape(rows, cols)
            out[part.of_window] = block[part.of_block]


def _meet(start: int, length: int, low: int, high: int) -> tuple[slice, slice]:
    """Return where a block's rows (or columns) and a window's meet, counted from each one's own."""
    first, last = max(start, low), min(start + length, high)
    return slice(first - start, last - start), slice(first - low, last - low)


def plain_blocks(file: Any) -> TiffBlocks | None:  # noqa: ANN401  (rasterio has no types)
    """Return the blocks of a file that can be decoded here; None for one that is left to GDAL.

    Plain is a local, little-endian GeoTIFF of one band in tiles, compressed with DEFLATE or ZSTD,
    of whole bytes and with a predictor that is known here.
    """
    if file.driver != "GTiff" or file.count != 1 or not Path(file.name).is_file():
        return None
    structure = file.tags(ns="IMAGE_STRUCTURE")
    _, cols = file.block_shapes[0]
    dtype = file.dtypes[0]
    with Path(file.name).open("rb") as start:
        order = start.read(len(LITTLE_ENDIAN))
    plain = (
        order == LITTLE_ENDIAN
        and file.profile.get("tiled", False)
        and structure.get("COMPRESSION") in DECODERS
        and structure.get("PREDICTOR", NO_PREDICTOR) in PREDICTORS.get(dtype, ())
        and "NBITS" not in file.tags(1, ns="IMAGE_STRUCTURE")
        and cols % WORD == 0
    )
    return TiffBlocks(file) if plain else None


@nb.njit(cache=True, nogil=True)
def add_up(words: npt.NDArray[np.uint64]) -> None:
    """Replace each byte of a row by the sum, modulo 256, of all bytes up to it.

    Eight bytes of a word at a time: its even and its odd bytes are summed apart, each in 16 bits,
    so that no sum runs over into its neighbour. First every word by itself, then what goes over
    into the next one: the compiler takes many words at a time where none has to wait for the last.

    Parameters
    ----------
    words : (rows, words) array
        Bytes of each row in their order, as little-endian words. Changed in place.
    """
    lanes, every = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001)
    one, two, four, last = np.uint64(8), np.uint64(16), np.uint64(32), np.uint64(56)
    before = np.empty(words.shape[1], np.uint64)
    for r in range(words.shape[0]):
        row = words[r]
        for i in range(row.size):
            even, odd = row[i] & lanes, (row[i] >> one) & lanes
            even += even << two
            even += even << four
            odd += odd << two
            odd += odd << four
            row[i] = ((even + (odd << two)) & lanes) | (((even + odd) & lanes) << one)
        total = np.uint64(0)
        for i in range(row.size):
            before[i] = total & np.uint64(0xFF)
            total += row[i] >> last
        for i in range(row.size):
            carry = before[i] * every
            even, odd = (row[i] & lanes) + carry, ((row[i] >> one) & lanes) + carry
            row[i] = (even & lanes) | ((odd & lanes) << one)


@nb.njit(cache=True, nogil=True)
def join(planes: Bytes, row: int, col: int, out: npt.NDArray[np.uint32], place: Place) -> None:
    """Put 32-bit words together from their bytes, which lie in planes, the highest first.

    Parameters
    ----------
    planes : (rows, 4, cols)
        A block.
    row, col : int
        Where in the block what is wanted begins.
    out : (rows, cols)
    place : (row_from, row_to, col_from, col_to)
        Where in `out` it is wanted. Whole rows are handed over with it, and no views of a part:
        the compiler then knows that neighbours lie side by side, and takes many at a time.
    """
    row_from, row_to, col_from, col_to = place
    for i in range(row_from, row_to):
        block, target = planes[row + i - row_from], out[i][col_from:col_to]
        first, second = block[0][col:], block[1][col:]
        third, fourth = block[2][col:], block[3][col:]
        for j in range(target.size):
            high = (np.uint32(first[j]) << np.uint32(8)) | np.uint32(second[j])
            low = (np.uint32(third[j]) << np.uint32(8)) | np.uint32(fourth[j])
            target[j] = (high << np.uint32(16)) | low
