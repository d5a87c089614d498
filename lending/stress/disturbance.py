"""What strikes forests together, as a bank declares it: one TOML file of disturbances.

    rho_ij = everywhere + near exp(-d_ij / reach) + same_species [s_i = s_j]

is the correlation of what decides whether forests i and j are struck (`copula.distance_decay`).
No published row gives such numbers for forests under loans: they are declared, with their source.
"""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pyproj import Transformer

from data_catalog.errors import LoanError
from data_catalog.text import Language, Text, in_language
from data_catalog.toml_files import read_checked
from data_catalog.units import conversion
from lending.stress.copula import Numbers, distance_decay
from lending.stress.loan_table import LoanRow
from lending.stress.losses import strikes

__all__ = ["Disturbance", "example_disturbances", "plane", "read_disturbances", "struck"]

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Disturbance(_Section):
    """One of them.

    `probability` is that a forest is struck in the time that is looked at, `loss_share` what of
    the lending value is lost then. `species`: only forests of these; by default all.
    """

    name: Annotated[str, Field(min_length=1)]
    probability: Share
    loss_share: Share
    everywhere: Share
    near: Share
    reach_km: Annotated[float, Field(gt=0)]
    same_species: Share
    species: tuple[str, ...] = ()
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _is_a_correlation(self) -> "Disturbance":
        if self.everywhere + self.near + self.same_species > 1:
            message = (
                "everywhere, near and same_species must not add up to more than 1 / "
                "everywhere、near、same_species 之和不得超过 1"
            )
            raise ValueError(message)
        return self


class _Disturbances(_Section):
    disturbance: Annotated[tuple[Disturbance, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> "_Disturbances":
        names = [one.name for one in self.disturbance]
        if len(set(names)) != len(names):
            message = "a name is given twice / 同一名称给出了两次"
            raise ValueError(message)
        return self


def read_disturbances(path: Path) -> tuple[Disturbance, ...]:
    """Return the disturbances of a file.

    Raises
    ------
    ProjectError or Problems
        If there is no such file, or something in it is unknown, missing or wrong: all at once.
    """
    return read_checked(_Disturbances, path).disturbance


def example_disturbances(language: Language) -> str:
    """Return a file of disturbances whose numbers are made up, with comments in one language."""
    return in_language(resources.files("lending.stress") / "disturbances.toml", language)


def plane(places: Sequence[tuple[float, float]]) -> Numbers:
    """Return longitudes and latitudes as metres about their middle, (n, 2).

    Azimuthal equidistant: distances from the middle are true, others nearly so over a county and
    to about one in a hundred over a province.
    """
    lon, lat = np.array(places, dtype=np.float64).T
    local = f"+proj=aeqd +lon_0={lon.mean()} +lat_0={lat.mean()} +ellps=GRS80 +units=m"
    to_plane = Transformer.from_crs("EPSG:4490", local, always_xy=True)
    return np.stack(to_plane.transform(lon, lat), axis=1)


def struck(
    security: Numbers, rows: Sequence[LoanRow], of: Disturbance, *, draws: int, seed: int
) -> Numbers:
    """Return lending values after a disturbance, (draws, n).

    Parameters
    ----------
    security : (n,) or (draws, n) array, CNY
    rows : sequence of n loans, with their places

    Raises
    ------
    LoanError
        If a loan has no place, or no species where that counts; names it.
    """
    places = [_place(row, of) for row in rows]
    species = [row.groups.get("species", "") for row in rows]
    metres, _ = conversion("km", "m")
    correlation = distance_decay(
        plane(places), species, everywhere=of.everywhere, near=of.near,
        reach=of.reach_km * metres, same_species=of.same_species,
    )  # fmt: skip
    exposed = np.array([not of.species or one in of.species for one in species])
    return strikes(
        security, of.probability * exposed, of.loss_share, correlation, draws=draws, seed=seed,
        name=of.name,
    )  # fmt: skip


def _place(row: LoanRow, of: Disturbance) -> tuple[float, float]:
    if row.place is None or (not row.groups.get("species") and (of.species or of.same_species)):
        lacking = "lon, lat" if row.place is None else "species"
        raise LoanError(where=row.loan_id, problem=Text(
            f"没有 {lacking}，不能计算“{of.name}”。请在贷款表中补充。",
            f"has no {lacking}, so that {of.name!r} cannot be worked out. Add it to the table.",
        ))  # fmt: skip
    return row.place
