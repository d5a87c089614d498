"""Which language people are spoken to in: --lang, else GEP_LANG, else the locale."""

import os
from collections.abc import Sequence
from itertools import pairwise

import click

from data_catalog.text import Language

VARIABLES = ("GEP_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
OPTION = "--lang"
_said: dict[str, Language] = {}


def hear_language(words: Sequence[str]) -> None:
    """Remember what --lang says, wherever it stands: --help is answered before options are read."""
    _said.clear()
    for word, after in pairwise([*words, ""]):
        name, _, value = word.partition("=")
        if name == OPTION:
            _remember(value or after)


def choose_language(ctx: click.Context, param: click.Parameter, value: str | None) -> Language:  # noqa: ARG001
    """Remember what --lang says, on a command or on the group before it."""
    _remember(value)
    return chosen_language()


def _remember(value: str | None) -> None:
    if value in {"zh", "en"}:
        _said["lang"] = "zh" if value == "zh" else "en"


def chosen_language() -> Language:
    """Return the language to speak."""
    if "lang" in _said:
        return _said["lang"]
    for name in VARIABLES:
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
