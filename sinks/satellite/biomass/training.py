"""From plots and features to a model that knows how far off it is, and where it does not apply."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data_catalog.errors import TableError
from data_catalog.parameters import Parameters
from data_catalog.text import Text
from sinks.satellite.biomass.applicability import Applicability, applicability
from sinks.satellite.biomass.conformal import block_quantile, covered_by_others, least_blocks
from sinks.satellite.biomass.declaration import Declaration, number_of
from sinks.satellite.biomass.folds import blocks_of, folds_of
from sinks.satellite.biomass.forests import Grown, Recipe, grown, out_of_fold, recipe_of
from sinks.satellite.biomass.plots import Plots
from sinks.satellite.biomass.sampling import Sampled
from sinks.satellite.biomass.variogram import Lags, Variogram, fitted, semivariances

__all__ = ["Checked", "Taught", "teach"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What cross-validation over blocks says of each plot, (plot,) arrays.

    `predicted` and `sd` (t_dm/ha) come from models that never saw the plot's fold; `like` is
    whether the plot lies in the area of applicability that the other folds make, and `within`
    whether it then lies in the interval that the other blocks give it.
    """

    blocks: Ints
    folds: Ints
    predicted: Floats
    sd: Floats
    like: npt.NDArray[np.bool_]
    within: npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Taught:
    """A model, ready to be applied, and how it did.

    Parameters
    ----------
    plots : Plots
        Those that taught it.
    features : (plot, feature) array
    left_out : tuple of str
        Ids of plots without enough valid features.
    recipe : Recipe
    model : Grown
    without_fold : tuple
        What predicts biomass and was taught by all plots but those of a fold, for each fold.
    sd_factor : float
        Standard error over expected absolute error: the mean variance of the plots out of fold is
        that of their residuals.
    half_width : float
        Half of the interval, in standard errors; by plots inside the area of applicability.
    area : Applicability
    checked : Checked
    lags, variogram
        Of the residuals out of fold, each over its own standard error.
    """

    plots: Plots
    features: Floats
    left_out: tuple[str, ...]
    recipe: Recipe
    model: Grown
    without_fold: tuple[Any, ...]
    sd_factor: float
    half_width: float
    area: Applicability
    checked: Checked
    lags: Lags
    variogram: Variogram

    def predict(self, features: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return mean, lower and upper bound and standard error of cells, (cell,) each, t_dm/ha."""
        mean, spread = self.model.predict(features)
        sd = spread * self.sd_factor
        half = sd * self.half_width
        return mean, np.maximum(mean - half, 0.0), mean + half, sd


def teach(
    declared: Declaration, rows: Parameters, plots: Plots, sampled: Sampled, where: str
) -> Taught:
    """Return the model that the plots teach, checked block by block.

    Raises
    ------
    TableError
        If there are too few plots or blocks, or nothing to learn.
    """
    kept = np.asarray(~np.isnan(sampled.values).any(axis=1))
    all_blocks = blocks_of(plots.x, plots.y, declared.blocks.side, sampled.plots, sampled.cells)
    known, features, blocks = plots.chosen(kept), sampled.values[kept], all_blocks[kept]
    level = number_of(rows, "biomass_interval_level")
    _check_enough(known, rows, where)
    _check_blocks(blocks, level, where)
    recipe = recipe_of(declared.biomass.model, rows, declared.biomass.seed)
    folds = folds_of(blocks, int(number_of(rows, "biomass_folds")), declared.biomass.seed)
    predicted, spread, without_fold = out_of_fold(recipe, features, known.biomass, blocks, folds)
    residual = known.biomass - predicted
    factor = float(np.sqrt(np.sum(residual**2) / np.sum(spread**2)))
    sd = spread * factor
    scores = np.abs(residual) / sd
    lags = semivariances(
        known.x, known.y, residual / sd, int(number_of(rows, "variogram_lags")),
        number_of(rows, "variogram_reach"),
    )  # fmt: skip
    model = grown(recipe, features, known.biomass, blocks)
    if not model.importance.any():
        problem = Text(
            "特征在样地上没有差别，模型无从区分。请换用其他特征，或检查样地的坐标系。",
            "the features tell no plot from another. Choose other features, or check where the "
            "plots lie.",
        )
        raise _wrong(where, problem)
    whisker = number_of(rows, "applicability_whisker")
    area = applicability(features, model.importance, folds, whisker)
    like = area.training <= area.threshold  # an interval is claimed only where the model applies
    _check_blocks(blocks[like], level, where)
    within = np.zeros(len(known), dtype=np.bool_)
    within[like] = covered_by_others(scores[like], blocks[like], level)
    return Taught(
        plots=known, features=features,
        left_out=tuple(np.array(plots.ids, dtype=object)[~kept]),
        recipe=recipe, model=model, without_fold=without_fold, sd_factor=factor,
        half_width=block_quantile(scores[like], blocks[like], level), area=area,
        checked=Checked(
            blocks=blocks, folds=folds, predicted=predicted, sd=sd, like=like, within=within
        ),
        lags=lags, variogram=fitted(lags),
    )  # fmt: skip


def _check_enough(plots: Plots, rows: Parameters, where: str) -> None:
    least = int(number_of(rows, "biomass_least_plots"))
    if len(plots) < least:
        raise _wrong(
            where,
            Text(
                f"有效样地只有 {len(plots)} 个，至少需要 {least} 个。请补充样地。",
                f"has {len(plots)} plots with features; at least {least} are needed. Add plots.",
            ),
        )
    if np.ptp(plots.biomass) == 0:
        problem = Text(
            "样地的生物量全部相同，无从建模。",
            "all plots hold the same biomass: there is nothing to learn.",
        )
        raise _wrong(where, problem)


def _check_blocks(blocks: Ints, level: float, where: str) -> None:
    """Raise if there are too few blocks: of each, all the others have to give an interval."""
    found, needed = len(np.unique(blocks)), least_blocks(level) + 1
    if found < needed:
        raise _wrong(
            where,
            Text(
                f"样地只分布在 {found} 个区块中；{level:.0%} 的区间至少需要 {needed} 个区块。"
                "请补充其他地点的样地；若残差相关距离允许，也可减小 [blocks] side。",
                f"its plots lie in {found} block{'s' * (found != 1)}; an interval of {level:.0%} "
                f"takes at least {needed}. Add plots elsewhere, or choose a smaller [blocks] side "
                "if the range of the residuals allows it.",
            ),
        )


def _wrong(where: str, problem: Text) -> TableError:
    return TableError(where=where, problem=problem)
