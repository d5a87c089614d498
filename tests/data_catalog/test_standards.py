"""What must hold for every bundled standard."""

from pathlib import Path

import pytest

from data_catalog.classes import ecosystems
from data_catalog.errors import ParameterMissing, ProjectError, UnknownNameError
from data_catalog.parameters import bundled as parameters
from data_catalog.references import references
from data_catalog.spec import ECOSYSTEM
from data_catalog.standards import Part, Standard, bundled, standard
from data_catalog.standards.registry import LEVELS, norms
from gep.choices import problems
from gep.pricing import price
from gep.services import SERVICES

BY_ID = {service.id: service for service in SERVICES}
CHOICES = [(s, name) for s in bundled().values() for name in s.services]
NORMS_ONLY = {
    "HJ1173", "caep2020", "ndrc2022", "gbt38582", "gbt46869", "db33t2274", "db3311t139", "youyang",
}  # fmt: skip
OWN_SETS = {*NORMS_ONLY, "garze2017", "gaotian2017"}
"""Sets of a norm's or a paper's own numbers: what they lack, the user has to give."""
each_standard = pytest.mark.parametrize("chosen", bundled().values(), ids=lambda s: s.id)
each_choice = pytest.mark.parametrize(
    ("chosen", "name"), CHOICES, ids=[f"{s.id}-{name}" for s, name in CHOICES]
)


@each_standard
def test_it_has_two_languages_and_a_source(chosen: Standard) -> None:
    assert chosen.title.zh
    assert chosen.title.en
    assert chosen.source in references()
    assert bool(chosen.note_zh) == bool(chosen.note_en)


def test_the_id_is_the_name_of_the_file() -> None:
    for name in bundled():
        assert standard(name).id == name
    assert {"cn-open", "garze-2017"} <= set(bundled())


@each_choice
def test_every_variant_and_valuation_exists(chosen: Standard, name: str) -> None:
    service, choice = BY_ID[name], chosen.services[name]
    for part in choice.parts:
        service.variant(part.variant)
    for valuation in choice.valuations:
        service.valuation(valuation)
    assert bool(choice.note_zh) == bool(choice.note_en)


@each_standard
def test_the_services_have_what_it_asks_for_and_nothing_counts_twice(chosen: Standard) -> None:
    assert [e.say("en") for e in problems(chosen)] == []


@each_choice
def test_every_class_is_one_of_the_norm(chosen: Standard, name: str) -> None:
    known = set(ecosystems()) | {code[0] for code in ecosystems()}
    for part in chosen.services[name].parts:
        assert set(part.classes) <= known
        assert len(part.classes) == len(set(part.classes))


@each_choice
def test_every_set_named_exists_and_is_used(chosen: Standard, name: str) -> None:
    service, choice = BY_ID[name], chosen.services[name]
    models = (
        *(service.variant(p.variant) for p in choice.parts),
        *(service.valuation(v) for v in choice.valuations),
    )
    used = {m.parameters()[f] for m in models for f, i in m.factors().items() if not i.choose}
    for parameter, set_ in choice.sets.items():
        assert parameter in used, parameter
        assert set_ != chosen.default_set, (parameter, set_)
        assert parameters().of_set(parameter, set_), (parameter, set_)


@each_choice
def test_every_factor_has_rows_for_the_whole_scope_or_its_own_norm_has_none(
    chosen: Standard, name: str
) -> None:
    service, choice = BY_ID[name], chosen.services[name]
    needed = [
        (model, [code for code in ecosystems() if covers(code)])
        for model, covers in (
            *((service.variant(p.variant), p.covers) for p in choice.parts),
            *((service.valuation(v), choice.covers) for v in choice.valuations),
        )
    ]
    for model, scope in needed:
        for input_name, factor in model.factors().items():
            factor_name = model.parameters()[input_name]
            set_ = factor.choose or chosen.set_of(name, factor_name)
            if set_ == chosen.default_set and set_ in OWN_SETS:
                continue  # the service stops, and names the parameter and the norm
            rows = parameters().of_set(factor_name, set_)
            if factor.by not in {None, ECOSYSTEM}:
                assert rows, (model.id, factor_name, set_)
                continue
            for code in scope if factor.by and scope else [""]:
                row = parameters().of_ecosystem(factor_name, set_, code)
                assert row is not None or not scope, (model.id, factor_name, set_, code)


