"""Counties that come with the toolkit, found by their six-digit administrative code."""

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["counties", "region"]

CODE_LENGTH = 6


def counties() -> "gpd.GeoDataFrame":
    """Return the bundled counties.

    Returns
    -------
    GeoDataFrame
        Columns code (six digits, text), zh, en and geometry, in EPSG:4326, in the order of code.
    """
    import geopandas as gpd

    folder = Path(str(resources.files("data_catalog.regions")))
    frame = gpd.read_file(folder / "lishui.geojson", columns=["code", "zh", "en"])
    frame["code"] = frame["code"].astype(str)
    ordered = frame.sort_values("code", ignore_index=True)
    return ordered[["code", "zh", "en", "geometry"]].to_crs("EPSG:4326")


def region(code: str) -> "gpd.GeoDataFrame":
    """Return one county, or all counties of a city.

    Parameters
    ----------
    code : str
        Six digits: a county (`331181`), or a city, whose code ends in 00 (`331100`).

    Returns
    -------
    GeoDataFrame
        As `counties` returns them.

    Raises
    ------
    UnknownNameError
        If the code is not bundled; with the nearest codes that are.
    """
    known = counties()
    cities = {f"{county[:4]}00" for county in known["code"]}
    stem = code[:4] if code in cities else code
    chosen = known["code"].str.startswith(stem) & (len(code) == CODE_LENGTH)
    if not chosen.any():
        raise UnknownNameError(
            where="region",
            kind=Text("行政区划代码", "region code"),
            name=code,
            hint=suggestion(code, {*cities, *known["code"]}),
        )
    return known[chosen].reset_index(drop=True)
