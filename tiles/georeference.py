"""Where a layer lies: its CRS, its place on the globe, and what to say if that cannot be right."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import shapely
from affine import Affine
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from data_catalog.errors import LayerError, ParcelError
from data_catalog.text import Text

Shape: TypeAlias = BaseGeometry
WORLD = "EPSG:4326"
EDGE_POINTS = 21
LATITUDES = 90
CERTAIN = 100
"""How sure PROJ must be, percent, that a CRS is the one of a code."""
ZONE = re.compile(r"[ /]*(CM \d+[EW]|zone \d+[NS]?)$")
"""The end of a projected CRS's name that says which of its family it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """A raster's georeference.

    Parameters
    ----------
    name : str
        Of the layer, for messages.
    crs : str
        Authority code or WKT.
    transform : Affine
    shape : (rows, cols)
    """

    name: str
    crs: str
    transform: Affine
    shape: tuple[int, int]

    def outline(self, crs: str = WORLD) -> Shape:
        """Return the raster's outline in another CRS."""
        rows, cols = self.shape
        edge = np.linspace(0, 1, EDGE_POINTS)
        u = np.concatenate([edge, np.ones_like(edge), edge[::-1], np.zeros_like(edge)]) * cols
        v = np.concatenate([np.zeros_like(edge), edge, np.ones_like(edge), edge[::-1]]) * rows
        t = self.transform
        x, y = between(self.crs, crs).transform(t.a * u + t.b * v + t.c, t.d * u + t.e * v + t.f)
        good = np.isfinite(x) & np.isfinite(y)
        points = shapely.MultiPoint(np.column_stack([x[good], y[good]]))
        return points.convex_hull

    def swapped(self) -> "Place":
        """Return the place with x and y exchanged."""
        t = self.transform
        other = Affine(t.e, t.d, t.f, t.b, t.a, t.c)
        return Place(self.name, self.crs, other, (self.shape[1], self.shape[0]))


def between(crs: str | CRS, other: str) -> Transformer:
    """Return the way from one CRS to another, x before y; made once however they are spelt."""
    code = CRS.from_user_input(crs).to_epsg(CERTAIN)
    return _between(str(crs) if code is None else f"EPSG:{code}", other)


@lru_cache
def _between(crs: str, other: str) -> Transformer:
    return Transformer.from_crs(crs, other, always_xy=True)


def known_crs(text: str, where: str) -> str:
    """Return a CRS given by a person, checked.

    Raises
    ------
    LayerError
        If no CRS goes by that name, or it is no map's.
    """
    try:
        CRS.from_user_input(text)
    except CRSError as error:
        raise LayerError(
            where=where,
            problem=Text(
                f"“{text}”不是已知的坐标系。请写 EPSG 代码，如 EPSG:4549。",
                f"{text!r} is no known CRS. Write an EPSG code such as EPSG:4549.",
            ),
        ) from error
    if not is_map(text):
        raise LayerError(
            where=where,
            problem=Text(
                f"“{text}”不是平面或经纬度坐标系。请写地图的 EPSG 代码，如 EPSG:4549。",
                f"{text!r} is not the CRS of a map. Write the EPSG code of one, such as EPSG:4549.",
            ),
        )
    return text


def is_map(text: str) -> bool:
    """Return whether a CRS is one that maps are in: projected, or longitude and latitude."""
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        return False
    return bool(crs.is_projected or crs.is_geographic)


def check_axes(place: Place) -> None:
    """Raise if a geographic raster reaches beyond the poles: its axes are most likely swapped.

    Raises
    ------
    LayerError
        With the bounds.
    """
    if not CRS.from_user_input(place.crs).is_geographic:
        return
    t = place.transform
    latitudes = (t.f, t.f + t.e * place.shape[0] + t.d * place.shape[1])
    if max(abs(x) for x in latitudes) > LATITUDES:
        raise LayerError(
            where=place.name,
            problem=Text(
                f"纬度为 {min(latitudes):.6g} 至 {max(latitudes):.6g}，超出 ±90：经纬度可能颠倒。"
                "请用正确的轴序重新导出。",
                f"reaches from {min(latitudes):.6g} to {max(latitudes):.6g} degrees latitude: "
                "its axes look swapped. Export it again with longitude as x.",
            ),
        )


