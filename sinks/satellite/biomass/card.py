"""The model card: what taught the model, how it was checked, how far to trust it."""

from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np

from data_catalog.parameters import Parameters
from data_catalog.text import Text
from sinks.satellite.biomass.accuracy import by_class, by_fold, overall, saturation
from sinks.satellite.biomass.declaration import SET, Declaration, number_of, row_of
from sinks.satellite.biomass.features import Features
from sinks.satellite.biomass.forests import BOOSTING, FOREST
from sinks.satellite.biomass.maps import Applied
from sinks.satellite.biomass.training import Taught
from tiles.runfolder import software

__all__ = ["card_of", "notices"]

LEARNERS = ("scikit-learn", "scipy")
OTHER_KIND = {"random_forest": set(BOOSTING.values()) - set(FOREST.values()),
              "gradient_boosting": set()}  # fmt: skip


def card_of(
    declared: Declaration,
    rows: Parameters,
    features: Features,
    taught: Taught,
    applied: Applied,
    plots: dict[str, str],
) -> dict[str, Any]:
    """Return the model card as plain values; nothing in it depends on the machine's speed.

    Parameters
    ----------
    plots : dict
        Name and digest of the plots' file.
    """
    checked, known = taught.checked, taught.plots
    observed, predicted = known.biomass, checked.predicted
    limits = np.sort(
        [r.in_units("t_dm/ha") for r in rows.of_set("biomass_class_limit", SET).values()]
    )
    level = number_of(rows, "biomass_interval_level")
    card: dict[str, Any] = {
        "name": declared.biomass.name,
        "year": declared.biomass.year,
        "model": declared.biomass.model,
        "seed": declared.biomass.seed,
        "units": "t_dm/ha",
        "plots": {
            **plots, "source": declared.plots.source, "used": len(known),
            "left_out": list(taught.left_out), "least": float(observed.min()),
            "most": float(observed.max()), "mean": float(observed.mean()),
        },
        "features": _features(features, taught),
        "grid": {
            "crs": features.grid.projection.to_string(), "transform": list(features.grid.transform),
            "rows": features.grid.rows, "cols": features.grid.cols,
        },
        "blocks": {
            **declared.blocks.model_dump(), "units": "m",
            "with_plots": len(np.unique(checked.blocks)),
        },
        "accuracy": overall(observed, predicted),
        "folds": by_fold(observed, predicted, checked.folds, checked.blocks),
        "by_observed_class": by_class(observed, observed, predicted, limits),
        "by_predicted_class": by_class(predicted, observed, predicted, limits),
        "saturation": saturation(
            observed, predicted, number_of(rows, "biomass_saturation")
        ),
        "interval": {
            "level": level, "coverage": float(checked.within[checked.like].mean()),
            "plots": int(checked.like.sum()),
            "half_width_in_standard_errors": taught.half_width,
            "mean_half_width": float((checked.sd * taught.half_width)[checked.like].mean()),
        },
        "residuals": {
            "standard_error": float(np.sqrt(np.mean(checked.sd**2))),
            **asdict(taught.variogram), "correlated_share": taught.variogram.correlated_share,
            "model": "exponential",
            "lags": [
                {"distance_m": float(d), "pairs": int(n), "semivariance": float(g)}
                for d, n, g in zip(taught.lags.distance, taught.lags.pairs,
                                   taught.lags.semivariance, strict=True)
            ],
        },
        "applicability": {
            "threshold": taught.area.threshold, "cells": applied.cells,
            "cells_inside": applied.inside, "share_inside": applied.share,
        },
        "parameters": _parameters(declared, rows),
        "software": {**software(), **{name: version(name) for name in LEARNERS}},
    }  # fmt: skip
    card["notices"] = [{"zh": n.zh, "en": n.en} for n in notices(card)]
    return card


def _features(features: Features, taught: Taught) -> list[dict[str, Any]]:
    """Return what is known of each feature, and for those the model sees their part in it."""
    place = {name: i for i, name in enumerate(features.used)}
    records = []
    for record in features.records:
        i = place.get(record["name"])
        seen = {} if i is None else {
            "importance": float(taught.model.importance[i]),
            "least_at_plots": float(taught.features[:, i].min()),
            "most_at_plots": float(taught.features[:, i].max()),
        }  # fmt: skip
        records.append(record | seen)
    return records


def _parameters(declared: Declaration, rows: Parameters) -> list[dict[str, Any]]:
    """Return the rows that count: the file's own in front of the catalog's."""
    wanted = {(r.parameter, r.key) for r in rows if r.set == SET}
    unused = OTHER_KIND[declared.biomass.model]
    found = (row_of(rows, name, key) for name, key in sorted(wanted) if name not in unused)
    return [row.record() for row in found]


def notices(card: dict[str, Any]) -> Iterator[Text]:
    """Yield what a reader must know before the map is used."""
    plots, blocks, found = card["plots"], card["blocks"], card["residuals"]
    if plots["left_out"]:
        number = len(plots["left_out"])
        yield Text(
            f"{number} 个样地缺少特征，未参与建模。",
            f"{number} plots lack features and were left out.",
        )
    if found["range_m"] > blocks["side"] and found["sill"] > found["nugget"]:
        yield Text(
            f"残差在 {found['range_m']:.0f} m 内相关，超过区块边长 {blocks['side']:g} m："
            "检验可能偏于乐观，请加大 [blocks] side 重新计算。",
            f"residuals are correlated over {found['range_m']:.0f} m, more than the blocks' "
            f"{blocks['side']:g} m: the check may flatter. Run again with a larger [blocks] side.",
        )
    yield from _saturation_notices(card["saturation"])
    area = card["applicability"]
    if area["cells_inside"] < area["cells"]:
        outside = 1 - area["share_inside"]
        yield Text(
            f"{outside:.1%} 的像元与样地差异过大，超出模型适用域，图中不给数值。",
            f"{outside:.1%} of the cells are too unlike the plots, outside the area of "
            "applicability: the maps have no value there.",
        )


def _saturation_notices(found: dict[str, Any]) -> Iterator[Text]:
    limit = f"{found['limit']:g} t_dm/ha"
    if not found["plots"]:
        yield Text(
            f"没有 {limit} 以上的样地：高生物量林分会被低估。",
            f"no plot holds {limit} or more: dense stands will come out too low.",
        )
    elif (low := -found["bias"]) > 0:
        yield Text(
            f"{limit} 以上的 {found['plots']} 个样地平均低估 {low:.1f} t_dm/ha（饱和）。",
            f"the {found['plots']} plots of {limit} or more come out {low:.1f} t_dm/ha too low on "
            "average (saturation).",
        )
