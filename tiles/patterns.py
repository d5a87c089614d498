"""Layers that serve as a pattern: scaled so that their mean over the parcels is a stated number."""

import math
from dataclasses import replace
from pathlib import Path

from data_catalog.errors import LayerError
from data_catalog.parameters import engine_number
from data_catalog.spec import Citation, Layer, Model, Output, Pixels
from data_catalog.text import Text
from tiles.binding import Bound, FromLayer
from tiles.headers import units_factor
from tiles.inputs import Inputs
from tiles.job import Job
from tiles.rasters import Raster
from tiles.run import How, run
from tiles.runfolder import digest_of, sha256, software


def itself(layer: Pixels) -> Pixels:
    """Return the layer as it is."""
    return layer


def pattern_factors(inputs: Inputs, folder: Path, rings: Path, how: How) -> dict[str, float]:
    """Return by which factor each layer with `scale_to` is multiplied.

    Parameters
    ----------
    rings : Path
        Named after the parcels, so that checkpoints of others are never used.

    Raises
    ------
    LayerError
        If the layer has no value in the parcels, or its mean is zero.
    """
    factors = {}
    for name, entry in inputs.project.layers.items():
        if entry.scale_to is None:
            continue
        raster = inputs.rasters[name]
        known = raster.variable
        to, offset = units_factor(
            entry.scale_to.units, known.units, f"[layers.{name}] scale_to", known,
            entry.scale_to.units,
        )  # fmt: skip
        mean = _mean(inputs, raster, folder, rings, how)
        if not math.isfinite(mean) or mean == 0:
            raise LayerError(
                where=f"[layers.{name}] scale_to",
                problem=Text(
                    "该图层在宗地内没有数值或均值为零，无法缩放。",
                    "the layer has no value in the parcels, or its mean is zero.",
                ),
            )
        factors[name] = (entry.scale_to.mean * to + offset) / mean
    return factors


def _mean(inputs: Inputs, raster: Raster, folder: Path, rings: Path, how: How) -> float:
    """Return a layer's area-weighted mean over the parcels, in the variable's units."""
    v = raster.variable
    model = Model(
        id=f"mean_{v.name}",
        title=v.title,
        formula="x",
        source=Citation("", ""),
        inputs={"layer": Layer(symbol="x", units=v.units)},
        kernel=itself,
        output=Output(name=v.name, units=v.units, total=f"({v.units})*m2", low=v.low, high=v.high),
    )
    bound = Bound(
        id=model.id, account=model.id, model=model, arguments=(FromLayer(v.name, 1, 0),),
        scope=frozenset(), classes="", to_total=1.0, rows=(),
    )  # fmt: skip
    digest = "" if raster.constant is not None else sha256(Path(raster.path))
    job = Job(
        grid=inputs.grid, rasters=(raster,), derived=(), models=(bound,), group_by=(),
        rings_folder=str(rings), parcels=len(inputs.parcels), maps=(),
        least_share=engine_number("least_valid_share"),
        content=digest_of([
            software(), model.id, digest, str(raster), inputs.grid.crs, inputs.grid.transform,
            inputs.grid.shape, rings.name,
        ]),
    )  # fmt: skip
    totals = run(job, folder, replace(how, scheduler="threads"))
    amount, area, missing = totals.sums.over(job.scales).sum(axis=0)
    return float(amount / (area - missing)) if area > missing else math.nan
