"""The loan file as a record: from its inputs alone everything else is computed again."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import geopandas
import shapely
from pydantic import BaseModel, ConfigDict, ValidationError

from data_catalog.complaints import complaints
from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.loan_file.catalogue import STAGES, Item, Step, items, limit, steps
from lending.loan_file.facts import FileFacts
from lending.loan_file.land import Land, area_ha
from lending.loan_file.origin import Claimed, Run
from lending.loan_file.search import Search
from lending.valuation.result import Inputs, Valuation, Words
from lending.valuation.value import value

__all__ = [
    "STATES",
    "Declared",
    "ItemState",
    "Limit",
    "LoanFile",
    "ParcelRecord",
    "item_states",
    "loan_file",
    "read_loan_file",
    "recomputed",
    "steps_left",
]

SCHEMA = "gep-loan-file/1"
SQUARE_METRES = Decimal("0.0001")
"""Of a hectare."""
STATES = {
    "present": Text("已有", "present"),
    "missing": Text("缺", "missing"),
    "later": Text("未到期", "not due yet"),
}


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ParcelRecord(_Record):
    """A parcel on paper, with the shape that its area is of."""

    parcel_id: str
    area_ha: Decimal
    """In an equal-area projection, to the square metre."""
    file: str
    sha256: str
    """Of the file that it was read from."""
    crs: str
    outline: str
    """WKT in `crs`, east before north."""

    @classmethod
    def of(cls, land: Land) -> "ParcelRecord":
        """Take a parcel as it was read."""
        size = Decimal(str(land.area_ha)).quantize(SQUARE_METRES)
        return cls(
            parcel_id=land.parcel_id, area_ha=size, file=land.file, sha256=land.sha256,
            crs=land.crs, outline=shapely.to_wkt(land.geometry, rounding_precision=-1),
        )  # fmt: skip

    def measured(self) -> "ParcelRecord":
        """Return the parcel with its area measured again; as it is where that is the same."""
        shape = geopandas.GeoSeries.from_wkt([self.outline], crs=self.crs)
        size = Decimal(str(area_ha(shape).iloc[0])).quantize(SQUARE_METRES)
        if abs(size - self.area_ha) <= SQUARE_METRES:
            return self
        return self.model_copy(update={"area_ha": size})


class Declared(_Record):
    """A fact that somebody declared from the papers of a parcel."""

    parcel_id: str
    fact: str
    title: Words
    value: str


class Limit(_Record):
    """Loans from this amount on need an outside valuation."""

    amount: Decimal
    """CNY."""
    source: str
    where: str

    @classmethod
    def known(cls) -> "Limit":
        """Take the limit of the tables."""
        row = limit()
        return cls(amount=Decimal(str(row.value)), source=row.source, where=row.where)


class LoanFile(_Record):
    """A credit file, whole."""

    schema_id: Literal["gep-loan-file/1"] = "gep-loan-file/1"
    made_on: date
    facts: FileFacts
    limit: Limit
    parcels: tuple[ParcelRecord, ...]
    run: Run | None
    """None where the land is of no run."""
    claim: Claimed | None
    """None where the tonnes are of no claim that is known."""
    declared: tuple[Declared, ...]
    valuation: Valuation
    search: Search | None
    """None where no register was given."""

    @property
    def area_ha(self) -> Decimal:
        """Return the area of all parcels."""
        return sum((one.area_ha for one in self.parcels), Decimal(0))

    @property
    def cases(self) -> frozenset[str]:
        """Return what makes further documents needed: what is given, and the amount."""
        above = self.facts.loan.amount >= self.limit.amount
        return frozenset(self.facts.loan.cases) | ({"above_limit"} if above else frozenset())

    def to_json(self) -> str:
        """Return the file."""
        return self.model_dump_json(indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class ItemState:
    """Whether a document is there: `present`, `missing`, or due at a `later` stage."""

    item: Item
    state: Literal["present", "missing", "later"]
    names: tuple[str, ...]


def loan_file(
    facts: FileFacts, lands: tuple[Land, ...], inputs: Inputs, search: Search | None,
    made_on: date, *, run: Run | None = None, claim: Claimed | None = None,
    declared: tuple[Declared, ...] = (),
) -> LoanFile:  # fmt: skip
    """Return the credit file of a set of parcels."""
    return LoanFile(
        made_on=made_on, facts=facts, limit=Limit.known(), search=search,
        parcels=tuple(ParcelRecord.of(land) for land in lands), run=run, claim=claim,
        declared=declared, valuation=value(_asked(inputs, facts)),
    )  # fmt: skip


def _asked(inputs: Inputs, facts: FileFacts) -> Inputs:
    """Return the inputs with the loan that the file is of."""
    asked = {"loan": facts.loan.amount, "loan_term_years": facts.loan.term_years}
    return inputs.model_copy(update={"facts": inputs.facts.model_copy(update=asked)})


def read_loan_file(text: str, where: str) -> LoanFile:
    """Return a loan file from its JSON.

    Raises
    ------
    ProjectError
        If the text is none.
    """
    try:
        return LoanFile.model_validate_json(text)
    except ValidationError as error:
        place, said = next(complaints(error))
        raise ProjectError(where=where, problem=Text(
            f"不是 {SCHEMA} 格式的授信档案。{place}：{said.zh}",
            f"is no loan file of schema {SCHEMA}. {place}: {said.en}",
        )) from error  # fmt: skip


def recomputed(record: LoanFile) -> LoanFile:
    """Return the file made again from the inputs it holds: value, limit, areas of its outlines."""
    return record.model_copy(update={
        "limit": Limit.known(), "parcels": tuple(one.measured() for one in record.parcels),
        "valuation": value(_asked(record.valuation.inputs, record.facts)),
    })  # fmt: skip


def item_states(record: LoanFile) -> tuple[ItemState, ...]:
    """Return every document that the loan needs, and whether it is there."""
    order = list(STAGES)
    reached = order.index(record.facts.loan.stage)
    found = []
    for one in items().values():
        if one.given_if and one.given_if not in record.cases:
            continue
        names = tuple(d.name for d in record.facts.documents if d.item == one.id)
        if names or _made(record, one):
            state = ItemState(one, "present", names)
        elif order.index(one.due) <= reached:
            state = ItemState(one, "missing", ())
        else:
            state = ItemState(one, "later", ())
        found.append(state)
    return tuple(found)


def _made(record: LoanFile, item: Item) -> bool:
    """Return whether the file itself is the document."""
    return item.made_here and (item.id != "conflict_check" or record.search is not None)


def steps_left(record: LoanFile) -> tuple[Step, ...]:
    """Return what is left to do until the pledge is registered."""
    there = {one.item for one in record.facts.documents}
    return tuple(
        one
        for one in steps()
        if one.done_by not in there and (not one.given_if or one.given_if in record.cases)
    )
