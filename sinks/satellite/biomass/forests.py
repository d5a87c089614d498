"""What learns: a forest or boosted trees for the biomass, and a forest for how far it is off.

All is grown in one thread from a stated seed, and a cell's prediction is that of the cell alone:
the same bytes for any number of workers and any tile.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor

from data_catalog.parameters import Parameters, Row
from sinks.satellite.biomass.declaration import Kind, number_of, row_of
from sinks.satellite.biomass.folds import folds_of

__all__ = ["BOOSTING", "FOREST", "Grown", "Recipe", "grown", "out_of_fold", "recipe_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
FOREST = {
    "n_estimators": "biomass_forest_trees",
    "min_samples_leaf": "biomass_forest_leaf_plots",
    "max_features": "biomass_forest_feature_share",
}
SPREAD = FOREST | {"min_samples_leaf": "biomass_spread_leaf_plots"}
BOOSTING = {
    "n_estimators": "biomass_boosting_trees",
    "learning_rate": "biomass_boosting_rate",
    "max_depth": "biomass_boosting_depth",
    "min_samples_leaf": "biomass_forest_leaf_plots",
    "subsample": "biomass_boosting_plot_share",
}
"""The learner's arguments, and the parameters that set them."""
COUNTS = ("n_estimators", "min_samples_leaf", "max_depth")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a model is grown: its kind, the rows that set it, the folds within, the seed.

    `least_error_share` is the share of the mean error of the plots below which none is expected.
    """

    kind: Kind
    rows: dict[str, Row]
    spread_rows: dict[str, Row]
    inner_folds: int
    least_error_share: float
    seed: int

    def learner(self) -> Any:  # noqa: ANN401  (scikit-learn is untyped)
        """Return what learns biomass, empty."""
        if self.kind == "gradient_boosting":
            return GradientBoostingRegressor(random_state=self.seed, **_arguments(self.rows))
        return RandomForestRegressor(random_state=self.seed, n_jobs=1, **_arguments(self.rows))

    def spread_learner(self) -> Any:  # noqa: ANN401  (scikit-learn is untyped)
        """Return what learns how far a prediction is off: a forest, which is never negative."""
        rows = _arguments(self.spread_rows)
        return RandomForestRegressor(random_state=self.seed, n_jobs=1, **rows)


@dataclass(frozen=True, kw_only=True)
class Grown:
    """A model that was taught: `mean` predicts biomass, `spread` its expected absolute error.

    No error is expected to be below `least_error`, t_dm/ha: land without any tree looks faultless.
    """

    mean: Any
    spread: Any
    least_error: float

    def predict(self, features: Floats) -> tuple[Floats, Floats]:
        """Return biomass and expected absolute error, (cell, feature) to (cell,) twice, t_dm/ha."""
        error = np.maximum(self.spread.predict(features), self.least_error)
        return np.maximum(self.mean.predict(features), 0.0), error

    @property
    def importance(self) -> Floats:
        """Return the weight of each feature in the model, (feature,); they add up to 1."""
        return np.asarray(self.mean.feature_importances_, dtype=np.float64)


def recipe_of(kind: Kind, rows: Parameters, seed: int) -> Recipe:
    """Return the recipe that the rows set."""
    wanted = BOOSTING if kind == "gradient_boosting" else FOREST
    return Recipe(
        kind=kind, seed=seed, rows={a: row_of(rows, p) for a, p in wanted.items()},
        spread_rows={a: row_of(rows, p) for a, p in SPREAD.items()},
        inner_folds=int(number_of(rows, "biomass_inner_folds")),
        least_error_share=number_of(rows, "biomass_least_error_share"),
    )  # fmt: skip


def grown(recipe: Recipe, features: Floats, biomass: Floats, blocks: Ints) -> Grown:
    """Return a model taught by plots, with no plot's error measured by a model that knew its block.

    Parameters
    ----------
    features : (plot, feature) array
    biomass : (plot,) array, t_dm/ha
    blocks : (plot,) array
    """
    mean = recipe.learner().fit(features, biomass)
    folds = folds_of(blocks, recipe.inner_folds, recipe.seed)
    error = np.empty(len(biomass))
    for fold in np.unique(folds):
        here = folds == fold
        inner = recipe.learner().fit(features[~here], biomass[~here])
        error[here] = np.abs(np.maximum(inner.predict(features[here]), 0.0) - biomass[here])
    return Grown(
        mean=mean, spread=recipe.spread_learner().fit(features, error),
        least_error=recipe.least_error_share * float(error.mean()),
    )  # fmt: skip


def out_of_fold(
    recipe: Recipe, features: Floats, biomass: Floats, blocks: Ints, folds: Ints
) -> tuple[Floats, Floats, tuple[Any, ...]]:
    """Return what models that never saw a plot's fold predict for it: biomass, expected error.

    The third is what predicts biomass in each of these models.
    """
    predicted, spread = np.empty(len(biomass)), np.empty(len(biomass))
    means = []
    for fold in np.unique(folds):
        here = folds == fold
        model = grown(recipe, features[~here], biomass[~here], blocks[~here])
        predicted[here], spread[here] = model.predict(features[here])
        means.append(model.mean)
    return predicted, spread, tuple(means)


def _arguments(rows: dict[str, Row]) -> dict[str, float | int]:
    return {a: int(r.value) if a in COUNTS else r.value for a, r in rows.items()}