def check_overlap(place: Place, area: Shape, others: Text) -> None:
    """Raise if a layer lies beside the area that the others cover.

    Parameters
    ----------
    area : geometry in WGS 84 degrees
    others : Text
        What the area belongs to, for the message.

    Raises
    ------
    LayerError
        With both places, and the override that would bring them together.
    """
    outline = _outline(place)
    if outline.intersects(area):
        return
    raise LayerError(
        Text(
            "{where}：按其坐标系标记（{crs}），图层位于 {here}，与{others}所在的 {there} 不重叠。"
            "{cure}",
            "{where}: as tagged ({crs}) the layer lies at {here} and does not overlap {others} "
            "at {there}. {cure}",
        ),
        where=place.name,
        crs=CRS.from_user_input(place.crs).name,
        here=_described(outline),
        there=_described(area),
        others=others,
        cure=_cure(place, area),
    )


def check_parcels_overlap(area: Shape, source: str, crs: str, places: Iterable[Place]) -> None:
    """Raise if the parcels lie beside all layers, while the layers lie together.

    Parameters
    ----------
    area : geometry in WGS 84 degrees
        Around the parcels.
    source, crs : str
        What the parcels are read from, and the name of its CRS.

    Raises
    ------
    ParcelError
        With both places: it is the parcels that are wrong, not every layer.
    """
    outlines = [_outline(place) for place in places]
    together = shapely.intersection_all(outlines)
    if len(outlines) <= 1 or together.is_empty or any(o.intersects(area) for o in outlines):
        return
    raise ParcelError(
        Text(
            "{where}：按其坐标系标记（{crs}），宗地位于 {here}，而图层都位于 {there}，不重叠。"
            "请检查宗地文件的坐标系与坐标轴顺序。",
            "{where}: as tagged ({crs}) the parcels lie at {here} and do not overlap the layers "
            "at {there}. Check the CRS and the order of the axes of this file.",
        ),
        where=source,
        crs=crs,
        here=_described(area),
        there=_described(together),
    )


def _outline(place: Place) -> Shape:
    try:
        return place.outline()
    except ProjError:
        return shapely.Polygon()


def _described(shape: Shape) -> str:
    if shape.is_empty:
        return "?"
    left, bottom, right, top = shape.bounds
    return f"{left:.2f}..{right:.2f} E, {bottom:.2f}..{top:.2f} N"


def _cure(place: Place, area: Shape) -> Text:
    fitting = [
        code
        for code in _similar(place.crs, area)
        if _outline(Place(place.name, code, place.transform, place.shape)).intersects(area)
    ]
    if fitting:
        codes = ", ".join(fitting)
        return Text(
            f'若标记有误，在该图层写 crs（用 {codes} 则重叠），如 crs = "{fitting[-1]}"。',
            f"If the tag is wrong, write the right crs on the layer (with {codes} they overlap), "
            f'for example crs = "{fitting[-1]}".',
        )
    if _outline(place.swapped()).intersects(area):
        return Text(
            "x 与 y 对调后则重叠：坐标轴可能颠倒，请重新导出。",
            "With x and y exchanged they overlap: the axes look swapped; export it again.",
        )
    return Text(
        '若标记有误，在该图层写 crs = "EPSG:..."；否则请换用本区的图层。',
        'If the tag is wrong, write crs = "EPSG:..." on the layer; otherwise give a layer of '
        "this area.",
    )


def _similar(crs: str, area: Shape) -> list[str]:
    """Return codes of projected CRS of this one's family that are made for an area."""
    family = ZONE.sub("", CRS.from_user_input(crs).name)
    found = query_crs_info(
        auth_name="EPSG",
        pj_types=[PJType.PROJECTED_CRS],
        area_of_interest=AreaOfInterest(*area.bounds),
    )
    return [f"EPSG:{info.code}" for info in found if info.name.startswith(family)]
