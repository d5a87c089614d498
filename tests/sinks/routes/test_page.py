"""The page on routes says what the declarations say, in both languages."""

from pathlib import Path

import pytest

from data_catalog.tables import tables
from data_catalog.text import Language
from sinks.routes import ADDITIONS, ROUTES

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(
    ("lang", "page"), [("en", "carbon-routes.md"), ("zh", "carbon-routes.zh.md")]
)
def test_the_page_has_every_route_addition_and_column(lang: Language, page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for route in ROUTES:
        assert f"| `{route.id}` | {route.title[lang]} |" in text
        assert route.when[lang] in text
        assert not route.main or f"`{route.main}`" in text
        assert all(f"`{name}`" in text for name in route.sets.values())
        assert all(f"$`{model.formula}`$" in text for model in route.models())
    for one in ADDITIONS:
        assert f"`{one.id}`" in text
        assert f"$`{one.model.formula}`$" in text
    for name in ("inventory", "trees", "bamboo"):
        for column in tables()[name].read().values():
            assert f"| `{column.name}` |" in text
            assert column.title[lang] in text
