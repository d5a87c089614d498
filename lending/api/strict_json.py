"""JSON as RFC 8259 has it: no NaN, no name twice, no half characters, no bottomless nesting."""

import json
import re
from typing import Any, NoReturn

from data_catalog.text import Text
from lending.api.errors import BadRequest

__all__ = ["read_json"]

BODY = "body"
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKET = re.compile(r"[\[\]{}]")
LONGEST_NUMBER = 64
"""Digits of a number; none that means anything has as many."""


def read_json(body: bytes, depth: int) -> Any:  # noqa: ANN401
    """Return what a body holds.

    Raises
    ------
    BadRequest
        If it is no JSON, or nested deeper than `depth`.
    """
    try:
        words = body.decode("utf-8")
        _measured(words, depth)
        found = json.loads(
            words, parse_constant=_no_number, parse_int=_whole, parse_float=_number,
            object_pairs_hook=_once,
        )  # fmt: skip
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeError as error:
        raise _refused(Text("不是 UTF-8 文字", "is no text in UTF-8")) from error
    except json.JSONDecodeError as error:
        what = Text(
            f"从第 {error.lineno} 行第 {error.colno} 个字符起不是 JSON",
            f"is no JSON from line {error.lineno}, character {error.colno} on",
        )
        raise _refused(what) from error
    if "\x00" in words or "\\u0000" in words:
        raise _refused(Text("含有空字符 U+0000", "has the character U+0000"))
    return found


def _measured(words: str, depth: int) -> None:
    """Refuse what is nested too deep, before anything recurses into it."""
    level = 0
    for bracket in BRACKET.finditer(QUOTED.sub("", words)):
        level += 1 if bracket[0] in "[{" else -1
        if level > depth:
            raise _refused(Text(f"嵌套超过 {depth} 层", f"is nested deeper than {depth}"))


def _no_number(words: str) -> NoReturn:
    raise _refused(Text(f"含有 {words}，它不是数", f"has {words}, which is not a number"))


def _whole(words: str) -> int:
    return int(_short(words))


def _number(words: str) -> float:
    value = float(_short(words))
    if value - value != 0:
        _no_number(words)
    return value


def _short(words: str) -> str:
    if len(words) > LONGEST_NUMBER:
        raise _refused(Text("含有过长的数", "has an endless number"))
    return words


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _refused(Text(f"名称“{twice}”出现两次", f"has the name {twice!r} twice"))
    return found


def _refused(what: Text) -> BadRequest:
    return BadRequest(where=Text("请求正文", BODY), problem=Text(f"{what.zh}。", f"{what.en}."))
