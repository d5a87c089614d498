"""What is summed beside the services and never valued: water balance, condition of ecosystems."""

from collections.abc import Iterable, Iterator

from data_catalog.spec import Citation, Layer, Model, Output, Pixels
from data_catalog.text import Text
from gep.seea.variables import VARIABLES
from tiles.binding import Bound, bind
from tiles.derive import Derivations

__all__ = ["indicators"]


def fallen(precipitation: Pixels) -> Pixels:
    """Return the depth of a year's rain; never negative."""
    return precipitation


def evaporated(evapotranspiration: Pixels) -> Pixels:
    """Return the depth evaporated in a year; never negative."""
    return evapotranspiration


PRECIPITATION = Model(
    id="precipitation_volume",
    title=Text("降水量", "precipitation volume"),
    formula=r"\sum A P",
    source=Citation("HJ1173", "A.1, first term"),
    inputs={"precipitation": Layer(symbol="P", units="mm/year")},
    kernel=fallen,
    output=Output(name="precipitation", units="mm/year", total="m3/year", low=0, high=12000),
)
EVAPOTRANSPIRATION = Model(
    id="evapotranspiration_volume",
    title=Text("蒸散量", "evapotranspiration volume"),
    formula=r"\sum A ET",
    source=Citation("HJ1173", "A.1, third term"),
    inputs={"evapotranspiration": Layer(symbol="ET", units="mm/year")},
    kernel=evaporated,
    output=Output(name="evapotranspiration", units="mm/year", total="m3/year", low=0, high=5000),
)
WITH_SERVICE = {"water_conservation": (PRECIPITATION, EVAPOTRANSPIRATION)}
"""Which indicators are summed along with which service."""


def indicators(computed: Iterable[str], at_hand: Derivations) -> Iterator[Bound]:
    """Yield the terms of the computed services, and every condition variable that can be had.

    Parameters
    ----------
    computed : iterable of str
        The ids of the services.
    """
    terms = (m for service in computed for m in WITH_SERVICE.get(service, ()))
    for model in (*terms, *VARIABLES):
        if all(at_hand.obtain(name) is None for name in model.layers()):
            yield bind(
                model, id_=model.id, account=model.id, parameters=at_hand.parameters,
                set_of=str, standard="",
            )  # fmt: skip
