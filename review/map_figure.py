"""The map of a run as one SVG figure, for a notebook or a report: one theme, in one language."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Language, Text
from review.parcel_map import ParcelMap

__all__ = ["map_figure"]

LEGEND = 300
"""Room beside the map, in units of the drawing."""
SCALE_BAR = 34
"""Room below it."""


def map_figure(drawing: ParcelMap, theme: str, language: Language) -> str:
    """Return the map coloured by a theme, as an SVG file's text.

    Parameters
    ----------
    theme : str
        `gep`, a service, `carbon` or `forest`.

    Raises
    ------
    UnknownNameError
        If the run has no such theme; names the nearest.
    """
    themes = {one.id: one for one in drawing.themes}
    if theme not in themes:
        kind = Text("专题", "theme")
        hint = suggestion(theme, themes)
        raise UnknownNameError(where="map", kind=kind, name=theme, hint=hint)
    return _template().render(
        map=drawing, theme=themes[theme], language=language, side=LEGEND,
        height=drawing.height + SCALE_BAR,
    )  # fmt: skip


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("review"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("map.svg.j2")
