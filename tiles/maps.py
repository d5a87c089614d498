"""Maps of a run as Cloud-Optimized GeoTIFF, put together from the finished tiles."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
import rasterio.shutil
from rasterio._err import CPLE_BaseError  # what shutil.copy raises as it comes from GDAL
from rasterio.windows import Window

from data_catalog.text import Text
from tiles.binding import Bound
from tiles.checkpoints import FOLDER as CHECKPOINTS
from tiles.checkpoints import Checkpoints, unwritable
from tiles.grid import Grid, Tile
from tiles.job import Job
from tiles.rasters import check_written, disk_full

FOLDER = "maps"
BLOCK = 512


def write_maps(job: Job, folder: Path, tile: int) -> None:
    """Write one map per model asked for: float32, NaN where there is no value.

    Raises
    ------
    OutputError
        If the disk is full.
    """
    for model in (m for m in job.models if m.id in job.maps):
        name = model.account if _alone(job, model) else model.id.replace(":", "_")
        write_map(
            folder / FOLDER / f"{name}.tif", job.grid, _parts(job, model, folder, tile),
            folder / CHECKPOINTS, units=model.model.output.units, name=model.account,
            title=model.model.title, tags={"model": model.id},
        )  # fmt: skip


def write_map(
    target: Path,
    grid: Grid,
    parts: Iterable[tuple[Tile, npt.NDArray[np.float32]]],
    aside: Path,
    *,
    units: str,
    name: str,
    title: Text,
    tags: Mapping[str, str],
    resampling: str = "average",
) -> None:
    """Write a map from its tiles as a Cloud-Optimized GeoTIFF; the same bytes for any tiles.

    Parameters
    ----------
    parts : iterable of (Tile, (rows, cols) array)
        NaN where there is no value.
    aside : Path
        A folder for the plain file that the map is made of.
    resampling : str
        How overviews are made.

    Raises
    ------
    OutputError
        If the disk is full.
    """
    plain = aside / target.name
    try:
        target.parent.mkdir(exist_ok=True)
        written = 0
        with rasterio.open(plain, "w", **_profile(grid)) as out:
            out.set_band_unit(1, units)
            out.set_band_description(1, name)
            out.update_tags(title_zh=title.zh, title_en=title.en, **tags)
            for t, values in parts:
                window = Window(t.col_from, t.row_from, t.shape[1], t.shape[0])
                out.write(values, 1, window=window)
                written += int(np.count_nonzero(~np.isnan(values)))
        rasterio.shutil.copy(
            plain, target, driver="COG", compress="ZSTD", level=1, predictor="FLOATING_POINT",
            blocksize=BLOCK, overviews="AUTO", resampling=resampling, bigtiff="IF_SAFER",
        )  # fmt: skip
        check_written(target, written)
    except (rasterio.RasterioIOError, CPLE_BaseError) as error:
        raise unwritable(target.parent, disk_full(target)) from error
    except OSError as error:
        raise unwritable(target.parent, error) from error
    plain.unlink()


def _alone(job: Job, model: Bound) -> bool:
    return sum(m.account == model.account and m.id in job.maps for m in job.models) == 1


def _parts(
    job: Job, model: Bound, folder: Path, tile: int
) -> Iterator[tuple[Tile, npt.NDArray[np.float32]]]:
    checkpoints = Checkpoints(folder, job.digest(tile))
    for batch in range(len(job.batches(tile))):
        yield from checkpoints.load_map(batch, model.id)


def _profile(grid: Grid) -> dict[str, Any]:
    return {
        "driver": "GTiff", "width": grid.cols, "height": grid.rows, "count": 1, "nodata": np.nan,
        "dtype": "float32", "crs": grid.crs, "transform": grid.affine, "tiled": True,
        "blockxsize": BLOCK, "blockysize": BLOCK, "bigtiff": "IF_SAFER", "sparse_ok": True,
    }  # fmt: skip
