"""Condition account: what state each ecosystem is in, variable by variable, and the index of it."""

import numpy as np
import pandas as pd

from data_catalog.classes.seea import condition_characteristics
from data_catalog.parameters import Parameters
from data_catalog.text import Text
from data_catalog.variables import variables
from gep.seea.labels import labelled
from gep.seea.variables import GRADES

QUALITY = "ecosystem_quality_index"
INDEX = "condition_index"
_INDEX_TITLE = Text("状况指数（指标加权平均）", "condition index (weighted mean of indicators)")
_COMPOSITE = Text("综合", "composite")


def condition_table(given: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Return condition.csv: a row per ecosystem and variable, and the index if there are weights.

    Parameters
    ----------
    given : DataFrame
        ecosystem, variable, unit, closing. Optional: opening; variable_zh and variable_en for one
        that the catalog does not know; low and high, the reference levels of the worst and the best
        condition in the variable's unit; weight of the indicator in the index, any scale.
    parameters : Parameters
        Thresholds of the grades of HJ 1172.
    """
    rows = given.reset_index(drop=True).copy()
    for column in ("opening", "low", "high", "weight"):
        rows[column] = rows[column].astype(np.float64) if column in rows else np.nan
    for side in ("opening", "closing"):
        rows[f"indicator_{side}"] = indicator(rows[side], rows["low"], rows["high"])
    rows = pd.concat([_titled(rows), index_rows(rows)], ignore_index=True)
    rows["change"] = rows["closing"] - rows["opening"]
    rows["indicator_change"] = rows["indicator_closing"] - rows["indicator_opening"]
    eqi = rows["variable"] == QUALITY
    for side in ("opening", "closing"):
        graded = [grade(value, parameters) for value in rows[side].where(eqi)]
        rows[f"grade_{side}_zh"] = [text.zh for text in graded]
        rows[f"grade_{side}_en"] = [text.en for text in graded]
    rows = rows.sort_values("ecosystem", kind="stable", ignore_index=True)[list(_COLUMNS)]
    empty = {c for c in _COLUMNS if (rows[c].isna() | (rows[c] == "")).all()}
    return labelled(rows.drop(columns=empty.difference(_ALWAYS)))


def indicator(value: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """Return where a value lies between its reference levels, 0 to 1; NaN without levels.

    `low` may exceed `high`, for a variable that is better the smaller it is.
    """
    span = (high - low).where(high != low)
    return ((value - low) / span).clip(0, 1)


def index_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the weighted mean of each ecosystem's indicators, for those that have weights."""
    made = []
    for ecosystem, part in rows[rows["weight"] > 0].groupby("ecosystem", sort=True):
        index = {
            side: _weighted(part[f"indicator_{side}"], part["weight"])
            for side in ("opening", "closing")
        }
        made.append(
            {"ecosystem": ecosystem, "variable": INDEX, "variable_zh": _INDEX_TITLE.zh,
             "variable_en": _INDEX_TITLE.en, "characteristic_zh": _COMPOSITE.zh,
             "characteristic_en": _COMPOSITE.en, "unit": "1", **index}
        )  # fmt: skip
    return pd.DataFrame(made)


def grade(quality: float, parameters: Parameters) -> Text:
    """Return the grade of HJ 1172 of an ecosystem quality index; empty where it is missing."""
    at_least = {
        k: row.value for k, row in parameters.of_set("ecosystem_quality_grade", "HJ1172").items()
    }
    for name, title in GRADES.items():
        if quality >= at_least.get(name, -np.inf):
            return title
    return Text("", "")


def _weighted(values: pd.Series, weights: pd.Series) -> float:
    """Return the weighted mean; missing if one of the values is."""
    return float((values * weights).sum(skipna=False) / weights.sum())


def _titled(rows: pd.DataFrame) -> pd.DataFrame:
    known, kinds = variables(), condition_characteristics()
    empty = Text("", "")
    titles = [known[v].title if v in known else Text(v, v) for v in rows["variable"]]
    of = [
        _COMPOSITE if v.startswith("ecosystem_quality") else kinds.get(v, empty)
        for v in rows["variable"]
    ]
    for language in ("zh", "en"):
        column = f"variable_{language}"
        fallback = pd.Series([t[language] for t in titles], index=rows.index)
        rows[column] = rows[column].fillna(fallback) if column in rows else fallback
        rows[f"characteristic_{language}"] = [t[language] for t in of]
    return rows


_ALWAYS = ("ecosystem", "variable", "variable_zh", "variable_en", "closing", "unit")
"""Columns that are there even where they are empty; the others only where they say something."""

_COLUMNS = (
    "ecosystem", "characteristic_zh", "characteristic_en", "variable", "variable_zh", "variable_en",
    "opening", "closing", "change", "unit", "grade_opening_zh", "grade_closing_zh",
    "grade_opening_en", "grade_closing_en", "low", "high", "indicator_opening",
    "indicator_closing", "indicator_change", "weight",
)  # fmt: skip
