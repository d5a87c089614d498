"""The code of a figure: what it is called in every table, the same in every run.

`cn-open/soil_retention/11/value` is the value of soil retention on broadleaf forest under cn-open;
`garze-2017/air_purification:so2/all/physical` the amount of one item over all ecosystems. A row of
a table has the code without its last part, and a column's name is that last part.
"""

import pandas as pd

__all__ = ["ALL", "GEP", "UNSHARED", "row_codes"]

ALL = "all"
"""In the place of an ecosystem: all of them together."""
UNSHARED = "none"
"""In the place of an ecosystem: what is not shared out over any."""
GEP = "gep"
"""In the place of a service: all that count."""


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
