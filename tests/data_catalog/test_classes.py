"""The classes of HJ 1166-2021 and the crosswalks to them."""

import csv
import re
from importlib import resources
from itertools import combinations
from pathlib import Path

import pytest

from data_catalog.classes import (
    MISSING,
    NOT_FOREST,
    Crosswalk,
    crosswalk,
    crosswalks,
    ecosystem_title,
    ecosystems,
)
from data_catalog.errors import ProjectError, UnknownNameError

PUBLISHED = {
    "clcd": set(range(1, 10)),
    "worldcover": {10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100},
    "globeland30": set(range(10, 101, 10)),
    "igbp": set(range(18)),
    "igbp-hills": set(range(18)),
    # 230 is "no data (burnt areas, clouds, etc.)": no class, so it must stay unmapped
    "globcover": {11, 14, 20, 30, 40, 50, 60, 70, 90, *range(100, 221, 10)},
    "forest-mask": {0, 1},
    "hj1166": {int(code) for code in ecosystems()},
}
each_crosswalk = pytest.mark.parametrize("table", crosswalks().values(), ids=crosswalks().keys())


def test_the_norm_has_24_classes_in_8_groups() -> None:
    assert len(ecosystems()) == 24
    assert {e.level1 for e in ecosystems().values()} == set("12345678")


def test_class_codes_names_and_colours_are_unique() -> None:
    file = resources.files("data_catalog.classes") / "hj1166.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    for column in ("code", "zh", "en", "colour"):
        cells = [row[column] for row in rows]
        assert len(set(cells)) == len(cells) == 24, column


def test_every_class_has_both_labels_a_criterion_and_a_colour() -> None:
    for code, ecosystem in ecosystems().items():
        assert ecosystem.title.zh
        assert ecosystem.title.en
        assert ecosystem.level1_title.zh
        assert ecosystem.level1_title.en
        assert ecosystem.criteria
        assert re.fullmatch(r"#[0-9A-F]{6}", ecosystem.colour), code


def test_classes_carry_the_names_of_the_norm() -> None:
    titles = {code: e.title.zh for code, e in ecosystems().items()}
    assert titles["11"] == "阔叶林"
    assert titles["33"] == "草丛"
    assert titles["52"] == "园地"
    assert titles["63"] == "工矿交通"
    assert titles["81"] == "冰川/永久积雪"
    assert ecosystems()["13"].level1_title.zh == "森林"


def test_a_class_of_one_group_has_one_group_name() -> None:
    groups = {(e.level1, e.level1_title) for e in ecosystems().values()}
    assert len(groups) == 8


def test_no_two_colours_look_alike_in_grey_and_hue() -> None:
    colours = [bytes.fromhex(e.colour[1:]) for e in ecosystems().values()]
    nearest = min(
        sum(abs(x - y) for x, y in zip(a, b, strict=True)) for a, b in combinations(colours, 2)
    )
    assert nearest > 30


def test_land_that_is_no_class_of_the_norm_has_a_label_too() -> None:
    assert ecosystem_title(f"{NOT_FOREST:02d}").zh == "非林地"
    assert ecosystem_title("00").en == "unclassified"
    assert ecosystem_title("11").en == "broadleaf forest"


def test_every_crosswalk_file_has_a_title() -> None:
    folder = resources.files("data_catalog.classes") / "crosswalks"
    files = {f.name.removesuffix(".csv") for f in folder.iterdir() if f.name.endswith(".csv")}
    assert files == {*crosswalks(), "titles"}
    assert all(t.title.zh and t.title.en for t in crosswalks().values())


@each_crosswalk
def test_a_crosswalk_maps_every_published_code_once(table: Crosswalk) -> None:
    codes = [row.code for row in table.rows]
    assert len(set(codes)) == len(codes)
    assert set(table.codes()) == PUBLISHED[table.id]


@each_crosswalk
def test_a_crosswalk_maps_only_to_known_classes(table: Crosswalk) -> None:
    known = {int(code) for code in ecosystems()} | {NOT_FOREST}
    assert {row.ecosystem for row in table.rows} <= known


