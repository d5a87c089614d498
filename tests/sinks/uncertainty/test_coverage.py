"""Stated intervals hold the truth as often as they say: counties whose truth is known.

The truth is drawn by an oracle of its own: the Cholesky root of the correlation of all pairs of
pixels, without cells, tables or Fourier transforms.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from sinks.estimates import Estimates
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.levels import half_width
from sinks.uncertainty.map_error import footprints_of_pixels, with_map_error

SIDE, PIXEL, PARCELS, TOWNSHIPS = 64, 100.0, 160, 8
LEVEL = 0.90
RANGES = [300.0, 1500.0, 6000.0]
"""From half a parcel to the whole county, which is 6.4 km wide."""


@dataclass(frozen=True)
class County:
    """Pixels of parcels of townships, and what is estimated of them."""

    parcel: np.ndarray
    township: np.ndarray
    sd: np.ndarray
    estimates: Estimates


def county(correlation: Correlation) -> County:
    random = np.random.default_rng(20261121)
    row, col = (a.ravel() for a in np.mgrid[:SIDE, :SIDE])
    seeds = random.uniform(0, SIDE, (PARCELS, 2))
    parcel = ((seeds[:, :1] - row) ** 2 + (seeds[:, 1:] - col) ** 2).argmin(axis=0)
    towns = random.uniform(0, SIDE, (TOWNSHIPS, 2))
    township = ((seeds[:, :1] - towns[:, 0]) ** 2 + (seeds[:, 1:] - towns[:, 1]) ** 2).argmin(
        axis=1
    )
    biomass = 40 + 30 * np.sin(row / 9) * np.cos(col / 13) + random.uniform(0, 20, row.size)
    sd = 0.3 * biomass  # t_C per pixel of 1 ha
    carbon = np.bincount(parcel, biomass, PARCELS)
    bare = Estimates(
        keys=pd.DataFrame({"parcel_id": np.arange(PARCELS), "township": township}),
        value=carbon, shared={"carbon_fraction": 0.03 * carbon}, own=np.full(PARCELS, 12.0),
    )  # fmt: skip
    prints = footprints_of_pixels(parcel, row, col, sd, PIXEL, PARCELS)
    errors = np.bincount(parcel, sd, PARCELS)
    # cells three fifths of a parcel wide, as they are of a county of 40 km
    whole = with_map_error(bare, "map model", prints, correlation, errors, side_m=3 * PIXEL)
    return County(parcel, township, sd, whole)


def truths(given: County, correlation: Correlation, replicates: int) -> np.ndarray:
    """Return true carbon of the parcels, (parcels, replicates)."""
    random = np.random.default_rng(7)
    at = PIXEL * np.stack(np.mgrid[:SIDE, :SIDE], axis=-1).reshape(-1, 2)
    distance = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    root = np.linalg.cholesky(correlation.at(distance) + 1e-9 * np.eye(len(at)))
    noise = random.standard_normal((len(at), replicates), dtype=np.float32)
    errors = given.sd[:, None] * (root.astype(np.float32) @ noise)
    order = np.argsort(given.parcel, kind="stable")
    starts = np.searchsorted(given.parcel[order], np.arange(PARCELS))
    by_parcel = np.add.reduceat(errors[order], starts, axis=0)
    common = random.standard_normal(replicates)
    own = given.estimates.own[:, None] * random.standard_normal((PARCELS, replicates))
    shared = given.estimates.shared["carbon_fraction"][:, None] * common
    return given.estimates.value[:, None] + by_parcel + shared + own


def covered(estimates: Estimates, se: np.ndarray, truth: np.ndarray) -> float:
    """Return the share of rows and replicates whose interval holds the truth."""
    off = np.abs(truth - estimates.value[:, None])
    return float((off <= half_width(se, LEVEL)[:, None]).mean())


def summed(truth: np.ndarray, township: np.ndarray) -> np.ndarray:
    return np.stack([truth[township == t].sum(axis=0) for t in range(TOWNSHIPS)])


def check(range_m: float, replicates: int) -> None:
    correlation = Correlation("exponential", range_m)
    given = county(correlation)
    truth = truths(given, correlation, replicates)
    found = given.estimates
    towns, everything = found.summed(["township"]), found.summed(())
    shares = {
        "parcels": covered(found, found.se, truth),
        "townships": covered(towns, towns.se, summed(truth, given.township)),
        "total": covered(everything, everything.se, truth.sum(axis=0, keepdims=True)),
    }
    assert all(0.88 <= share <= 0.92 for share in shares.values()), shares

    pixels = np.bincount(given.parcel, given.sd**2, PARCELS)
    other = found.shared["carbon_fraction"] ** 2 + found.own**2
    naive_parcels = np.sqrt(other + pixels)
    naive_towns = np.sqrt(
        np.bincount(given.township, found.shared["carbon_fraction"], TOWNSHIPS) ** 2
        + np.bincount(given.township, found.own**2 + pixels, TOWNSHIPS)
    )
    naive = {
        "parcels": covered(found, naive_parcels, truth),
        "townships": covered(towns, naive_towns, summed(truth, given.township)),
    }
    assert all(share < 0.80 for share in naive.values()), naive


@pytest.mark.parametrize("range_m", RANGES)
def test_ninety_per_cent_intervals_cover_and_sigma_over_root_n_does_not(range_m: float) -> None:
    check(range_m, replicates=2000)


@pytest.mark.torture
@pytest.mark.parametrize("range_m", RANGES)
def test_they_cover_over_four_thousand_counties(range_m: float) -> None:
    check(range_m, replicates=4000)
