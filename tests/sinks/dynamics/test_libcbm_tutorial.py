"""The oracle itself: libcbm gives on its own second tutorial what it gave when it was measured.

Its 201 stands grow by Canadian yield curves, which are none of ours: this says that the libcbm
that our stands are held against is the one whose figures are on record, and that no carbon is lost
between its pools and their sum.
"""

import csv
import warnings
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[4] / "shared" / "reference" / "carbon-params"
BIOMASS = ("Merch", "Foliage", "Other", "CoarseRoots", "FineRoots")
DEAD = ("Soil", "Snag")
YEARS = 200


def totals() -> Any:
    """Return the carbon of all stands by year: biomass and dead organic matter, t C."""
    from libcbm import resources
    from libcbm.input.sit import sit_cbm_factory
    from libcbm.model.cbm import cbm_simulator
    from libcbm.model.cbm.cbm_output import CBMOutput

    folder = Path(resources.get_test_resources_dir()) / "cbm3_tutorial2"
    sit = sit_cbm_factory.load_sit(str(folder / "sit_config.json"))
    classifiers, inventory = sit_cbm_factory.initialize_inventory(sit)
    out = CBMOutput(classifier_map=sit.classifier_value_names)
    with sit_cbm_factory.initialize_cbm(sit) as model:
        rules = sit_cbm_factory.create_sit_rule_based_processor(sit, model)
        cbm_simulator.simulate(
            model, n_steps=YEARS, classifiers=classifiers, inventory=inventory,
            pre_dynamics_func=rules.pre_dynamics_func,
            reporting_func=out.append_simulation_result,
        )  # fmt: skip
    pools = out.pools.to_pandas()
    live = [c for c in pools if c.endswith(BIOMASS)]
    dead = [c for c in pools if c.endswith(DEAD)]
    by_year = pools.groupby("timestep")[live + dead].sum()
    return by_year.assign(biomass=by_year[live].sum(axis=1), dead=by_year[dead].sum(axis=1))


@pytest.mark.shared
def test_the_tutorial_of_201_stands_gives_the_recorded_carbon() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = totals()
    with (SHARED / "acc_libcbm_tutorial2.csv").open(encoding="utf-8", newline="") as file:
        recorded = list(csv.DictReader(file))
    assert len(recorded) == 8
    for row in recorded:
        year = found.loc[int(row["timestep"])]
        # printed to the hundredth, and dead matter to the tonne
        assert year["biomass"] == pytest.approx(float(row["biomass_tC"]), abs=0.006)
        assert year["dead"] == pytest.approx(float(row["dom_tC"]), abs=0.6)
        if row["ecosystem_tC"]:
            whole = year["biomass"] + year["dead"]
            assert whole == pytest.approx(float(row["ecosystem_tC"]), abs=0.6)
