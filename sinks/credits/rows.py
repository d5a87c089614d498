"""The rows that a methodology's numbers are read from; what has no row stops, by name."""

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text

__all__ = ["CREDITS", "METHODOLOGY_MISSING", "needed"]

CREDITS = Text("碳信用", "credits")
METHODOLOGY_MISSING = Text(
    "{service}：方法学“{standard}”的参数“{parameter}”{key}未知，不作猜测。请在 --project 文件的 "
    "[parameters] rows 表中补充一行（parameter、value、units、source）。",
    "{service}: of methodology {standard!r} the parameter {parameter!r}{key} is not known, and "
    "nothing is guessed. Add a row (parameter, value, units, source) to the table that "
    "`rows` of [parameters] names in the file of --project.",
)


def needed(parameters: Parameters, parameter: str, chosen: str, key: str = "") -> Row:
    """Return a row of a methodology, the project's own first.

    Raises
    ------
    ParameterMissing
        Names the methodology and the parameter.
    """
    row = parameters.find(parameter, chosen, key)
    if row is None:
        of = Text(f"（{key}）", f" ({key})") if key else Text("", "")
        raise ParameterMissing(
            METHODOLOGY_MISSING, service=CREDITS, standard=chosen, parameter=parameter, key=of
        )
    return row
