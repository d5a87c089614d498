"""The book: made from the declarations, whole in both languages, and up to date."""

import re
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner

from cli.book import pages, write_book
from cli.book.markdown import MARK, table
from cli.book.models import rounded
from cli.main import gep
from data_catalog.errors import OutputError
from data_catalog.standards import bundled
from gep.services import SERVICES

DOCS = Path(__file__).parents[2] / "docs"
PAGES = pages()
ENGLISH = [name for name in PAGES if not name.endswith(".zh.md")]
LINK = re.compile(r"\[(?:`[^`]*`|[^\]`])*\]\(([^)\s]+)\)")
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
each_page = pytest.mark.parametrize("name", PAGES)
each_pair = pytest.mark.parametrize("name", ENGLISH)


def test_the_committed_pages_are_those_that_make_docs_writes() -> None:
    there = {
        path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8")
        for path in DOCS.rglob("*.md")
        if path.read_text(encoding="utf-8").startswith(MARK)
    }
    assert set(there) == set(PAGES), "run `make docs`; remove pages of what is gone"
    stale = [name for name, text in PAGES.items() if there[name] != text]
    assert stale == [], "run `make docs`"


def test_every_service_and_every_standard_has_a_page() -> None:
    for service in SERVICES:
        assert f"services/{service.id}.md" in PAGES
        assert f"({service.id}.md)" in PAGES["services/README.md"]
    for name in bundled():
        assert f"standards/{name}.md" in PAGES
        assert f"({name}.md)" in PAGES["standards/README.md"]


@each_pair
def test_both_languages_say_the_same(name: str) -> None:
    english, chinese = PAGES[name], PAGES[name.replace(".md", ".zh.md")]
    for pattern in (r"^#+ ", r"^\|", r"^- ", r"```math\n.*?\n```", r"\$`.*?`\$", r"\*\*"):
        flags = re.MULTILINE | re.DOTALL
        assert len(re.findall(pattern, english, flags)) == len(re.findall(pattern, chinese, flags))
    assert re.findall(r"```math\n(.*?)\n```", english) == re.findall(
        r"```math\n(.*?)\n```", chinese
    )
    assert ANCHOR.findall(english) == ANCHOR.findall(chinese)


@each_page
def test_a_page_lands_where_its_links_point(name: str) -> None:
    here = PurePosixPath(name)
    for target in LINK.findall(PAGES[name]):
        file, _, place = target.partition("#")
        parts: list[str] = []
        for part in (here.parent / file).parts if file else here.parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        found = PAGES["/".join(parts)]
        assert not place or f'<a id="{place}"></a>' in found, target


@each_page
def test_a_place_to_link_to_is_there_once(name: str) -> None:
    assert [place for place, n in Counter(ANCHOR.findall(PAGES[name])).items() if n > 1] == []


@each_page
def test_a_row_of_a_table_has_as_many_cells_as_its_head(name: str) -> None:
    for lines in re.findall(r"(?:^\|.*\n)+", PAGES[name], re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in lines.splitlines()}
        assert len(cells) == 1


@each_pair
def test_an_equation_closes_what_it_opens(name: str) -> None:
    for latex in re.findall(r"```math\n(.*?)\n```|\$`(.*?)`\$", PAGES[name]):
        whole = "".join(latex)
        assert whole.count("{") == whole.count("}"), whole
        assert whole.count(r"\left") == whole.count(r"\right"), whole
        assert whole.count(r"\begin") == whole.count(r"\end"), whole


def test_a_page_has_the_equation_the_rows_and_the_arithmetic() -> None:
    text = PAGES["services/water_conservation.md"]
    assert "```math\nQ = \\sum A \\, (P - \\alpha P - ET)\n```" in text
    assert "| `gong2017-evergreen` | 11 broadleaf forest | 4.65 | % |" in text
    # 1500 - 0.0465 x 1500 - 800 = 630.25 mm; at 6.11 CNY/m3 6302.5 m3 are 38,508.275 CNY
    assert "a pixel gives 630.25 mm/year; a hectare gives **6,302.5 m³/year**" in text
    assert "is worth **38,508.275 CNY/year**" in text


def test_a_number_that_no_source_gives_is_named_on_both_pages() -> None:
    service, standard = PAGES["services/negative_air_ions.md"], PAGES["standards/ndrc-2022.md"]
    assert "1 (supposed)" in service
    assert "No source that was read gives it" in service
    assert "(`reservoir_construction_cost`)" in standard.split("## What stops for lack of rows")[1]


def test_a_number_is_short_enough_to_check() -> None:
    assert [rounded(x) for x in (1234.5, 2 / 3, 0, 1e18, -1e-18)] == [
        "1,234.5", "0.66666667", "0", "1 × 10^18", "-1 × 10^-18",
    ]  # fmt: skip


def test_a_table_has_no_column_that_says_nothing() -> None:
    assert table(["a", "b", "c"], [["1", "", "x|y"]]) == "| a | c |\n| --- | --- |\n| 1 | x\\|y |"


def test_the_command_writes_what_changed_and_replaces_no_page_of_ours(tmp_path: Path) -> None:
    said = CliRunner().invoke(gep, ["book", str(tmp_path), "--lang", "en"])
    assert f"{len(PAGES)} of {len(PAGES)} pages changed" in said.output
    assert write_book(tmp_path) == []
    page = tmp_path / "layers.md"
    page.write_text("# My own notes\n", encoding="utf-8")
    with pytest.raises(OutputError, match="is no page of the book"):
        write_book(tmp_path)
    assert page.read_text(encoding="utf-8") == "# My own notes\n"
