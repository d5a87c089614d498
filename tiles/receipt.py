"""The alignment receipt: for each layer where it came from, how it was aligned, what was lost."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from data_catalog.derived import Derived
from data_catalog.variables import variable
from tiles.derive import FOLDER, Derivations, stored
from tiles.georeference import Place
from tiles.inputs import Inputs
from tiles.job import Job
from tiles.rasters import Raster
from tiles.records import model_record
from tiles.results import Result
from tiles.runfolder import MANIFEST, sha256
from tiles.seen import LayerSeen


def alignment(
    inputs: Inputs,
    job: Job,
    result: Result,
    at_hand: Derivations,
    patterns: Mapping[str, float],
) -> list[dict[str, Any]]:
    """Return one record per layer of the run; counts are of cells that a parcel touches."""
    made = {d.makes: d for d in at_hand.made}
    inside = _cells_inside(result)
    records = []
    for raster in job.rasters:
        record = _source(inputs, raster, made.get(raster.name))
        record |= _alignment(inputs, raster)
        record |= _met(raster, result.totals.seen[raster.name], inside)
        if raster.name in patterns:
            record["scaled_to_mean_by"] = patterns[raster.name]
        records.append(record)
    return records


def _cells_inside(result: Result) -> int:
    return result.totals.cells


def _source(inputs: Inputs, raster: Raster, maker: Derived | None) -> dict[str, Any]:
    title = raster.variable.title
    record: dict[str, Any] = {"layer": raster.name, "zh": title.zh, "en": title.en}
    header = inputs.headers.get(raster.name)
    if raster.constant is not None:
        return record | {
            "source": "constant",
            "value": raster.constant * raster.scale + raster.offset,
        }
    if header is None:
        return record | {
            "source": f"{FOLDER}/{raster.name}.tif",
            "modelled_by": maker.id if maker and stored(maker) else "",
        }
    crs = CRS.from_user_input(header.place.crs)
    return record | {
        "source": header.entry.path,
        "crs": crs.name,
        "pixel": [abs(header.place.transform.a), abs(header.place.transform.e)],
        "shape": list(header.place.shape),
        "bands": header.bands,
        "units": header.units,
        "nodata": None if header.nodata is None else str(header.nodata),
        "overrides": list(header.overrides),
        "year": header.entry.year,
        "striped": header.striped,
        "note": header.entry.note,
    }


def _alignment(inputs: Inputs, raster: Raster) -> dict[str, Any]:
    record: dict[str, Any] = {"method_zh": raster.method.zh, "method_en": raster.method.en}
    if raster.lattice is not None:
        record |= {
            "lattice_step": raster.lattice.step,
            "lattice_error_pixels": raster.lattice.error,
        }
    header = inputs.headers.get(raster.name)
    if header is not None:
        record["pixels_outside_grid"] = _pixels_outside(inputs, header.place)
    return record


def _pixels_outside(inputs: Inputs, place: Place) -> int:
    """Return about how many source pixels the grid leaves out."""
    grid = Place("grid", inputs.grid.crs, inputs.grid.affine, inputs.grid.shape).outline(place.crs)
    rows, cols = place.shape
    t = place.transform
    whole = shapely.box(
        *np.minimum((t.c, t.f), t @ (cols, rows)), *np.maximum((t.c, t.f), t @ (cols, rows))
    )
    share = grid.intersection(whole).area / whole.area
    return round(rows * cols * (1 - min(share, 1.0)))


def _met(raster: Raster, seen: LayerSeen, inside: int) -> dict[str, Any]:
    record: dict[str, Any] = {
        "cells_in_parcels": inside,
        "cells_with_value": seen.cells,
        "cells_missing": inside - seen.cells,
    }
    if not raster.is_class and seen.cells:
        record |= {"least": seen.least, "most": seen.most, "range_units": raster.variable.units}
    return record


def modelled_records(at_hand: Derivations) -> list[dict[str, Any]]:
    """Return the layers that were modelled, in the order in which they are needed."""
    rows = at_hand.rows_by_model()
    return [
        model_record(d, rows[d.makes])
        | {
            "variable": d.makes,
            "variable_zh": variable(d.makes).title.zh,
            "variable_en": variable(d.makes).title.en,
            "model": d.id,
            "from": list(d.layers()),
        }
        for d in at_hand.made
    ]


def input_records(inputs: Inputs) -> list[dict[str, Any]]:
    """Return the project's files with their digests, for the manifest."""
    records = []
    for name, header in sorted(inputs.headers.items()):
        records.append(
            {"layer": name, "path": header.entry.path, "sha256": sha256(header.path),
             "bytes": header.path.stat().st_size}
        )  # fmt: skip
    project = inputs.project
    given = project.tables.model_dump(exclude_none=True)
    tables = [f"{p}/{MANIFEST}" if key == "opening_run" else p for key, p in given.items()]
    vectors = (project.parcels.path if project.parcels else None, project.project.region)
    records.extend(
        {"path": relative, "sha256": sha256(path), "bytes": path.stat().st_size}
        for relative in (*tables, *vectors)
        if relative and (path := project.path(relative)).is_file()
    )
    return records
