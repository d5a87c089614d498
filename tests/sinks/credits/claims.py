"""Made-up changes, facts and claims for tests."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from data_catalog.methodologies import methodology
from sinks.credits.claim import Claim, credits_of
from sinks.credits.project_facts import Facts, read_facts
from sinks.credits.removals import MONITORED, Removals, by_parcel
from sinks.estimates import Estimates

LIVE = ("above_ground", "below_ground")
FREE = "parameter,value,units,source\nbaseline_removal,0,t_CO2e/(ha*year),survey\n" \
       "leakage_rate,0,t_CO2e/(ha*year),survey\n"  # fmt: skip


def removals(
    changes: Mapping[str, tuple[float, ...]], *, se: float = 0.0, own: float = 0.0,
    kind: str = MONITORED, year: int = 2015, start: float = 1000.0,
) -> Removals:  # fmt: skip
    """Return changes of parcels over years from the end of `year`, t_C, four fifths above ground.

    `se` is the share that one error all parcels have in common makes of each change, `own` that of
    an error of each row's own.
    """
    rows, value = [], []
    for parcel, of_years in changes.items():
        for since, change in enumerate(of_years):
            for pool, share in zip(LIVE, (0.8, 0.2), strict=True):
                rows.append((parcel, pool, year + since, year + since + 1))
                value.append(change * share)
    keys = pd.DataFrame(rows, columns=["parcel_id", "pool", "year_from", "year_to"])
    amounts = np.array(value)
    change = Estimates(
        keys=keys, value=amounts, shared={"fraction": np.abs(amounts) * se},
        own=np.abs(amounts) * own,
    )  # fmt: skip
    stocks = []
    for parcel, of_years in changes.items():
        level = start + np.concatenate([[0], np.cumsum(of_years)])
        stocks += [(parcel, pool, year + i, c * share) for i, c in enumerate(level)
                   for pool, share in zip(LIVE, (0.8, 0.2), strict=True)]  # fmt: skip
    table = pd.DataFrame(stocks, columns=["parcel_id", "pool", "year", "stock"])
    stock = Estimates(
        keys=table[["parcel_id", "pool", "year"]], value=table["stock"].to_numpy(),
        shared={"fraction": table["stock"].to_numpy() * se}, own=np.zeros(len(table)),
    )  # fmt: skip
    areas = dict.fromkeys(changes, 10.0)
    return Removals(change=by_parcel(change), stock=stock, kind=kind, areas=areas, source="test")


def facts(folder: Path, text: str = "", rows: str = FREE, **tables: str) -> Facts:
    """Return the facts of a project file written into a folder, its rows and its tables."""
    for name, content in {"rows": rows, **tables}.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    file = folder / "project.toml"
    file.write_text(f'{text}\n[parameters]\nrows = "rows.csv"\n', encoding="utf-8")
    return read_facts(file)


def credit(found: Removals, name: str, of: Facts, *, yearly: bool = False) -> Claim:
    """Return the claim under a methodology."""
    return credits_of(found, methodology(name), of, yearly=yearly)
