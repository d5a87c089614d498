"""The error of a biomass map in a run: of each pixel, alike at near places and at both dates."""

from dataclasses import dataclass

import numpy as np

from data_catalog.parameters import Parameters, Row
from sinks.estimates import Estimates
from sinks.methods.part import ACCOUNT
from sinks.rows import needed
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.dates import split_by_date
from sinks.uncertainty.fields import Spread
from sinks.uncertainty.map_error import footprints_of_polygons, with_map_error
from tiles.project import Carbon
from tiles.results import Result

__all__ = ["PARAMETERS", "MapError", "footprints_of", "map_error_of"]

SOURCE, MODEL, SET = "map model", "exponential", "sensitivity"
SHARE, RANGE, DATES = "biomass_map_error", "correlation_range", "date_correlation"
PARAMETERS = (SHARE, RANGE, DATES)


@dataclass(frozen=True, kw_only=True)
class MapError:
    """What is known of a map's error.

    Parameters
    ----------
    share : Row
        Standard deviation of a pixel's biomass as a share of it.
    range_m, rho : Row
        Practical range of the errors' correlation, and their correlation between the dates.
    """

    share: Row
    range_m: Row
    rho: Row

    def rows(self) -> tuple[Row, ...]:
        """Return what it was read from."""
        return self.share, self.range_m, self.rho

    def on(
        self, parts: tuple[Estimates, ...], footprints: Spread, year: int
    ) -> tuple[Estimates, ...]:
        """Return a year's amounts with the map's error: one and the same in all pools."""
        correlation = Correlation(MODEL, self.range_m.in_units("m"))
        sources = split_by_date(SOURCE, year, self.rho.in_units("1"))
        found = []
        for part in parts:
            sd = np.nan_to_num(part.value) * self.share.in_units("1")
            with_error = part
            for source, of_it in sources.items():
                with_error = with_map_error(with_error, source, footprints, correlation, sd * of_it)
            found.append(with_error)
        return tuple(found)


def map_error_of(carbon: Carbon, parameters: Parameters) -> MapError | None:
    """Return the error that a project states of its map; None where it states none.

    Raises
    ------
    ParameterMissing
        If one of the numbers has no row.
    """
    chosen = carbon.map_error
    if chosen is None:
        return None
    wanted = ((SHARE, ""), (RANGE, chosen.range), (DATES, chosen.dates))
    share, range_m, rho = (needed(parameters, ACCOUNT, name, SET, key) for name, key in wanted)
    return MapError(share=share, range_m=range_m, rho=rho)


def footprints_of(result: Result) -> Spread:
    """Return the parcels' shares of the squares that a field of errors is cut into."""
    return footprints_of_polygons(result.inputs.parcels.geometry.to_numpy())
