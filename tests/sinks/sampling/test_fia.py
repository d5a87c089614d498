"""The forest inventory of Rhode Island: totals and change by the design, and the trees' carbon."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_catalog.errors import TableError
from data_catalog.units import conversion
from sinks.sampling.fia import ATTRIBUTES, FOREST_AREA, FiaInventory
from tests.madagascar import DATA

pytestmark = pytest.mark.shared

FOLDER = DATA.parent / "plots_rhode_island"
NSVB = Path(__file__).parent / "cases" / "nsvb_total_biomass.csv"
AREA_2018, CHANGE_2018 = 441801, 441803
STATE_AREA_HA = 316_500


def table(name: str) -> pd.DataFrame:
    ids = dict.fromkeys(("CN", "PLT_CN", "PREV_PLT_CN", "PREV_TRE_CN", "STRATUM_CN"), "Int64")
    columns = pd.read_csv(FOLDER / f"{name}.csv.gz", nrows=0).columns
    used = {c: t for c, t in ids.items() if c in columns}
    return pd.read_csv(FOLDER / f"{name}.csv.gz", dtype=used, low_memory=False)


@pytest.fixture(scope="module")
def inventory() -> FiaInventory:
    return FiaInventory(folder=FOLDER)


@pytest.fixture(scope="module")
def trees() -> pd.DataFrame:
    return table("TREE")


def textbook(evalid: int, column: str, trees: pd.DataFrame) -> tuple[float, float]:
    """Return total and standard error per acre, tree by tree, with the published expansion."""
    assigned = table("POP_PLOT_STRATUM_ASSGN").query(f"EVALID == {evalid}")
    strata = table("POP_STRATUM").query(f"EVALID == {evalid}").set_index("CN")
    units = table("POP_ESTN_UNIT").query(f"EVALID == {evalid}").set_index("ESTN_UNIT")
    forest = table("COND").query("COND_STATUS_CD == 1")[["PLT_CN", "CONDID", "CONDPROP_UNADJ"]]
    if column:
        live = trees[(trees["STATUSCD"] == 1) & trees[column].notna()].merge(forest)
    total, variance = 0.0, 0.0
    for unit, of_unit in assigned.groupby("ESTN_UNIT"):
        n, area = len(of_unit), units.loc[unit, "AREA_USED"]
        for cn, of_stratum in of_unit.groupby("STRATUM_CN"):
            stratum = strata.loc[cn]
            values = []
            for plot in of_stratum["PLT_CN"]:
                if column:
                    here = live[live["PLT_CN"] == plot]
                    values.append(math.fsum(
                        tree[column] * tree["TPA_UNADJ"] * stratum[
                            "ADJ_FACTOR_MICR" if tree["DIA"] < 5 else "ADJ_FACTOR_SUBP"
                        ]
                        for _, tree in here.iterrows()
                    ))  # fmt: skip
                else:
                    share = forest.loc[forest["PLT_CN"] == plot, "CONDPROP_UNADJ"].sum()
                    values.append(share * stratum["ADJ_FACTOR_SUBP"])
            total += stratum["EXPNS"] * math.fsum(values)
            w = stratum["P1POINTCNT"] / units.loc[unit, "P1PNTCNT_EU"]
            v = np.var(values, ddof=1) / len(values)
            variance += area**2 / n * (w * len(values) * v + (1 - w) * len(values) / n * v)
    return total, variance**0.5


@pytest.mark.parametrize("name", [FOREST_AREA, "carbon_above_ground", "volume"])
def test_totals_agree_with_a_second_computation(inventory, trees, name: str) -> None:
    declared = ATTRIBUTES[name]
    total, se = textbook(AREA_2018, declared.column, trees)
    hectares = conversion("acre", "ha")[0]
    factor = conversion(declared.per_acre, declared.per_hectare)[0] * hectares
    found = inventory.totals(AREA_2018, name)
    assert found.value[0] == pytest.approx(total * factor, rel=1e-9)
    assert found.se[0] == pytest.approx(se * factor, rel=1e-9)


def test_plots_stand_for_the_whole_state(inventory) -> None:
    plots, strata = inventory.design(AREA_2018)
    assert strata.expansion.sum() == pytest.approx(STATE_AREA_HA, rel=1e-3)
    published = table("POP_STRATUM").query(f"EVALID == {AREA_2018}")["EXPNS"]
    ours = np.unique(np.round(strata.expansion / conversion("acre", "ha")[0], 3))
    assert ours == pytest.approx(np.sort(published.round(3).unique()), abs=2e-3)
    assert len(plots) == 225


def test_what_the_forests_of_rhode_island_hold(inventory) -> None:
    """As computed: no published figure is at hand to hold it against."""
    area, carbon = (
        inventory.totals(AREA_2018, name) for name in (FOREST_AREA, "carbon_above_ground")
    )
    assert area.value[0] == pytest.approx(148_500, rel=1e-3)
    assert area.se[0] / area.value[0] == pytest.approx(0.0353, abs=1e-4)
    assert carbon.value[0] == pytest.approx(12.18e6, rel=1e-3)
    assert carbon.se[0] / carbon.value[0] == pytest.approx(0.0501, abs=1e-4)
    plots, strata = inventory.design(AREA_2018)
    density = strata.ratio(
        inventory.values(plots, "carbon_above_ground"), inventory.values(plots, FOREST_AREA)
    )
    # 12.18 Mt over 148,500 ha; the ratio errs less than its parts, which go together
    assert density[0] == pytest.approx(carbon.value[0] / area.value[0])
    assert density[1] / density[0] < carbon.se[0] / carbon.value[0]


def test_plots_sum_to_the_total(inventory) -> None:
    plots = inventory.per_plot(AREA_2018)
    for name in ATTRIBUTES:
        total = float((plots["expansion_ha"] * plots[name]).sum())
        assert total == pytest.approx(inventory.totals(AREA_2018, name).value[0])
    assert (plots[FOREST_AREA] <= 1.1).all(), "a share of the plot, raised by the adjustment"


def test_counties_make_up_the_state_with_its_error(inventory) -> None:
    counties = inventory.by_county(AREA_2018, "carbon_above_ground")
    state = inventory.totals(AREA_2018, "carbon_above_ground")
    whole = counties.summed(())
    assert whole.value[0] == pytest.approx(state.value[0])
    assert whole.se[0] == pytest.approx(state.se[0], rel=1e-9)
    # counties share strata: one plot more in one of them is one fewer in another
    assert math.hypot(*counties.se) != pytest.approx(state.se[0], rel=1e-3)


def test_plots_measured_twice_see_a_growth_that_two_samples_do_not(inventory) -> None:
    gain = inventory.change(CHANGE_2018, "carbon_above_ground")
    plots, _ = inventory.design(CHANGE_2018)
    assert len(plots) == 209
    years = float(plots["REMPER"].mean())
    assert years == pytest.approx(5.46, abs=0.01)
    assert gain.value[0] > 1.645 * gain.se[0], "the forests gained carbon"
    then, now = (inventory.totals(e, "carbon_above_ground") for e in (441301, AREA_2018))
    apart = math.hypot(then.se[0], now.se[0])
    # per year, of two samples taken as independent: some four times as uncertain
    assert apart / years > 3.5 * gain.se[0]
    assert abs((now.value[0] - then.value[0]) / years - gain.value[0]) < apart / years


def test_change_is_the_mean_of_what_each_plot_gained(inventory) -> None:
    plots, strata = inventory.design(CHANGE_2018)
    now, then = (inventory.values(plots, "biomass", visit) for visit in ("PLT_CN", "PREV_PLT_CN"))
    yearly = (now - then) / plots["REMPER"].to_numpy(dtype=float)
    by_hand = float((strata.expansion * yearly).sum())
    assert inventory.change(CHANGE_2018, "biomass").value[0] == pytest.approx(by_hand)


def test_published_carbon_is_biomass_times_a_fraction_of_the_species(trees) -> None:
    """CARBON_AG and CARBON_BG are not half of the biomass: 0.446 to 0.527 by species."""
    live = trees[(trees["STATUSCD"] == 1) & trees["DRYBIO_AG"].notna()]
    above = live["CARBON_AG"] / live["DRYBIO_AG"]
    below = live["CARBON_BG"] / live["DRYBIO_BG"]
    fraction = above.groupby(live["SPCD"]).transform("median").round(3)
    assert len(live) == 8516
    assert np.abs(above - fraction).max() < 2e-6
    assert np.abs(below - fraction).max() < 2e-5
    assert (fraction.min(), fraction.max()) == (0.446, 0.527)
    half = float((0.5 * live["DRYBIO_AG"]).sum() / live["CARBON_AG"].sum())
    assert half == pytest.approx(1.034, abs=5e-4), "one half would overstate the carbon by 3.4 %"


def test_above_ground_biomass_is_stem_bark_and_branches_without_leaves(trees) -> None:
    live = trees[(trees["STATUSCD"] == 1) & trees["DRYBIO_AG"].notna()]
    parts = live[["DRYBIO_STEM", "DRYBIO_STEM_BARK", "DRYBIO_BRANCH"]].sum(axis=1)
    assert np.abs(parts / live["DRYBIO_AG"] - 1).max() < 2e-6
    # one tree in ten has more than 7 % of its weight in leaves, which the carbon leaves out
    leaves = live["DRYBIO_FOLIAGE"] / live["DRYBIO_AG"]
    assert float(leaves.quantile(0.9)) > 0.07


def nsvb(row: "pd.Series", diameter: pd.Series, height: pd.Series) -> pd.Series:
    """Return total above-ground dry weight, lb, of inches and feet: the three published forms."""
    by_height = row["times"] * row["a"] * height ** row["c"]
    if row["form"] == "power":
        return by_height * diameter ** row["b"]
    knot = row["k_or_exponent"]
    if row["form"] == "exponential":
        return by_height * diameter ** row["b"] * np.exp(knot * diameter)
    above = knot ** (row["b"] - row["b_above"]) * diameter ** row["b_above"]
    return by_height * above.where(diameter >= knot, diameter ** row["b"])


SOUND_WOOD = {"softwood": 0.92, "hardwood": 0.54}
"""Density of rotten wood over that of sound wood: the table has it so to seven digits."""
FIRST_HARDWOOD = 300


def test_tree_carbon_recomputed_from_diameter_and_height(trees) -> None:
    """DRYBIO follows the national-scale equations of 2024 (NSVB), division 220 for white oak.

    The equation gives the sound weight; rotten wood (CULL, percent) weighs less. Broken trees,
    whose top is taken off by a taper equation, are not compared.
    """
    live = trees[(trees["STATUSCD"] == 1) & trees["DRYBIO_AG"].notna()]
    whole = live[live["ACTUALHT"].isna() | (live["HT"] == live["ACTUALHT"])]
    compared = 0
    for _, row in pd.read_csv(NSVB).iterrows():
        of_species = whole[whole["SPCD"] == row["spcd"]]
        sound = SOUND_WOOD["softwood" if row["spcd"] < FIRST_HARDWOOD else "hardwood"]
        lost = of_species["CULL"].fillna(0) / 100 * (1 - sound)
        of_wood = of_species["DRYBIO_STEM"] * lost / (1 - lost)
        biomass = nsvb(row, of_species["DIA"], of_species["HT"]) - of_wood
        assert np.abs(biomass / of_species["DRYBIO_AG"] - 1).max() < 2e-6, row["spcd"]
        fraction = (of_species["CARBON_AG"] / of_species["DRYBIO_AG"]).median()
        assert np.abs(biomass * fraction / of_species["CARBON_AG"] - 1).max() < 4e-6
        compared += len(of_species)
    assert compared == 7742, "of 8,516 live trees, 15 species"


def test_an_unknown_evaluation_is_told_with_those_there_are(inventory) -> None:
    with pytest.raises(TableError, match=r"no evaluation \(EVALID\) 449999. Known: 441300"):
        inventory.totals(449999, FOREST_AREA)


def test_a_folder_without_the_tables_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"there is no POP_PLOT_STRATUM_ASSGN\.csv"):
        FiaInventory(folder=tmp_path).totals(AREA_2018, FOREST_AREA)
