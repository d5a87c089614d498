"""Extent account: area by ecosystem, and what became what between two maps.

Two maps show that an area changed, not why: whether people managed it so, and whether the earlier
map was wrong, cannot be told apart. Additions and reductions are therefore one column each.
"""

import numpy as np
import pandas as pd

from gep.seea.labels import TOTAL, header, in_order, labelled

UNIT = "ha"


def change_matrix(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the area that moved from each ecosystem to each.

    Parameters
    ----------
    areas : DataFrame
        ecosystem (closing), ecosystem_from (opening), area_ha; one or many rows per pair.

    Returns
    -------
    DataFrame
        Opening ecosystems in rows and closing ones in columns, the same codes in both; ha.
    """
    codes = in_order([*areas["ecosystem_from"].astype(str), *areas["ecosystem"].astype(str)])
    pairs = [areas["ecosystem_from"].astype(str), areas["ecosystem"].astype(str)]
    moved = areas["area_ha"].groupby(pairs).sum().unstack(fill_value=0)
    return moved.reindex(index=codes, columns=codes, fill_value=0.0)


def from_matrix(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return opening, unchanged, additions, reductions, net change and closing by code, ha."""
    area = matrix.to_numpy(dtype=np.float64)
    moved = area - np.diag(np.diag(area))
    additions, reductions = moved.sum(axis=0), moved.sum(axis=1)
    return pd.DataFrame(
        {
            "opening": area.sum(axis=1),
            "unchanged": np.diag(area),
            "additions": additions,
            "reductions": reductions,
            "net_change": additions - reductions,
            "closing": area.sum(axis=0),
        },
        index=pd.Index(matrix.index, name="ecosystem"),
    )


def extent(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the extent by code: all measures, or only `closing` where there is no baseline.

    Parameters
    ----------
    areas : DataFrame
        As for `change_matrix`; without `ecosystem_from` where there is no baseline.
    """
    if "ecosystem_from" in areas:
        return from_matrix(change_matrix(areas))
    closing = areas["area_ha"].groupby(areas["ecosystem"].astype(str)).sum()
    return closing.rename("closing").rename_axis("ecosystem").to_frame()


def extent_table(areas: pd.DataFrame) -> pd.DataFrame:
    """Return extent.csv: a row per ecosystem and the total."""
    return labelled(whole(extent(areas)).assign(unit=UNIT))


def matrix_table(areas: pd.DataFrame) -> pd.DataFrame:
    """Return extent_change_matrix.csv: from the rows' ecosystem to the columns'."""
    matrix = change_matrix(areas)
    wide = with_total(matrix.rename(columns=header))
    wide["total_opening"] = wide.drop(columns="ecosystem").sum(axis=1)
    table = labelled(wide.assign(unit=UNIT))
    table["ecosystem_zh"] = table["ecosystem_zh"].replace("合计", "合计（期末）")
    table["ecosystem_en"] = table["ecosystem_en"].replace("total", "total closing")
    names = ("ecosystem", "ecosystem_zh", "ecosystem_en")
    return table.rename(columns={n: n.replace("ecosystem", "ecosystem_from") for n in names})


def whole(found: pd.DataFrame) -> pd.DataFrame:
    """Return an extent with its total; the whole neither grows nor shrinks, to the last digit."""
    rows = with_total(found)
    if "opening" in found:
        last = rows.index[-1]
        rows.loc[last, "reductions"] = rows.loc[last, "additions"]
        rows.loc[last, "closing"] = rows.loc[last, "opening"]
        rows.loc[last, "net_change"] = 0.0
    return rows


def with_total(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows by code with their total as the last row, the code as a column."""
    summed = rows.copy()
    summed.loc[TOTAL] = rows.sum()
    return summed.rename_axis(index="ecosystem").reset_index()
