"""From the real rasters of Madagascar to the files of a loan, by the commands a user types.

Real: rasters, parcels' areas, stock and change. Declared for the example, and marked [SYN] in its
files: that there was a project, its baseline rule, leakage, risk answers, price, costs and papers.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from click.testing import CliRunner

from cli.main import gep
from lending.policy import example_policy
from tests.madagascar import make_madagascar

FILES = Path(__file__).parent / "madagascar"
METHODOLOGY = "vcs-4.4-avoided-loss"
POOLS = ["above_ground", "below_ground"]
CO2 = 44 / 12
COUNT = 3
BASELINE_ERROR = 0.2
"""[SYN] standard error of the baseline over its amount."""
PLEDGED = "PLEDGE-0001"


def gep_says(*words: object) -> tuple[int, str]:
    """Run a command in English; return its exit code and what it printed."""
    asked = [*map(str, words), "--lang", "en"]
    done = CliRunner().invoke(gep, asked, catch_exceptions=False, standalone_mode=False)
    return done.return_value or 0, done.stdout


def make_run(folder: Path, computed: Callable[..., dict[str, Any]], *, parcels: int = 60) -> Path:
    """Compute the project with the example's errors of its densities; return the run."""
    project = make_madagascar(folder, parcels=parcels)
    shutil.copy(FILES / "densities.csv", folder)
    text = project.read_text(encoding="utf-8")
    project.write_text(f'{text}[tables]\nparameters = "densities.csv"\n', encoding="utf-8")
    computed(project, folder / "run", tile=512, workers=2)
    return folder / "run"


def carbon_of(run: Path) -> pd.DataFrame:
    """Return each parcel's stock in 2000 and its change to 2014 in the pools that count, t CO2e."""
    rows = pd.read_parquet(run / "carbon.parquet")
    rows = rows[rows["pool"].isin(POOLS)]
    stock = rows[rows["year"] == 2000].groupby("parcel_id")["stock_tC"].sum()
    change = rows.dropna(subset="change_tC").groupby("parcel_id")["change_tC"].sum()
    return pd.DataFrame({"stock": stock, "change": change}) * CO2


def chosen(run: Path) -> tuple[list[str], pd.Series]:
    """Return the parcels that lost least beside the region's rate, and each one's baseline.

    The example's baseline rule [SYN]: without a project a parcel would have lost the share of its
    carbon that all parcels of the run together lost in the same years.
    """
    carbon = carbon_of(run)
    rate = carbon["change"].sum() / carbon["stock"].sum()
    baseline = rate * carbon["stock"]
    avoided = carbon["change"] - baseline
    ids = sorted(avoided.nlargest(COUNT).index)
    return ids, baseline[ids]


def write_project(folder: Path, run: Path) -> list[str]:
    """Write the facts of the crediting project; return its parcels."""
    ids, baseline = chosen(run)
    shutil.copy(FILES / "rows.csv", folder)
    named = ", ".join(f'"{one}"' for one in ids)
    facts = (FILES / "credits.toml").read_text(encoding="utf-8")
    (folder / "credits.toml").write_text(facts.replace("ids = []", f"ids = [{named}]"), "utf-8")
    pd.DataFrame({
        "parcel_id": ids, "year_from": 2000, "year_to": 2014, "tCO2e": baseline,
        "se_tCO2e": BASELINE_ERROR * baseline.abs(),
    }).to_csv(folder / "baseline.csv", index=False)  # fmt: skip
    return ids


def write_loan(folder: Path, run: Path, ids: list[str]) -> Path:
    """Write the loan's file with its facts, policy, papers and register; return it."""
    shutil.copy(FILES / "facts.toml", folder)
    (folder / "policy.toml").write_text(example_policy("en"), encoding="utf-8")
    pd.DataFrame([
        {"parcel_id": one, "holder": "示例合作社（编造）", "tenure_end": "2045-12-31",
         "holder_is_party": "yes", "litigation_or_seizure": "no"}
        for one in ids
    ]).to_csv(folder / "papers.csv", index=False)  # fmt: skip
    parcels = gpd.read_parquet(run / "parcels.parquet").set_index("parcel_id")
    inside = parcels.geometry[ids[0]].buffer(-500)  # a made-up neighbour's pledge on the first
    pd.DataFrame([{
        "claim_id": PLEDGED, "parcel_id": "X-1", "right": "CARB_F", "vintage_from": "2010-01-01",
        "vintage_to": "2030-01-01", "tonnes": 1000, "holder": "示例户（编造）",
        "creditor": "示例银行乙（编造）", "registered_at": "2019-03-02T09:30:00+08:00",
        "registration_number": "0001", "state": "pledged", "crs": str(parcels.crs),
        "geometry": inside.wkt,
    }]).to_csv(folder / "claims.csv", index=False)  # fmt: skip
    named = ", ".join(f'"{one}"' for one in ids)
    loan = (FILES / "loan.toml").read_text(encoding="utf-8")
    file = folder / "loan.toml"
    file.write_text(loan.replace("parcels = []", f"parcels = [{named}]"), encoding="utf-8")
    return file
