"""Lists in pages: a page holds the rows after a cursor, which only the service can read."""

import base64
import json
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data_catalog.text import Text
from lending.api.errors import ApiError
from lending.api.limits import limits

__all__ = ["Page", "Paged", "cut"]

T = TypeVar("T")
R = TypeVar("R")
LONGEST_CURSOR = 600


class Page(BaseModel, Generic[T]):
    """Some rows of a list, in the order of their names."""

    items: list[T]
    next: str | None
    """The cursor of the next page; null on the last one."""


class Paged:
    """Which page is asked for."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=limits().page_largest)] = limits().page_size,
        cursor: Annotated[str | None, Query(max_length=LONGEST_CURSOR)] = None,
    ) -> None:
        self.limit, self.cursor = limit, cursor


def cut(
    session: Session, wanted: Select[R], key: InstrumentedAttribute[Any], page: Paged
) -> tuple[list[R], str | None]:
    """Return the rows of a page, ordered by a unique column, and the cursor of the next one.

    Raises
    ------
    ApiError
        If the cursor is none of this list.
    """
    if page.cursor is not None:
        wanted = wanted.where(key > _read(page.cursor, key))
    rows = list(session.scalars(wanted.order_by(key).limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    rows = rows[: page.limit]
    return rows, _written(key, getattr(rows[-1], key.key))


def _written(key: InstrumentedAttribute[Any], last: object) -> str:
    words = json.dumps([str(key), last], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(words).decode().rstrip("=")


def _read(cursor: str, key: InstrumentedAttribute[Any]) -> Any:  # noqa: ANN401
    try:
        words = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        of, last = json.loads(words)
    except (ValueError, TypeError, RecursionError) as error:
        raise ApiError(where="cursor", problem=NO_CURSOR) from error
    wanted = key.type.python_type
    if of != str(key) or type(last) is not wanted or (wanted is int and abs(last) > LARGEST):
        raise ApiError(where="cursor", problem=NO_CURSOR)
    if wanted is str and not last.isprintable():
        raise ApiError(where="cursor", problem=NO_CURSOR)
    return last


LARGEST = 2**53
NO_CURSOR = Text(
    "不是这个列表的游标；请从第一页重新开始，或原样使用上一页的 next。",
    "is no cursor of this list; start again, or use `next` of the page before as it is.",
)
