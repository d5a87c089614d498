"""Issued vintages: whole units with serial numbers, a block of them for each parcel."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data_catalog.errors import ProjectError
from data_catalog.parameters import engine_number
from data_catalog.text import Text
from sinks.credits.project_facts import Issued
from sinks.credits.removals import MONITORED
from sinks.credits.vintages import shared_out

__all__ = ["issued"]


def issued(
    vintages: pd.DataFrame, blocks: Sequence[Issued], open_rules: Sequence[str], kind: str,
    where: str,
) -> pd.DataFrame:  # fmt: skip
    """Return the vintages with those that were issued as whole units with their serials.

    What is issued errs no more: its standard error is 0 and its lower bound the whole of it.

    Raises
    ------
    ProjectError
        If the change was not monitored, a rule of eligibility is not answered, or there is no such
        vintage.
    """
    of_file = f"{where}: [[issued]]"
    if kind != MONITORED:
        raise ProjectError(where=of_file, problem=Text(
            "事前估计不能签发；请用已监测的变化。",
            "an estimate ex ante is not issued; take a monitored change.",
        ))  # fmt: skip
    if open_rules:
        names = ", ".join(open_rules)
        raise ProjectError(where=of_file, problem=Text(
            f"以下条件未知，不能签发：{names}。请给出事实。",
            f"not known, so nothing is issued: {names}. Give the facts.",
        ))  # fmt: skip
    found = vintages.copy()
    unit = engine_number("credit_unit")
    for block in blocks:
        rows = (found["vintage_from"] == block.vintage_from).to_numpy()
        if not rows.any():
            raise ProjectError(where=of_file, problem=Text(
                f"没有自 {block.vintage_from} 起的年份。",
                f"no vintage begins on {block.vintage_from}.",
            ))  # fmt: skip
        net = found.loc[rows, "net_tCO2e"].to_numpy()
        units = shared_out(round(net.sum() / unit), net)
        last = block.serial_from + np.cumsum(units) - 1
        first = last - units + 1
        some = units > 0
        for column, serials in (("serial_from", first), ("serial_to", last)):
            texts = [
                f"{block.prefix}{s}" if given else ""
                for s, given in zip(serials, some, strict=True)
            ]
            found.loc[rows, column] = texts
        found.loc[rows, ["net_tCO2e", "lower_tCO2e"]] = np.column_stack([units * unit] * 2)
        found.loc[rows, "se_tCO2e"] = 0.0
        found.loc[rows, "kind"] = "issued"
    return found
