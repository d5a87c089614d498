"""Three stands over 100 years, run by libcbm 2.10.2 in its form with a stand's own increments.

`python -m tests.sinks.dynamics.cbm_stands` writes the pools of some years to
cases/libcbm_exn_100_years.csv, which the tests read where libcbm is not installed.
"""

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

CASE = Path(__file__).parent / "cases" / "libcbm_exn_100_years.csv"
YEARS = 100
KEPT = (0, 1, 2, 5, 10, 20, 30, 31, 50, 60, 61, 80, 100)
SETS = ("cbm-softwood", "cbm-hardwood", "cbm-softwood")
TEMPERATURE = np.array([16.0, 16.0, 5.0])
EVENTS = {
    30: (4, {1: "cbm-clearcut", 2: "cbm-clearcut"}),
    60: (1, {1: "cbm-wildfire-hardwood", 2: "cbm-wildfire-softwood"}),
}
"""By year: libcbm's number of a disturbance, and ours by the stand that it hits."""
NAMES = {
    "Merch": "stem", "Foliage": "foliage", "Other": "other", "CoarseRoots": "coarse_roots",
    "FineRoots": "fine_roots", "AboveGroundVeryFastSoil": "above_very_fast",
    "BelowGroundVeryFastSoil": "below_very_fast", "AboveGroundFastSoil": "above_fast",
    "BelowGroundFastSoil": "below_fast", "MediumSoil": "medium",
    "AboveGroundSlowSoil": "above_slow", "BelowGroundSlowSoil": "below_slow",
    "StemSnag": "stem_snag", "BranchSnag": "branch_snag", "Products": "products",
}  # fmt: skip


def increments(years: int = YEARS) -> dict[str, np.ndarray]:
    """Return net increments, t C/ha, (year, stand): a rise and a fall, larger stand by stand."""
    age = np.arange(years)[:, None]
    vigour = np.array([1.0, 1.3, 1.6])
    bell = np.exp(-(((age - 25) / 20.0) ** 2))
    return {
        "stem": (0.1 + 1.8 * bell) * vigour,
        "foliage": (0.01 + 0.2 * np.exp(-age / 6.0)) * vigour,
        "other": (0.05 + 0.4 * bell) * vigour,
    }


def run_libcbm(years: int = YEARS, *, growth_before_event: bool = False) -> pd.DataFrame:
    """Return the pools of each year and stand, with our names, as libcbm computes them.

    Parameters
    ----------
    growth_before_event : bool
        True: libcbm's own yearly step, which takes the growth of roots from the stand as it was
        before the disturbance. False: its two parts one after the other, so that growth follows
        the stand that is left.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libcbm warns of Linux versions it was not tried on
        from libcbm.model.cbm_exn import cbm_exn_model

        with cbm_exn_model.initialize() as model:
            return _run(model, years, growth_before_event)


def _run(model: Any, years: int, growth_before_event: bool) -> pd.DataFrame:
    from libcbm.model.cbm_exn import cbm_exn_step
    from libcbm.model.model_definition.model_variables import ModelVariables

    groups = model.parameters.get_sw_hw_map()
    species = [
        next(s for s, hard in groups.items() if bool(hard) == (name == "cbm-hardwood"))
        for name in SETS
    ]
    young = {"merch_inc": 0.8, "foliage_inc": 0.05, "other_inc": 0.25}
    spinup = {
        "parameters": pd.DataFrame(
            {
                "age": 10, "area": 1.0, "delay": 0, "return_interval": 100, "min_rotations": 1,
                "max_rotations": 5, "spatial_unit_id": 1, "species": species,
                "historical_disturbance_type": 1, "last_pass_disturbance_type": 1,
                "mean_annual_temperature": TEMPERATURE,
            }
        ),
        "increments": pd.DataFrame(
            [{"row_idx": i, "age": age, **young} for i in range(len(SETS)) for age in range(1, 101)]
        ),
    }  # fmt: skip
    state = model.spinup(spinup)
    frames = [state["pools"].assign(year=0)]
    grown = increments()
    for year in range(years):
        given = state["parameters"]
        given["mean_annual_temperature"] = TEMPERATURE
        for ours, theirs in (("stem", "merch"), ("foliage", "foliage"), ("other", "other")):
            given[f"{theirs}_inc"] = grown[ours][year]
        hit = np.zeros(len(SETS), dtype="int32")
        if year in EVENTS:
            number, stands = EVENTS[year]
            hit[list(stands)] = number
        given["disturbance_type"] = hit
        if growth_before_event:
            state = model.step(state)
        else:
            variables = ModelVariables.from_pandas(state)
            variables = cbm_exn_step.step_disturbance(model, variables)
            variables = cbm_exn_step.step_annual_process(model, variables)
            state = variables.to_pandas()
        frames.append(state["pools"].assign(year=year + 1))
    found = pd.concat([f.assign(stand=range(len(SETS))) for f in frames], ignore_index=True)
    return found[["year", "stand", *NAMES]].rename(columns=NAMES)


if __name__ == "__main__":
    kept = run_libcbm()
    kept[kept["year"].isin(KEPT)].to_csv(CASE, index=False, float_format="%.10g")
    sys.exit(0)
