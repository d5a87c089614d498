"""What classification error does to areas: corrected by a reference sample, with its error.

A map's class i is of class j in the field with probability q_ij, which a reference sample in each
map class gives. The area of class j is corrected for it, parcel by parcel:

    A_pj = sum_i a_pi q_ij          Cov(q_ij, q_ik) = q_ij (1{j = k} - q_ik) / (n_i - 1)

Errors of the shares are the same draw for all parcels: they add up over parcels, and a sample does
not become larger by being used on more of them. Of one map class the errors of the field classes
sum to zero, so that the parcel's area stays what it is; they are `min(J, I) - 1` independent
sources at most, the covariance's principal components.

References
----------
Olofsson et al. 2014, Good practices for estimating area and assessing accuracy of land change,
Remote Sens. Environ. 148, eq. 9 to 11 (total area by class and its standard error).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import TableError
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.fields import Spread
from sinks.uncertainty.map_error import with_map_error

__all__ = ["class_areas", "class_shares", "share_covariance", "with_clusters"]

Numbers = npt.NDArray[np.float64]
SAMPLE, MISTAKES = "reference sample of map class", "mistakes in map class"
"""What sources are called, before the class and the number of the component."""
LEAST = 2
"""Reference units of a class: one says nothing of its error."""


def class_shares(counts: npt.ArrayLike) -> Numbers:
    """Return q: the share of each field class in each map class, (map classes, field classes)."""
    n = np.asarray(counts, dtype=np.float64)
    shares: Numbers = n / n.sum(axis=1, keepdims=True)
    return shares


def share_covariance(counts: npt.ArrayLike) -> Numbers:
    """Return the covariance of the shares of one map class, (field classes, field classes).

    Parameters
    ----------
    counts : (field classes,) array
        Reference units of the map class by field class.
    """
    n = np.asarray(counts, dtype=np.float64)
    covariance: Numbers = _of_one_unit(n) / (n.sum() - 1)
    return covariance


def _of_one_unit(counts: Numbers) -> Numbers:
    """Return the covariance of which class one unit, or one place, is of."""
    q = counts / counts.sum()
    covariance: Numbers = np.diag(q) - np.outer(q, q)
    return covariance


def class_areas(
    mapped: npt.ArrayLike,
    counts: npt.ArrayLike,
    keys: pd.DataFrame,
    classes: Sequence[str],
    strata: Sequence[str] | None = None,
) -> Estimates:
    """Return the area of each class in each parcel, corrected for the map's errors.

    Parameters
    ----------
    mapped : (n, map classes) array, ha
    counts : (map classes, field classes) array
        Reference units, drawn at random within each map class; rows are the map's classes. At
        least two in each class that has area.
    keys : DataFrame, n rows
        What each row of `mapped` is of: parcel_id ...
    classes : field classes
    strata : map classes, optional
        By default the field classes; needed where the map has others, as a buffer.

    Returns
    -------
    Estimates of n x field classes rows, ha
        Keys and `class`; a source per map class and component. A parcel's own deviation from the
        map class's shares is not in it: these are expected areas, and the sample says nothing of
        how errors cluster.

    Raises
    ------
    TableError
        If a class with area has fewer than two reference units, or a count is negative.
    """
    area, n = (np.asarray(a, dtype=np.float64) for a in (mapped, counts))
    names = classes if strata is None else strata
    _check(area, n, classes, names)
    sampled = n.sum(axis=1) >= LEAST
    shares = class_shares(np.where(sampled[:, None], n, 1))
    rows = len(area) * len(classes)
    shared: dict[str, Numbers] = {}
    for name, of_class, units in zip(names, area.T, n, strict=True):
        if units.sum() >= LEAST:
            for part, effect in enumerate(_components(share_covariance(units)), start=1):
                shared[f"{SAMPLE} {name}, {part}"] = np.outer(of_class, effect).ravel()
    labels = pd.Series(list(classes) * len(area), name="class")
    repeated = keys.loc[keys.index.repeat(len(classes))].reset_index(drop=True)
    return Estimates(
        keys=repeated.assign(**{"class": labels}), value=(area @ shares).ravel(),
        shared=shared, own=np.zeros(rows),
    )  # fmt: skip


def with_clusters(
    areas: Estimates,
    mapped: npt.ArrayLike,
    counts: npt.ArrayLike,
    footprints: Spread,
    correlation: Correlation,
    strata: Sequence[str] | None = None,
) -> Estimates:
    """Return corrected areas with the parcels' own deviations from the shares of a map class.

    Which class a place is of, given its map class, has the covariance of one unit; places near
    each other are mistaken together, as the correlation says.

    Parameters
    ----------
    areas : Estimates
        What `class_areas` returned for the same `mapped` and `counts`.
    footprints : Spread of n rows
        Where the parcels lie; each map class is taken to be spread over the parcel.
    correlation : Correlation
        Of a mistake at two places.
    strata : map classes, optional
        As for `class_areas`.
    """
    area, n = (np.asarray(a, dtype=np.float64) for a in (mapped, counts))
    names = areas.keys["class"].unique() if strata is None else strata
    parcel = np.repeat(np.arange(len(area)), n.shape[1])
    for name, of_class, units in zip(names, area.T, n, strict=True):
        if units.sum() < LEAST:
            continue
        for part, effect in enumerate(_components(_of_one_unit(units)), start=1):
            error, source = np.outer(of_class, effect).ravel(), f"{MISTAKES} {name}, {part}"
            areas = with_map_error(areas, source, footprints, correlation, error, parcel)
    return areas


def _components(covariance: Numbers) -> Numbers:
    """Return the independent errors whose squares make a covariance, (components, classes)."""
    variance, direction = np.linalg.eigh(covariance)
    some = variance > max(variance.max(), 0) * np.finfo(float).eps * len(covariance)
    components: Numbers = (direction[:, some] * np.sqrt(variance[some])).T[::-1]
    return components


def _check(area: Numbers, counts: Numbers, classes: Sequence[str], strata: Sequence[str]) -> None:
    if area.shape[1:] != (len(strata),) or counts.shape != (len(strata), len(classes)):
        message = (
            f"areas {area.shape} and counts {counts.shape} are not those of {len(strata)} "
            f"classes of the map and {len(classes)} of the field"
        )
        raise ValueError(message)
    if not (counts >= 0).all():
        raise TableError(
            where="reference sample",
            problem=Text("样本数不能为负或缺失。", "counts must not be negative or missing."),
        )
    for name, mapped, sampled in zip(strata, area.sum(axis=0), counts.sum(axis=1), strict=True):
        if sampled < LEAST and mapped != 0:
            raise TableError(
                where="reference sample",
                problem=Text(
                    f"制图类别 {name} 有面积 {mapped:.2f} ha，但只有 {sampled:.0f} 个参考样本；"
                    f"至少需要 {LEAST} 个。",
                    f"map class {name} has {mapped:.2f} ha but {sampled:.0f} reference units; "
                    f"at least {LEAST} are needed.",
                ),
            )
