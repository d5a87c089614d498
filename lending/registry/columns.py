"""Column types that mean the same in SQLite and PostgreSQL: exact decimals, instants in UTC."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from data_catalog.text import Text
from lending.registry.errors import RegistryError

__all__ = ["CNY", "FRACTION", "TONNES", "Exact", "Instant", "as_text"]

INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
INSTANT_LENGTH = len("2026-01-01T00:00:00.000000Z")


class Exact(TypeDecorator[Decimal]):
    """A decimal with so many places, stored as a whole number: kilograms of a tonne, fen of a yuan.

    SQLite has no decimals; whole numbers add up exactly in both databases, also in triggers.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return the whole number to store; refuse a value with more places."""
        if value is None:
            return None
        scaled = value.scaleb(self.places)
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            words = f"{value} has more than {self.places} decimals"
            raise ValueError(words)
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002
        """Return the decimal."""
        if value is None:
            return None
        if not isinstance(value, int | Decimal) or value != int(value):  # sums are Decimal
            raise _unreadable(value)
        return Decimal(value).scaleb(-self.places)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, stored as text of fixed width, so that text order is time order."""

    impl = String(INSTANT_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text to store; a time without a zone is refused."""
        return None if value is None else as_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment."""
        if value is None:
            return None
        try:
            return datetime.strptime(value, INSTANT).replace(tzinfo=UTC)
        except (TypeError, ValueError) as error:
            raise _unreadable(value) from error


def as_text(moment: datetime) -> str:
    """Return a moment as text: 2026-11-21T10:00:00.000000Z."""
    if moment.tzinfo is None:
        words = f"{moment} has no time zone"
        raise ValueError(words)
    return moment.astimezone(UTC).strftime(INSTANT)


def _unreadable(value: object) -> RegistryError:
    """Return the error of a value that was not written by us: SQLite holds what it is given."""
    problem = Text(
        "登记库中有不可能由本工具写入的值。请由审计人员运行 gep pledge audit。",
        "stands in the registry and cannot have been written by this toolkit. Let an auditor run "
        "gep pledge audit.",
    )
    return RegistryError(where=repr(value), problem=problem)


TONNES = Exact(3)
"""t_CO2e."""
CNY = Exact(2)
FRACTION = Exact(6)
