"""A map of a whole grid as a Cloud-Optimized GeoTIFF: float32, NaN where there is no value."""

from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from rasterio._err import CPLE_BaseError  # what shutil.copy raises as it comes from GDAL

from data_catalog.spec import Pixels
from tiles.grid import Grid
from tiles.maps import BLOCK
from tiles.rasters import check_written, disk_full

__all__ = ["write_map"]


def write_map(path: Path, values: Pixels, grid: Grid, name: str, units: str) -> None:
    """Write a map; its folder is made.

    Parameters
    ----------
    values : (rows, cols) array

    Raises
    ------
    OSError
        If the disk is full.
    """
    path.parent.mkdir(exist_ok=True)
    plain = path.with_suffix(".plain.tif")
    profile = {
        "driver": "GTiff", "width": grid.cols, "height": grid.rows, "count": 1, "nodata": np.nan,
        "dtype": "float32", "crs": grid.crs, "transform": grid.affine, "tiled": True,
        "blockxsize": BLOCK, "blockysize": BLOCK, "bigtiff": "IF_SAFER",
    }  # fmt: skip
    try:
        with rasterio.open(plain, "w", **profile) as out:
            out.set_band_unit(1, units)
            out.set_band_description(1, name)
            out.write(values.astype(np.float32), 1)
        rasterio.shutil.copy(
            plain, path, driver="COG", compress="ZSTD", level=1, predictor="FLOATING_POINT",
            blocksize=BLOCK, overviews="AUTO", resampling="nearest", bigtiff="IF_SAFER",
        )  # fmt: skip
        check_written(path, int(np.count_nonzero(~np.isnan(values))))
    except (rasterio.RasterioIOError, CPLE_BaseError) as error:
        raise disk_full(path) from error
    finally:
        plain.unlink(missing_ok=True)
