"""The code of a figure: what it is called in every table, the same in every run.

`cn-open/soil_retention/11/value` is the value of soil retention on broadleaf forest under cn-open;
`garze-2017/air_purification:so2/all/physical` the amount of one item over all ecosystems. A row of
a table has the code without its last part, and a column's name is that last part.

A figure of the SEEA tables is `seea/<table>/<first column>/<first word of the header>`, with the
standard after `seea` where it is not the first of the run: `seea/extent/11/closing`.
"""

from collections.abc import Iterable

import pandas as pd

__all__ = ["ALL", "GEP", "SEEA", "UNSHARED", "row_codes", "seea_code"]

ALL = "all"
"""In the place of an ecosystem: all of them together."""
UNSHARED = "none"
"""In the place of an ecosystem: what is not shared out over any."""
GEP = "gep"
"""In the place of a service: all that count."""
SEEA = "seea"
NOWHERE = "-"
"""How a header begins of what is not shared out."""


def row_codes(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return the codes of a table's rows: standard, service, item and ecosystem where it has them.

    Parameters
    ----------
    rows : DataFrame
        With standard, service, and maybe item and ecosystem.
    """
    service = rows["service"].astype(str)
    if "item" in rows:
        item = rows["item"].astype(str)
        service = service + (":" + item).where(item != "", "")
    place = pd.Series(ALL, index=rows.index)
    if "ecosystem" in rows:
        place = rows["ecosystem"].astype(str).replace("", UNSHARED)
    return rows["standard"].astype(str) + "/" + service + "/" + place


def seea_code(standard: str, table: str, keys: Iterable[str], column: str) -> str:
    """Return the code of a figure of a SEEA table.

    Parameters
    ----------
    standard : str
        Empty for the first of the run.
    keys : iterable of str
        What tells the row: an ecosystem, a service, a group, an ecosystem and a variable.
    column : str
        The header, whose first word counts.

    Examples
    --------
    >>> seea_code("", "supply_monetary", ["water_conservation"], "11 阔叶林 broadleaf forest")
    'seea/supply_monetary/water_conservation/11'
    >>> seea_code("garze-2017", "asset", [""], "closing")
    'seea/garze-2017/asset/none/closing'
    """
    word = column.split(maxsplit=1)[0]
    places = (key or UNSHARED for key in (*keys, "" if word == NOWHERE else word))
    return "/".join((SEEA, *((standard,) if standard else ()), table, *places))
