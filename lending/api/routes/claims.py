"""Claims that somebody asks about, against what is registered. Nothing is recorded."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from lending.api.findings import FindingView, finding_view
from lending.api.forms import CheckIn, ClaimIn
from lending.api.visit import At
from lending.conflicts import Claim, ClaimError, Fact, Serials, bundled_rules, find_conflicts
from lending.registry.declaring import compared
from lending.registry.finding import one
from lending.registry.tables import Parcel, ParcelVersion

__all__ = ["check_claims"]


Given: TypeAlias = bool | int | str | list[str]
"""A fact as JSON has it."""


def check_claims(at: At, form: CheckIn) -> list[FindingView]:
    """Return what speaks against the claims, worst first."""
    with at.registry.reading() as session:
        asked = [_claim(session, claim) for claim in form.claims]
        new, known = compared(session, asked)
    today = at.registry.clock().date()
    return [finding_view(found) for found in find_conflicts(new, known, bundled_rules(), today)]


def _claim(session: Session, asked: ClaimIn) -> Claim:
    geometry, crs = asked.geometry, asked.crs
    if geometry is None and not asked.serials:
        one(session, Parcel, asked.parcel_id)
        of_parcel = select(ParcelVersion).where(ParcelVersion.parcel_id == asked.parcel_id)
        newest = session.scalars(of_parcel.order_by(ParcelVersion.version.desc()).limit(1)).one()
        geometry, crs = shapely.from_wkb(newest.geometry), newest.crs
    serials = tuple(Serials(s.batch, s.serial_from, s.serial_to) for s in asked.serials)
    same = asked.model_dump(exclude={"geometry", "crs", "serials", "facts"})
    return Claim(
        **same,
        geometry=geometry,
        crs=crs,
        serials=serials,
        facts=read_facts(asked.claim_id, asked.facts),
    )


def read_facts(where: str, given: Mapping[str, Given]) -> dict[str, Fact]:
    """Return declared facts as their kinds have it."""
    known = bundled_rules().facts
    for name in given:
        if name not in known:
            hint = suggestion(name, known)
            raise UnknownNameError(where=where, name=name, kind=Text("事实", "fact"), hint=hint)
    return {name: _fact(where, name, known[name].kind, value) for name, value in given.items()}


def _fact(claim_id: str, name: str, kind: str, given: Given) -> Fact:
    """Read a fact by its kind: numbers and dates are text in JSON."""
    try:
        if kind == "yes_no" and isinstance(given, bool):
            return given
        if kind == "number" and isinstance(given, str | int) and not isinstance(given, bool):
            return _finite(Decimal(given))
        if kind == "date" and isinstance(given, str):
            return date.fromisoformat(given)
        if kind == "names" and isinstance(given, list):
            return tuple(given)
        if kind == "text" and isinstance(given, str):
            return given
    except (ValueError, ArithmeticError) as error:
        raise _wrong(claim_id, name, kind) from error
    raise _wrong(claim_id, name, kind)


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError
    return value


def _wrong(claim_id: str, name: str, kind: str) -> ClaimError:
    title = KINDS.get(kind, Text(kind, kind))
    problem = Text(f"事实 {name} 应为{title.zh}。", f"the fact {name} must be {title.en}.")
    return ClaimError(where=claim_id, problem=problem)


KINDS = {
    "yes_no": Text("true 或 false", "true or false"),
    "number": Text("数（写成文字）", "a number, as text"),
    "date": Text("日期 YYYY-MM-DD", "a date, YYYY-MM-DD"),
    "names": Text("名称列表", "a list of names"),
    "text": Text("文字", "text"),
    "own": Text("由权利本身得出，不能声明", "left out: it follows from the claim itself"),
}
