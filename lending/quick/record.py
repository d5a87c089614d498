"""The record behind the page: the parcel, the valuation with its inputs, what a search found."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from data_catalog.units import conversion
from lending.loan_file.land import Land
from lending.loan_file.record import Limit, ParcelRecord
from lending.loan_file.search import Search
from lending.valuation.result import Inputs, Valuation
from lending.valuation.value import value

__all__ = ["SelfValuation", "recomputed", "self_valuation"]

SCHEMA = "gep-self-valuation/1"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SelfValuation(_Record):
    """What the page says, as a program reads it."""

    schema_id: Literal["gep-self-valuation/1"] = "gep-self-valuation/1"
    parcel: ParcelRecord
    amount: Decimal
    """CNY asked for."""
    limit: Limit
    valuation: Valuation
    search: Search | None
    """None where no register was given."""

    @property
    def above_limit(self) -> bool:
        """Return whether the bank's own valuation does not suffice."""
        return self.amount >= self.limit.amount

    @property
    def shortfall(self) -> Decimal:
        """Return what the policy does not let carbon secure of the loan, CNY."""
        return max(Decimal(0), self.amount - self.valuation.results.max_loan)

    @property
    def area_difference(self) -> float | None:
        """Return by how much the area that was valued differs from the shape's, as a share."""
        holding = self.valuation.inputs.facts.holding
        if holding is None:
            return None
        shape_mu = float(self.parcel.area_ha) * conversion("ha", "mu_land")[0]
        return holding.area_mu / shape_mu - 1

    def to_json(self) -> str:
        """Return the file."""
        return self.model_dump_json(indent=1) + "\n"


def self_valuation(
    land: Land, inputs: Inputs, amount: Decimal, search: Search | None
) -> SelfValuation:
    """Return the record of a parcel for an amount that is asked for, CNY."""
    asked = inputs.model_copy(update={"facts": inputs.facts.model_copy(update={"loan": amount})})
    return SelfValuation(
        parcel=ParcelRecord.of(land), amount=amount, limit=Limit.known(),
        valuation=value(asked), search=search,
    )  # fmt: skip


def recomputed(text: str) -> SelfValuation:
    """Return the record made again from the inputs it holds.

    Raises
    ------
    ProjectError
        If the text is no such record.
    """
    try:
        record = SelfValuation.model_validate_json(text)
    except ValidationError as error:
        raise ProjectError(where="JSON", problem=Text(
            f"不是 {SCHEMA} 格式的自评估文件。", f"is no self-valuation of schema {SCHEMA}."
        )) from error  # fmt: skip
    return record.model_copy(update={"valuation": value(record.valuation.inputs)})
