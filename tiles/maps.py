"""Maps of a run as Cloud-Optimized GeoTIFF, put together from the finished tiles."""

from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from rasterio._err import CPLE_BaseError  # what shutil.copy raises as it comes from GDAL
from rasterio.windows import Window

from tiles.binding import Bound
from tiles.checkpoints import FOLDER as CHECKPOINTS
from tiles.checkpoints import Checkpoints, unwritable
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
        plain = folder / CHECKPOINTS / f"{name}.tif"
        target = folder / FOLDER / f"{name}.tif"
        try:
            target.parent.mkdir(exist_ok=True)
            written = _plain(job, model, plain, Checkpoints(folder, job.digest(tile)), tile)
            rasterio.shutil.copy(
                plain, target, driver="COG", compress="ZSTD", level=1, predictor="FLOATING_POINT",
                blocksize=BLOCK, overviews="AUTO", resampling="average", bigtiff="IF_SAFER",
            )  # fmt: skip
            check_written(target, written)
        except (rasterio.RasterioIOError, CPLE_BaseError) as error:
            raise unwritable(target.parent, disk_full(target)) from error
        except OSError as error:
            raise unwritable(target.parent, error) from error
        plain.unlink()


def _alone(job: Job, model: Bound) -> bool:
    return sum(m.account == model.account and m.id in job.maps for m in job.models) == 1


def _plain(job: Job, model: Bound, path: Path, checkpoints: Checkpoints, tile: int) -> int:
    """Write a map as the tiles come; return how many cells have a value."""
    grid, title = job.grid, model.model.title
    profile = {
        "driver": "GTiff", "width": grid.cols, "height": grid.rows, "count": 1, "nodata": np.nan,
        "dtype": "float32", "crs": grid.crs, "transform": grid.affine, "tiled": True,
        "blockxsize": BLOCK, "blockysize": BLOCK, "bigtiff": "IF_SAFER", "sparse_ok": True,
    }  # fmt: skip
    written = 0
    with rasterio.open(path, "w", **profile) as out:
        out.set_band_unit(1, model.model.output.units)
        out.set_band_description(1, model.account)
        out.update_tags(title_zh=title.zh, title_en=title.en, model=model.id)
        for batch in range(len(job.batches(tile))):
            for t, values in checkpoints.load_map(batch, model.id):
                window = Window(t.col_from, t.row_from, t.shape[1], t.shape[0])
                out.write(values, 1, window=window)
                written += int(np.count_nonzero(~np.isnan(values)))
    return written
