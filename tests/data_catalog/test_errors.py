"""Errors: both languages, across processes, several at once."""

import inspect
import pickle
import string
from collections.abc import Callable

import pytest

from data_catalog import errors
from data_catalog.errors import (
    GepError,
    LayerError,
    ParameterMissing,
    Problems,
    ProjectError,
    TooCoarse,
    UnknownNameError,
    raise_all,
)
from data_catalog.text import Text

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, GepError) and kind is not Problems
]


def too_coarse() -> TooCoarse:
    return TooCoarse(where="elevation", size=9276, purpose=Text("坡度", "slope"), limit=100)


def unknown_layer() -> UnknownNameError:
    return UnknownNameError(
        where="[layers]",
        kind=Text("变量", "variable"),
        name="rain",
        hint=Text("可用的有：precipitation。", "Known: precipitation."),
    )


def across(error: GepError) -> GepError:
    """Return the error as another process gets it."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  (our own bytes)
    assert type(copy) is type(error)
    return copy


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_tell_the_same_facts(kind: type[GepError]) -> None:
    assert placeholders(kind.template.zh) == placeholders(kind.template.en)


@pytest.mark.parametrize("kind", [*KINDS, Problems])
def test_every_error_stands_in_the_tree_that_the_module_draws(kind: type[GepError]) -> None:
    assert f"* {kind.__name__}" in (errors.__doc__ or "") or f"- {kind.__name__}" in (
        errors.__doc__ or ""
    )


def test_a_message_says_where_what_and_what_to_do() -> None:
    assert too_coarse().say("en") == (
        "elevation: its cells are 9276 m, but slope needs 100 m or finer. Give a finer layer."
    )
    assert too_coarse().say("zh") == (
        "elevation：像元 9276 m，而坡度最多允许 100 m。请提供更细的图层。"
    )


def test_a_fact_in_two_languages_is_told_in_the_one_asked_for() -> None:
    assert unknown_layer().say("en") == (
        "[layers]: no variable is named 'rain'. Known: precipitation."
    )
    assert unknown_layer().say("zh") == "[layers]：没有名为“rain”的变量。可用的有：precipitation。"


def test_str_is_the_english_line() -> None:
    error = ParameterMissing(
        service="water_conservation", standard="hj1173-2021", parameter="runoff", key="[11]"
    )
    assert str(error) == error.say("en")
    assert "runoff" in str(error)


def test_a_message_is_one_line_even_if_a_fact_is_not() -> None:
    error = ProjectError(where="gep.toml", problem="two\n  lines")
    assert error.say("en") == "gep.toml: two lines"


def test_braces_in_a_fact_are_told_as_they_are() -> None:
    error = ProjectError(where="gep.toml", problem="{nodata} is no number")
    assert error.say("en") == "gep.toml: {nodata} is no number"


def test_a_message_of_its_own_takes_the_place_of_the_template() -> None:
    error = LayerError(Text("{name}：没有图层", "{name}: no layer"), name="ndvi")
    assert (error.say("zh"), error.say("en")) == ("ndvi：没有图层", "ndvi: no layer")


@pytest.mark.parametrize("make", [too_coarse, unknown_layer])
def test_an_error_keeps_its_facts_across_processes(make: Callable[[], GepError]) -> None:
    error = make()
    copy = across(error)
    assert copy.facts == error.facts
    assert copy.say("zh") == error.say("zh")


def test_a_message_of_its_own_survives_too() -> None:
    error = LayerError(Text("{n} 个像元", "{n} cells"), n=3)
    assert across(error).say("zh") == "3 个像元"


def test_several_problems_are_told_at_once_in_their_order() -> None:
    both = Problems([too_coarse(), unknown_layer()])
    for language in ("zh", "en"):
        first, second = both.say(language).split(" | ")
        assert (first, second) == tuple(e.say(language) for e in both.errors)


def test_several_problems_survive_a_process() -> None:
    both = across(Problems([too_coarse(), unknown_layer()]))
    assert isinstance(both, Problems)
    assert [type(e) for e in both.errors] == [TooCoarse, UnknownNameError]
    assert both.errors[0].facts["size"] == 9276


def test_no_problem_raises_nothing() -> None:
    raise_all([])


def test_one_problem_is_raised_as_itself() -> None:
    with pytest.raises(TooCoarse):
        raise_all(iter([too_coarse()]))


def test_more_problems_are_raised_together() -> None:
    with pytest.raises(Problems) as caught:
        raise_all(e for e in (too_coarse(), unknown_layer()))
    assert len(caught.value.errors) == 2
