"""Which language people are spoken to in: --lang, else GEP_LANG, else the locale."""

import os

import click

from data_catalog.text import Language

VARIABLES = ("GEP_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_said: dict[str, Language] = {}


def choose_language(ctx: click.Context, param: click.Parameter, value: str | None) -> Language:  # noqa: ARG001
    """Remember what --lang says, on a command or on the group before it."""
    if value in {"zh", "en"}:
        _said["lang"] = "zh" if value == "zh" else "en"
    elif ctx.parent is None or "lang" not in ctx.parent.params:
        _said.pop("lang", None)
    return chosen_language()


def chosen_language() -> Language:
    """Return the language to speak."""
    if "lang" in _said:
        return _said["lang"]
    for name in VARIABLES:
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
