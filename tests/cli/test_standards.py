"""`gep standards`: what is counted, how, and with which numbers."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data_catalog.errors import UnknownNameError
from data_catalog.standards import bundled
from data_catalog.standards.registry import KNOWN, LEVELS, norms
from data_catalog.text import Language
from gep.services import services

Says = Callable[..., str]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_has_every_standard_with_its_title(says: Says, lang: Language) -> None:
    text = says("standards", "--lang", lang)
    for name, standard in bundled().items():
        assert name in text
        assert standard.title[lang] in text


def test_the_list_for_a_program_counts_rows_by_grade(says: Says) -> None:
    records = {r["id"]: r for r in json.loads(says("standards", "--json"))}
    assert set(records) == set(bundled())
    assert records["garze-2017"]["rows_by_grade"]["literature"] > 0
    assert "water_conservation" in records["cn-open"]["counted"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", bundled())
def test_a_standard_is_shown_with_variants_sets_and_notes(
    says: Says, name: str, lang: Language
) -> None:
    text = says("standards", "show", name, "--lang", lang)
    for choice in bundled()[name].services.values():
        for part in choice.parts:
            assert part.variant in text
        for chosen in (*choice.valuations, *choice.sets.values()):
            assert chosen in text
        assert (choice.note_zh if lang == "zh" else choice.note_en) in text


def test_the_ecosystems_in_scope_are_named(says: Says) -> None:
    assert "1 森林、2 灌丛、3 草地、41 沼泽、52 园地" in says(
        "standards", "show", "cn-open", "--lang", "zh"
    )


def test_a_service_that_does_not_count_is_said_not_to(
    says: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ours.toml").write_text(
        'id = "ours"\ntitle_zh = "本县"\ntitle_en = "Ours"\nsource = "HJ1173"\n'
        '[services.water_conservation]\nparts = [{ variant = "balance", classes = ["1"] }]\n'
        "counted = false\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert json.loads(says("standards", "show", "ours.toml", "--json"))["counted"] == []
    explained = says("explain", "water_conservation", "--standard", "ours.toml")
    assert "not counted in the total" in explained


def test_options_may_stand_before_or_after_show(says: Says) -> None:
    after = says("standards", "show", "cn-open", "--lang", "zh")
    assert says("standards", "--lang", "zh", "show", "cn-open") == after
    after = says("standards", "show", "cn-open", "--json")
    assert says("standards", "--json", "show", "cn-open") == after


def test_an_unknown_standard_suggests_the_nearest(says: Says) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean cn-open"):
        says("standards", "show", "cn_open")


def test_two_standards_are_compared_by_what_they_declare(says: Says) -> None:
    found = json.loads(says("standards", "diff", "cn-open", "garze-2017", "--json"))
    told = {(d["service"], d["aspect"], d["of"]): (d["first"], d["second"]) for d in found}
    assert told["other_products", "accounted", ""] == ("yes", "no")
    assert told["water_conservation", "variants", ""] == ("balance", "balance_runoff")
    assert told["oxygen_release", "set", "oxygen_price"] == ("sdcarbon2018", "garze2017")
    assert ("climate_regulation", "set", "electricity_price") not in told
    assert json.loads(says("standards", "diff", "cn-open", "cn-open", "--json")) == []
    text = says("standards", "diff", "cn-open", "garze-2017", "--lang", "zh")
    assert "固碳" in text
    assert "价值量方法" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_norms_are_listed_with_what_is_known_of_each(says: Says, lang: Language) -> None:
    text = says("standards", "list", "--lang", lang)
    for norm in norms():
        (line,) = [x for x in text.splitlines() if x.split()[:1] == [norm.id]]
        for word in (norm.title, norm.state, LEVELS[norm.level], KNOWN[norm.status]):
            assert word[lang] in line
        assert line.endswith(norm.profile)
    assert [r["id"] for r in json.loads(says("standards", "list", "--json"))] == [
        norm.id for norm in norms()
    ]


def test_the_matrix_says_what_each_standard_does_with_each_service(says: Says) -> None:
    places = json.loads(says("standards", "matrix", "--json"))
    assert set(places) == set(bundled())
    assert all(set(row) == {s.id for s in services()} for row in places.values())
    assert places["ndrc-2022"]["oxygen_release"] == "left out"
    assert places["hj1173-2021"]["sand_fixation"] == "amount"
    text = says("standards", "matrix", "--lang", "zh")
    assert "只算量" in text
    assert "不明" in text


def test_what_is_recalled_is_said_to_be_where_a_standard_is_shown(says: Says) -> None:
    text = says("standards", "show", "caep-2020")
    assert "Known: recalled (not checked)" in text
    assert "Not known whether counted: Coastal protection" in text
    assert "recalled and not certain" in text
    assert "not shared out" in text


def test_prices_in_dispute_are_named_where_a_standard_is_shown(says: Says) -> None:
    assert "82.18 CNY/m3 (youyang) differs more than 2-fold" in says("standards", "show", "cq-2023")
    assert "来源分歧的价格" in says("standards", "show", "cn-open", "--lang", "zh")
    assert "disagree" not in says("standards", "show", "hj1173-2021")
