"""What is said of words that are no command or option: click's English, and Chinese by a table.

`usage.csv` has the Chinese by the form of click's message; what the table lacks stays as it is.
"""

import csv
import re
from functools import cache
from importlib import resources

import click

from cli.language import chosen_language

__all__ = ["in_chinese", "show"]

PLACE = re.compile(r"\\\{(\w)\\\}")
HINT = "查看帮助：{command} --help"
ERROR = "错误：{message}"


def show(error: click.ClickException) -> None:
    """Print what is wrong with a command line to standard error, in the language asked for."""
    if chosen_language() != "zh":
        error.show()
        return
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is not None:
        click.echo(ctx.get_usage(), err=True)
        click.echo(HINT.format(command=ctx.command_path) + "\n", err=True)
    click.echo(ERROR.format(message=in_chinese(error.format_message())), err=True)


def in_chinese(message: str) -> str:
    """Return a message of click in Chinese, and what stands in it too."""
    plain = " ".join(message.split())  # lists of choices are broken into lines
    for form, chinese in _forms():
        found = form.fullmatch(plain)
        if found:
            return chinese.format(**{k: in_chinese(v) for k, v in found.groupdict().items()})
    return message


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = (resources.files("cli") / "usage.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((re.compile(_pattern(row["en"])), row["zh"]) for row in rows)


def _pattern(form: str) -> str:
    return PLACE.sub(r"(?P<\1>.+?)", re.escape(form))
