"""Parameter rows that a computation cannot do without."""

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from data_catalog.units import conversion

__all__ = ["missing", "needed", "se_of"]


def needed(
    parameters: Parameters, service: str | Text, parameter: str, chosen: str, key: str = ""
) -> Row:
    """Return a row, the project's own first.

    Parameters
    ----------
    service : str or Text
        What the row is needed for, as people are told of it: `soil_change`.

    Raises
    ------
    ParameterMissing
        If there is none; nothing stands in for it.
    """
    row = parameters.find(parameter, chosen, key)
    if row is None:
        raise missing(service, parameter, chosen, key)
    return row


def missing(service: str | Text, parameter: str, chosen: str, key: str) -> ParameterMissing:
    """Return the error that names what is needed."""
    what = Text(f"（{key}）", f" of {key}") if key else Text("", "")
    return ParameterMissing(service=service, standard=chosen, parameter=parameter, key=what)


def se_of(row: Row, units: str) -> float:
    """Return a row's standard error in the given units; NaN where the source gives none."""
    factor, _ = conversion(row.units, units)
    return row.se * factor
