"""Which rows a user sees: a bank its own loans and what secures them, the others all."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, inspect, or_, select, true
from sqlalchemy.orm import Session

from data_catalog.errors import UnknownNameError
from data_catalog.text import Text
from lending.registry.tables import Loan, Pledge, Policy, Row, User, Valuation

__all__ = ["seen", "visible"]

BANKS = ("bank_maker", "bank_checker")
TITLES: dict[type[Row], Text] = {
    Loan: Text("贷款", "loan"),
    Pledge: Text("质押", "pledge"),
    Policy: Text("保险单", "insurance policy"),
    Valuation: Text("估值", "valuation"),
}
R = TypeVar("R", Loan, Pledge, Policy, Valuation)


def visible(user: User, kind: type[R]) -> Select[R]:
    """Return a query of the rows that a user may see."""
    return select(kind).where(_own(user, kind) if user.role in BANKS else true())


def seen(session: Session, user: User, kind: type[R], name: str) -> R:
    """Return the row of this name.

    Raises
    ------
    UnknownNameError
        If there is none, or it is another bank's: which of the two is not told.
    """
    key: ColumnElement[Any] = inspect(kind).primary_key[0]
    found = session.scalars(visible(user, kind).where(key == name)).one_or_none()
    if found is None:
        raise UnknownNameError(where=kind.__tablename__, name=name, kind=TITLES[kind], hint="")
    return found


def _own(user: User, kind: type[Row]) -> ColumnElement[bool]:
    mine = Pledge.organisation == user.organisation
    if kind is Loan:
        return Loan.lender == user.organisation
    if kind is Pledge:
        return mine
    pledges = select(Pledge.pledge_id).where(mine)
    if kind is Policy:
        return Policy.pledge_id.in_(pledges)
    return or_(Valuation.pledge_id.is_(None), Valuation.pledge_id.in_(pledges))
