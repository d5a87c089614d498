"""The font that goes with us: what it draws, and under which terms."""

import pytest

from data_catalog.fonts import FAMILY, characters, folder

fonts = pytest.importorskip("fontTools.ttLib", reason="the extra dev is not installed")
FILE = "NotoSansCJKsc-Subset.otf"


def test_the_list_of_characters_is_what_the_font_draws() -> None:
    with (folder() / FILE).open("rb") as file:
        font = fonts.TTFont(file)
    drawn = {chr(code) for code in font.getBestCmap()}
    assert characters() - {"\n"} <= drawn
    assert {c for c in drawn if ord(c) > 32} <= characters()
    assert font["name"].getDebugName(1) == FAMILY


def test_every_character_of_gb_2312_is_there() -> None:
    found = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    assert len(found) > 7000
    assert found - characters() - {"\u3000"} == set()


def test_its_licence_lies_beside_it() -> None:
    assert "SIL OPEN FONT LICENSE" in (folder() / "OFL.txt").read_text(encoding="utf-8")
