"""The tables of the US forest inventory (FIA), as plots in strata.

A plot's value per hectare of land, whatever the land is: trees of the plot with their expansion,
adjusted for the part of plots that could not be sampled (by stratum and size of tree); plots
without forest have 0. Live trees on forest land are meant throughout, as the tables hold them:
`DRYBIO_AG` and `CARBON_AG` are above ground without foliage, `VOLCFNET` the sound wood of the
stem, of trees from 5 inches.

References
----------
[bechtold_patterson_2005] ch. 4. The tables' own columns TPA_UNADJ, ADJ_FACTOR_*, P1POINTCNT,
AREA_USED.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from data_catalog.errors import TableError
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks.estimates import Estimates
from sinks.sampling.intervals import sampling_row
from sinks.sampling.post_strata import PostStrata
from sinks.sampling.strata import Numbers

__all__ = ["ATTRIBUTES", "FOREST_AREA", "Attribute", "FiaInventory"]

FOREST, LIVE, SUBPLOT = 1, 1, "SUBP"
IDS = ("CN", "PLT_CN", "PREV_PLT_CN", "STRATUM_CN", "ESTN_UNIT_CN")
PLOT, STRATUM, UNIT = "PLT_CN", "STRATUM_CN", "ESTN_UNIT_CN"
NO_FILE = Text(
    "{where}：没有文件 {file}（或 {file}.gz）。请从 FIA DataMart 下载该州的 CSV。",
    "{where}: there is no {file} (nor {file}.gz). Download the state's CSV from FIA DataMart.",
)
NO_EVALUATION = Text(
    "{where}：没有编号为 {evalid} 的评估（EVALID）。可用的有：{known}。",
    "{where}: there is no evaluation (EVALID) {evalid}. Known: {known}.",
)
NO_PROGRESS = Text(
    "{where}：评估 {evalid} 中没有两次都测过的样地，无法估计变化。",
    "{where}: evaluation {evalid} has no plot that was measured twice, so no change.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What is summed over trees: the column of a tree, its unit per acre and ours per hectare."""

    title: Text
    column: str
    per_acre: str
    per_hectare: str
    units: str


