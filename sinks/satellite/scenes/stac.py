"""Scenes out of a STAC item collection: the same form as in a scene file.

A sensor's `bands` name the assets; scale, offset and nodata are those of the assets' raster bands
where they state them, otherwise the sensor's.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from data_catalog.errors import ProjectError
from data_catalog.names import suggestion
from data_catalog.text import Text
from sinks.satellite.scenes.declared import Band, Mask, Scene, SensorEntry

if TYPE_CHECKING:
    import pystac

__all__ = ["read_items"]

MASKS = {"sentinel2-scl": ("scl", "SCL"), "landsat-c2-qa-pixel": ("qa_pixel", "QA_PIXEL")}
"""What the asset of a quality band is called."""


def read_items(address: str, sensors: Mapping[str, SensorEntry]) -> list[Scene]:
    """Return the scenes of a STAC item collection.

    Parameters
    ----------
    address : str
        A file, or an http address: an item collection, with hrefs absolute or relative to it.
    sensors : mapping of name to SensorEntry
        An item's sensor is the one of its platform's or constellation's name.

    Raises
    ------
    ProjectError
        If it is no item collection, or an item's sensor or asset is not there.
    """
    import pystac

    try:
        found = pystac.ItemCollection.from_file(address)
    except (OSError, ValueError, KeyError, TypeError, pystac.STACError) as error:
        raise ProjectError(
            where=address,
            problem=Text(
                "不能作为 STAC 条目集合读取。请检查 [set] stac 的路径或地址。",
                "cannot be read as a STAC item collection. Check the path or address of "
                "[set] stac.",
            ),
        ) from error
    return [_scene(item, address, sensors) for item in found.items]


def _scene(item: "pystac.Item", address: str, sensors: Mapping[str, SensorEntry]) -> Scene:
    name = _sensor(item, sensors)
    sensor = sensors[name]
    taken = item.datetime or item.common_metadata.start_datetime
    if taken is None:
        raise _wrong(item.id, "没有日期（datetime）。", "has no date (datetime).")
    bands = {band: _band(item, str(asset), address, sensor) for band, asset in sensor.bands.items()}
    mask = None
    if sensor.mask is not None:
        names = MASKS.get(sensor.mask.kind, ())
        key = next((n for n in names if n in item.assets), None)
        if key is None:
            raise _no_asset(item, " / ".join(names) or sensor.mask.kind)
        clear = None if sensor.mask.clear is None else frozenset(sensor.mask.clear)
        mask = Mask(_href(item, key, address), sensor.mask.kind, clear)
    return Scene(item.id, date(taken.year, taken.month, taken.day), name, bands, mask)


def _sensor(item: "pystac.Item", sensors: Mapping[str, SensorEntry]) -> str:
    said = [str(item.properties.get(key, "")) for key in ("platform", "constellation")]
    for name in said:
        if name in sensors:
            return name
    names = " / ".join(filter(None, said)) or "-"
    hint = suggestion(said[0], sensors)
    raise _wrong(
        item.id,
        f"平台为 {names}，没有同名的 [sensors]。{hint.zh}",
        f"is of platform {names}, and there is no [sensors] of that name. {hint.en}",
    )


def _band(item: "pystac.Item", asset: str, address: str, sensor: SensorEntry) -> Band:
    if asset not in item.assets:
        raise _no_asset(item, asset)
    fields = item.assets[asset].extra_fields
    stated = _first(fields.get("raster:bands")) | _first(fields.get("bands")) | fields
    scale = stated.get("raster:scale", stated.get("scale", sensor.scale))
    offset = stated.get("raster:offset", stated.get("offset", sensor.offset))
    nodata = stated.get("nodata", sensor.nodata)
    try:
        return Band(
            _href(item, asset, address), 1, float(scale), float(offset),
            None if nodata is None else float(nodata),
        )  # fmt: skip
    except (TypeError, ValueError) as error:
        raise _wrong(
            item.id,
            f"资产 {asset} 的 scale、offset 或 nodata 不是数。",
            f"the scale, offset or nodata of asset {asset} is no number.",
        ) from error


def _first(bands: object) -> dict[str, Any]:
    """Return what the first of an asset's bands says."""
    if isinstance(bands, list) and bands and isinstance(bands[0], dict):
        return dict(bands[0])
    return {}


def _href(item: "pystac.Item", asset: str, address: str) -> str:
    from pystac.utils import make_absolute_href

    return str(make_absolute_href(item.assets[asset].href, address))


def _no_asset(item: "pystac.Item", asset: str) -> ProjectError:
    known = _names(item.assets)
    return _wrong(
        item.id,
        f"没有资产 {asset}（现有：{known}）。请更正 [sensors] bands。",
        f"has no asset {asset} (there are: {known}). Correct the bands of the sensor.",
    )


def _names(assets: Iterable[str]) -> str:
    return ", ".join(assets)


def _wrong(item: str, zh: str, en: str) -> ProjectError:
    return ProjectError(where=f"STAC {item}", problem=Text(zh, en))
