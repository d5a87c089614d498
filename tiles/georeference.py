"""Where a layer lies: its CRS, its place on the globe, and what to say if that cannot be right."""

from dataclasses import dataclass

import numpy as np
import shapely
from affine import Affine
from pyproj import CRS, Transformer
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError, ProjError

from data_catalog.errors import LayerError
from data_catalog.text import Text

WORLD = "EPSG:4326"
EDGE_POINTS = 21
LATITUDES = 90


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

    def outline(self, crs: str = WORLD) -> shapely.Polygon:
        """Return the raster's outline in another CRS."""
        rows, cols = self.shape
        edge = np.linspace(0, 1, EDGE_POINTS)
        u = np.concatenate([edge, np.ones_like(edge), edge[::-1], np.zeros_like(edge)]) * cols
        v = np.concatenate([np.zeros_like(edge), edge, np.ones_like(edge), edge[::-1]]) * rows
        t = self.transform
        to = Transformer.from_crs(self.crs, crs, always_xy=True)
        x, y = to.transform(t.a * u + t.b * v + t.c, t.d * u + t.e * v + t.f)
        good = np.isfinite(x) & np.isfinite(y)
        return shapely.convex_hull(shapely.multipoints(np.column_stack([x[good], y[good]])))

    def swapped(self) -> "Place":
        """Return the place with x and y exchanged."""
        t = self.transform
        other = Affine(t.e, t.d, t.f, t.b, t.a, t.c)
        return Place(self.name, self.crs, other, (self.shape[1], self.shape[0]))


def known_crs(text: str, where: str) -> str:
    """Return a CRS given by a person, checked.

    Raises
    ------
    LayerError
        If no CRS goes by that name.
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
    return text


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


def check_overlap(place: Place, area: shapely.Geometry, others: str) -> None:
    """Raise if a layer lies beside the area that the others cover.

    Parameters
    ----------
    area : geometry in WGS 84 degrees
    others : str
        What the area belongs to, for the message.

    Raises
    ------
    LayerError
        With both places, the distance, and the override that would bring them together.
    """
    try:
        outline = place.outline()
    except ProjError:
        outline = shapely.Polygon()
    if not outline.is_empty and outline.intersects(area):
        return
    here, there = (_described(g) for g in (outline, area))
    cure = _cure(place, area)
    raise LayerError(
        Text(
            "{where}：按其坐标系标记（{crs}），图层位于 {here}，与{others}所在的 {there} 不重叠。{cure}",
            "{where}: as tagged ({crs}) the layer lies at {here} and does not overlap {others} "
            "at {there}. {cure}",
        ),
        where=place.name,
        crs=CRS.from_user_input(place.crs).name,
        here=here,
        there=there,
        others=others,
        cure=cure,
    )


def _described(shape: shapely.Geometry) -> str:
    if shape.is_empty:
        return "?"
    left, bottom, right, top = shape.bounds
    return f"{left:.2f}..{right:.2f} E, {bottom:.2f}..{top:.2f} N"


def _cure(place: Place, area: shapely.Geometry) -> Text:
    fitting = [
        code
        for code in _similar(place.crs)
        if Place(place.name, code, place.transform, place.shape).outline().intersects(area)
    ]
    if fitting:
        codes = ", ".join(fitting)
        return Text(
            f'若标记有误，在该图层写 crs（用 {codes} 则重叠），如 crs = "{fitting[-1]}"。',
            f"If the tag is wrong, write the right crs on the layer (with {codes} they overlap), "
            f'for example crs = "{fitting[-1]}".',
        )
    try:
        swapped = place.swapped().outline().intersects(area)
    except ProjError:
        swapped = False
    if swapped:
        return Text(
            "x 与 y 对调后则重叠：坐标轴可能颠倒，请重新导出。",
            "With x and y exchanged they overlap: the axes look swapped; export it again.",
        )
    return Text(
        '若标记有误，在该图层写 crs = "EPSG:..."；否则请换用本区的图层。',
        'If the tag is wrong, write crs = "EPSG:..." on the layer; otherwise give a layer of '
        "this area.",
    )


def _similar(crs: str) -> list[str]:
    """Return codes of projected CRS whose name begins with this one's."""
    name = CRS.from_user_input(crs).name
    found = query_crs_info(auth_name="EPSG", pj_types=[PJType.PROJECTED_CRS])
    return [f"EPSG:{info.code}" for info in found if info.name.startswith(name)]