@each_crosswalk
def test_every_row_has_a_legend_and_says_what_it_cannot_separate(table: Crosswalk) -> None:
    assert all(row.legend and row.note for row in table.rows)


def test_a_few_codes_by_hand() -> None:
    assert crosswalks()["clcd"].codes()[2] == 11
    assert crosswalks()["worldcover"].codes()[95] == 41
    assert crosswalks()["globeland30"].codes()[100] == 81
    assert crosswalks()["globcover"].codes()[70] == 12
    assert crosswalks()["hj1166"].codes()[52] == 52


def test_igbp_water_is_water_under_both_of_its_numbers() -> None:
    codes = crosswalks()["igbp"].codes()
    assert codes[0] == codes[17] == 42


def test_in_southern_hills_only_woody_savanna_differs() -> None:
    plain, hills = crosswalks()["igbp"].codes(), crosswalks()["igbp-hills"].codes()
    assert {c: (plain[c], hills[c]) for c in plain if plain[c] != hills[c]} == {8: (14, 13)}


def test_nodata_is_a_class_only_where_a_crosswalk_says_so() -> None:
    assert crosswalks()["forest-mask"].of_nodata() == NOT_FOREST
    others = [t for name, t in crosswalks().items() if name != "forest-mask"]
    assert {t.of_nodata() for t in others} == {MISSING}


def test_a_users_own_crosswalk_is_read(tmp_path: Path) -> None:
    rows = "code,legend,ecosystem,note\n1,竹林,11,bamboo\n2,茶园,52,\nnodata,其他,99,\n"
    # spreadsheets write a byte order mark
    (tmp_path / "ours.csv").write_text(rows, encoding="utf-8-sig")
    table = crosswalk("ours.csv", tmp_path)
    assert table.codes() == {1: 11, 2: 52}
    assert table.of_nodata() == NOT_FOREST
    assert table.rows[0].legend == "竹林"


def test_legend_and_note_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text("code,ecosystem\n7,12\n", encoding="utf-8")
    assert crosswalk("ours.csv", tmp_path).codes() == {7: 12}


@pytest.mark.parametrize(
    ("rows", "code"),
    [(["7,12", "8,13", "7,12"], "7"), (["7,12", "8,13", "07,13"], "07"),
     (["nodata,99", "8,13", "nodata,11"], "nodata")],
    ids=["the same class", "another class, written otherwise", "nodata"],
)  # fmt: skip
def test_a_code_that_is_there_twice_is_refused_with_both_rows(
    tmp_path: Path, rows: list[str], code: str
) -> None:
    (tmp_path / "ours.csv").write_text("\n".join(["code,ecosystem", *rows]), encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        crosswalk("ours.csv", tmp_path)
    said = f"ours.csv:4: code '{code}' is there twice, in rows 2 and 4. Keep one."
    assert caught.value.say("en") == said
    assert f"代码“{code}”在第 2 行和第 4 行" in caught.value.say("zh")


def test_an_unknown_crosswalk_gives_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean worldcover") as caught:
        crosswalk("wordcover", tmp_path)
    assert "是否想写 worldcover" in caught.value.say("zh")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,x,17,", "maps code '1' to '17'"),
        ("1,x,,", "maps code '1' to ''"),
        ("-1,x,11,", "maps code '-1' to '11'"),
        ("1.5,x,11,", "maps code '1.5' to '11'"),
    ],
)
def test_a_wrong_code_is_an_error_in_words(tmp_path: Path, row: str, words: str) -> None:
    (tmp_path / "ours.csv").write_text(f"code,legend,ecosystem,note\n3,y,21,\n{row}\n", "utf-8")
    with pytest.raises(ProjectError) as caught:
        crosswalk("ours.csv", tmp_path)
    assert caught.value.say("en").startswith(f"ours.csv:3: {words};")
    assert "HJ 1166 两位代码" in caught.value.say("zh")