@pytest.mark.parametrize("name", [s.id for s in bundled().values() if s.default_set in NORMS_ONLY])
def test_a_norm_borrows_no_number_of_another_norm(name: str) -> None:
    chosen = bundled()[name]
    borrowed = {s for choice in chosen.services.values() for s in choice.sets.values()}
    # the coefficients of photosynthesis, and those of the forest norm's own forms
    assert borrowed <= {"photosynthesis", "lytform"}


def test_a_norm_whose_number_was_not_read_stops_and_names_it() -> None:
    service = BY_ID["water_conservation"]
    cost = service.valuation("storage_cost_annual")
    with pytest.raises(ParameterMissing) as caught:
        price(cost, parameters(), standard("ndrc-2022"), service.id)
    said = caught.value.say("en")
    for word in ("water_conservation", "'ndrc-2022'", "'reservoir_construction_cost'"):
        assert word in said


@each_standard
def test_a_service_is_accounted_or_left_out_but_not_both(chosen: Standard) -> None:
    assert set(chosen.left_out) <= set(BY_ID)
    assert not set(chosen.left_out) & set(chosen.services)


def test_what_a_standard_does_with_a_service_is_one_word() -> None:
    assert standard("cn-open").place_of("soil_retention") == "counted"
    assert standard("hj1173-2021").place_of("soil_retention") == "amount"
    assert standard("cn-open").place_of("species_conservation") == "amount"
    assert standard("ndrc-2022").place_of("oxygen_release") == "left out"
    assert standard("gbt46869-2025").place_of("noise_reduction") == "not known"


def test_every_profile_is_of_a_norm_in_the_registry_and_knows_as_much_of_it() -> None:
    listed = {norm.profile: norm for norm in norms() if norm.profile}
    assert set(listed) == set(bundled())
    for name, chosen in bundled().items():
        assert chosen.status == listed[name].status, name


def test_the_registry_names_every_norm_once_in_two_languages() -> None:
    ids = [norm.id for norm in norms()]
    assert len(ids) == len(set(ids))
    for norm in norms():
        assert norm.level in LEVELS
        assert all(t.zh and t.en for t in (norm.title, norm.state, norm.note))


@pytest.mark.parametrize("name", ["caep-2020", "ndrc-2022", "zj-db33t2274", "lishui-db3311t139"])
def test_what_was_not_read_is_not_said_to_be(name: str) -> None:
    chosen = bundled()[name]
    assert {c.status for c in chosen.services.values()} <= {"recalled", "uncertain"}


def test_a_level_covers_its_classes() -> None:
    part = Part(variant="balance", classes=("1", "41"))
    assert part.covers("13")
    assert part.covers("41")
    assert not part.covers("42")


def test_the_open_profile_leaves_out_what_has_no_published_number() -> None:
    services = standard("cn-open").services
    assert not services["water_conservation"].covers("42")
    assert not services["water_conservation"].covers("51")
    assert not services["soil_retention"].covers("82")
    assert not services["carbon_sequestration"].covers("51")
    assert not services["climate_regulation"].covers("62")


def test_an_unknown_standard_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean cn-open"):
        standard("cn_open")


def test_a_standard_beside_the_project_is_read(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        'id = "ours"\ntitle_zh = "本县"\ntitle_en = "Ours"\nsource = "HJ1173"\n[services]\n',
        encoding="utf-8",
    )
    assert standard("ours.toml", tmp_path).id == "ours"


def test_an_unknown_key_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        'id = "ours"\ntitle_zh = "本县"\ntitle_en = "Ours"\nsource = "HJ1173"\nsevices = {}\n',
        encoding="utf-8",
    )
    with pytest.raises(ProjectError, match="sevices"):
        standard("ours.toml", tmp_path)