FOREST_AREA = "forest_area"
ATTRIBUTES: Mapping[str, Attribute] = {
    FOREST_AREA: Attribute(
        title=Text("森林面积", "forest area"), column="", per_acre="acre/acre",
        per_hectare="ha/ha", units="ha"),
    "volume": Attribute(
        title=Text("活立木蓄积（胸径 5 英寸起，净材积）", "net volume of live trees from 5 inches"),
        column="VOLCFNET", per_acre="ft**3/acre", per_hectare="m3/ha", units="m3"),
    "biomass": Attribute(
        title=Text("活立木地上生物量（不含叶）", "live above-ground biomass without foliage"),
        column="DRYBIO_AG", per_acre="lb/acre", per_hectare="t/ha", units="t_dm"),
    "carbon_above_ground": Attribute(
        title=Text("活立木地上碳储量", "live above-ground carbon"), column="CARBON_AG",
        per_acre="lb/acre", per_hectare="t/ha", units="t_C"),
    "carbon_below_ground": Attribute(
        title=Text("活立木地下碳储量", "live below-ground carbon"), column="CARBON_BG",
        per_acre="lb/acre", per_hectare="t/ha", units="t_C"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FiaInventory:
    """The tables of one state, read once.

    Parameters
    ----------
    folder : Path
        With TREE, PLOT, COND, POP_EVAL, POP_ESTN_UNIT, POP_STRATUM, POP_PLOT_STRATUM_ASSGN as
        .csv or .csv.gz.
    """

    folder: Path

    @cached_property
    def evaluations(self) -> pd.DataFrame:
        """Return EVALID and what each of them is for."""
        return self._table("POP_EVAL")[["EVALID", "EVAL_DESCR"]].sort_values("EVALID")

    def design(self, evalid: int) -> tuple[pd.DataFrame, PostStrata]:
        """Return the plots of an evaluation and their post-strata, areas in ha.

        Returns
        -------
        plots : DataFrame with PLT_CN, PREV_PLT_CN, REMPER, adjustments of the stratum
        strata : PostStrata
            A place per row of `plots`.

        Raises
        ------
        TableError
            If there is no such evaluation.
        """
        plots = self._of("POP_PLOT_STRATUM_ASSGN", evalid)
        strata = self._of("POP_STRATUM", evalid).reset_index(drop=True)
        units = self._of("POP_ESTN_UNIT", evalid).reset_index(drop=True)
        if plots.empty:
            known = ", ".join(map(str, self.evaluations["EVALID"]))
            raise TableError(NO_EVALUATION, where=self.folder.name, evalid=evalid, known=known)
        unit = pd.Index(units["CN"]).get_indexer(pd.Index(strata[UNIT]))
        place = pd.Index(strata["CN"]).get_indexer(pd.Index(plots[STRATUM]))
        pixels = strata["P1POINTCNT"] / units["P1PNTCNT_EU"].to_numpy()[unit]
        labels = strata["ESTN_UNIT"].astype(str) + "/" + strata["STRATUMCD"].astype(str)
        found = plots[[PLOT]].assign(
            subplot=strata["ADJ_FACTOR_SUBP"].to_numpy()[place],
            microplot=strata["ADJ_FACTOR_MICR"].to_numpy()[place],
        )
        visits = self._plots[["CN", "PREV_PLT_CN", "REMPER", "MEASYEAR", "COUNTYCD"]]
        found = found.merge(visits.rename(columns={"CN": PLOT}), on=PLOT, how="left")
        return found, PostStrata(
            place=np.asarray(place, dtype=np.int64), unit=np.asarray(unit, dtype=np.int64),
            weight=pixels.to_numpy(dtype=np.float64),
            area=units["AREA_USED"].to_numpy(dtype=np.float64) * conversion("acre", "ha")[0],
            names=tuple(labels), where=f"{self.folder.name} {evalid}",
        )  # fmt: skip

    def values(self, plots: pd.DataFrame, attribute: str, visit: str = PLOT) -> Numbers:
        """Return an attribute of every plot per hectare of land, (n,).

        Parameters
        ----------
        plots : DataFrame
            Of `design`.
        attribute : str
            One of `ATTRIBUTES`.
        visit : str
            `PLT_CN` for this measurement, `PREV_PLT_CN` for the one before.
        """
        declared = ATTRIBUTES[attribute]
        per_acre = self._per_acre(declared.column)
        of_plot = per_acre.reindex(plots[visit].to_numpy()).fillna(0.0).to_numpy()
        adjusted = (of_plot * plots[["subplot", "microplot"]].to_numpy()).sum(axis=1)
        return np.asarray(adjusted * conversion(declared.per_acre, declared.per_hectare)[0])

    def totals(self, evalid: int, attribute: str) -> Estimates:
        """Return the total of an attribute, keyed by attribute and evalid, in its own unit."""
        plots, strata = self.design(evalid)
        keys = pd.DataFrame({"attribute": [attribute], "evalid": [evalid]})
        y = self.values(plots, attribute)[:, None]
        return strata.estimates(keys, y, f"plots of {evalid}")

    def by_county(self, evalid: int, attribute: str) -> Estimates:
        """Return the totals of the counties, whose errors make up that of the state."""
        plots, strata = self.design(evalid)
        counties = sorted(plots["COUNTYCD"].unique())
        inside = plots["COUNTYCD"].to_numpy()[:, None] == np.array(counties)
        keys = pd.DataFrame({"county": [str(c) for c in counties]}).assign(attribute=attribute)
        y = self.values(plots, attribute)[:, None] * inside
        return strata.estimates(keys, y, f"plots of {evalid}")

    def change(self, evalid: int, attribute: str) -> Estimates:
        """Return the yearly change of an attribute's total on plots measured twice, per year.

        All live trees on forest land at either date: growth, mortality, harvest and land that
        became forest or ceased to be, together. Both visits are adjusted as the later one.
        """
        plots, strata = self.design(evalid)
        twice = plots["PREV_PLT_CN"].isin(self._plots["CN"]) & (plots["REMPER"] > 0)
        kept = np.flatnonzero(twice.to_numpy(dtype=bool))
        if not kept.size:
            raise TableError(NO_PROGRESS, where=self.folder.name, evalid=evalid)
        again = plots.iloc[kept]
        gain = self.values(again, attribute) - self.values(again, attribute, "PREV_PLT_CN")
        keys = pd.DataFrame({"attribute": [attribute], "evalid": [evalid]})
        yearly = gain / again["REMPER"].to_numpy(dtype=np.float64)
        return strata.chosen(kept.tolist()).estimates(keys, yearly[:, None], f"plots of {evalid}")

    def per_plot(self, evalid: int) -> pd.DataFrame:
        """Return every attribute of every plot, per hectare of land.

        Returns
        -------
        DataFrame with plot, year, county, expansion_ha and a column per attribute
        """
        plots, strata = self.design(evalid)
        return pd.DataFrame({
            "plot": plots[PLOT].astype(str), "year": plots["MEASYEAR"],
            "county": plots["COUNTYCD"], "expansion_ha": strata.expansion,
            **{name: self.values(plots, name) for name in ATTRIBUTES},
        })  # fmt: skip

    @cached_property
    def _plots(self) -> pd.DataFrame:
        return self._table("PLOT")

    @cached_property
    def _conditions(self) -> pd.DataFrame:
        """Return the conditions that are forest land."""
        conditions = self._table("COND")
        return conditions[conditions["COND_STATUS_CD"] == FOREST]

    @cached_property
    def _trees(self) -> pd.DataFrame:
        """Return the live trees on forest land that were measured."""
        trees = self._table("TREE")
        live = trees[(trees["STATUSCD"] == LIVE) & trees["TPA_UNADJ"].notna()]
        forest = self._conditions[[PLOT, "CONDID"]]
        return live.merge(forest, on=[PLOT, "CONDID"])

    def _per_acre(self, column: str) -> pd.DataFrame:
        """Return sums per acre by plot, apart for subplots and microplots, as adjustments are."""
        if not column:
            land = self._conditions[self._conditions["PROP_BASIS"] == SUBPLOT]
            area = land.groupby(PLOT)["CONDPROP_UNADJ"].sum()
            return pd.DataFrame({"subplot": area, "microplot": 0.0})
        trees = self._trees
        smallest = sampling_row("fia_microplot_diameter", "fia").in_units("inch")
        amount = trees[column].fillna(0.0) * trees["TPA_UNADJ"]
        small = trees["DIA"] < smallest
        parts = pd.DataFrame({
            PLOT: trees[PLOT], "subplot": amount.where(~small, 0.0),
            "microplot": amount.where(small, 0.0),
        })  # fmt: skip
        return parts.groupby(PLOT)[["subplot", "microplot"]].sum()

    def _of(self, name: str, evalid: int) -> pd.DataFrame:
        table = self._table(name)
        return table[table["EVALID"] == evalid]

    def _table(self, name: str) -> pd.DataFrame:
        for file in (self.folder / f"{name}.csv", self.folder / f"{name}.csv.gz"):
            if file.is_file():
                ids = {c: "Int64" for c in pd.read_csv(file, nrows=0).columns if c in IDS}
                return pd.read_csv(file, dtype=ids, low_memory=False)
        raise TableError(NO_FILE, where=str(self.folder), file=f"{name}.csv")
