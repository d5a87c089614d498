"""Random numbers that depend on what they are for alone, and fields of errors drawn from them.

A field is drawn by circulant embedding: on a torus wide enough that what wraps around has nothing
to do with the rows, correlated numbers are the Fourier transform of independent ones times the
square root of the correlation's spectrum; real and imaginary part are two draws.

References
----------
Dietrich and Newsam 1997, Fast and exact simulation of stationary Gaussian processes through
circulant embedding of the covariance matrix, SIAM J. Sci. Comput. 18.
"""

import hashlib
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import fft

from sinks.uncertainty.fields import Field, Numbers, Places, Spread

__all__ = ["Lattice", "Singles", "lattice_of", "normal_numbers"]

Singles: TypeAlias = npt.NDArray[np.float32]


def normal_numbers(seed: int, source: str, block: int, shape: tuple[int, ...]) -> Singles:
    """Return independent standard normal numbers, the same for the same seed, source and block."""
    digest = hashlib.sha256(f"{seed}|{block}|{source}".encode()).digest()
    start = np.random.SeedSequence(int.from_bytes(digest, "little"))
    generator = np.random.Generator(np.random.SFC64(start))
    return generator.standard_normal(shape, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """The cells of a field that rows touch, on a torus.

    Parameters
    ----------
    root : (width, height) array, or None where no two cells are alike
        Square root of the spectrum of the correlation, over that of the number of cells.
    x, y : (cells,) arrays
        The cells, from 0, in order.
    """

    root: Singles | None
    x: Places
    y: Places

    def drawn(self, seed: int, source: str, block: int, draws: int) -> Singles:
        """Return an even number of draws of the cells, (cells, draws)."""
        if self.root is None:
            return normal_numbers(seed, source, block, (len(self.x), draws))
        pairs = normal_numbers(seed, source, block, (draws // 2, *self.root.shape, 2))
        waves = pairs.view(np.complex64)[..., 0] * self.root
        field = fft.fft2(waves, overwrite_x=True)[:, self.x, self.y]
        return np.concatenate([field.real, field.imag]).T


def lattice_of(spread: Spread) -> Lattice:
    """Return the cells that a spread's rows touch."""
    x, y = np.unique(np.stack([spread.x, spread.y], axis=1), axis=0).T
    x, y = x - x.min(), y - y.min()
    if spread.field.correlation is None:
        return Lattice(None, x, y)
    return Lattice(_root(spread.field, (_around(spread.field, x), _around(spread.field, y))), x, y)


def _around(field: Field, at: Places) -> int:
    """Return cells around the torus: as many again as rows touch, or two ranges where less do."""
    extent = int(at.max()) + 1
    far = int(np.ceil(2 * field.range_in_cells))
    return int(fft.next_fast_len(extent + min(extent, far)))


def _root(field: Field, shape: tuple[int, int]) -> Singles:
    """Return the root of the spectrum of the correlation around a torus of cells."""
    x, y = (np.minimum(np.arange(n), n - np.arange(n)) for n in shape)
    around: Numbers = field.table(max(shape) // 2 + 1)[np.ix_(x, y)]
    spectrum = np.maximum(fft.fft2(around).real, 0)  # small negative ones where the torus is tight
    spectrum *= around[0, 0] / spectrum.mean()
    root: Singles = np.sqrt(spectrum / spectrum.size).astype(np.float32)
    return root
