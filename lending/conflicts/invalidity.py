"""Why a geometry is no valid area, in both languages."""

import shapely
from shapely.geometry.base import BaseGeometry

from data_catalog.text import Text

__all__ = ["invalidity"]

REASONS = {
    "Self-intersection": Text("边界自相交", "the boundary crosses itself"),
    "Ring Self-intersection": Text("同一环自相接", "a ring touches itself"),
    "Hole lies outside shell": Text("洞在外环之外", "a hole lies outside its shell"),
    "Holes are nested": Text("洞中有洞", "a hole lies within a hole"),
    "Interior is disconnected": Text("内部不连通", "the interior is not connected"),
    "Nested shells": Text("面中有面", "a part lies within another"),
    "Duplicate Rings": Text("有重复的环", "a ring is given twice"),
    "Too few points in geometry component": Text("顶点太少", "there are too few points"),
    "Invalid Coordinate": Text("坐标不是数", "a coordinate is no number"),
    "Ring is not closed": Text("环没有闭合", "a ring is not closed"),
    "Repeated Point": Text("有重复的顶点", "a point is given twice"),
}
"""By the words of GEOS."""
OTHER = Text("不是简单的面", "it is no simple area")


def invalidity(geometry: BaseGeometry) -> Text:
    """Return what is wrong with an invalid geometry, and where if that is known."""
    reason, _, place = shapely.is_valid_reason(geometry).partition("[")
    words = REASONS.get(reason, OTHER)
    if not place:
        return words
    at = place.rstrip("]")
    return Text(f"{words.zh}（{at}）", f"{words.en} ({at})")
