"""The record behind the page: the parcel, the valuation with its inputs, what a search found."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from data_catalog.units import conversion
from lending.loan_file.land import Land
from lending.loan_file.origin import Claimed, Run
from lending.loan_file.record import Declared, Limit, ParcelRecord
from lending.loan_file.search import Search
from lending.valuation.result import Inputs, Valuation
from lending.valuation.value import value

__all__ = ["SelfValuation", "read_self_valuation", "recomputed", "self_valuation"]

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
    run: Run | None
    """None where the land is of no run."""
    claim: Claimed | None
    """None where the tonnes are of no claim that is known."""
    declared: tuple[Declared, ...]
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
    land: Land, inputs: Inputs, amount: Decimal, search: Search | None, *,
    run: Run | None = None, claim: Claimed | None = None, declared: tuple[Declared, ...] = (),
) -> SelfValuation:  # fmt: skip
    """Return the record of a parcel for an amount that is asked for, CNY."""
    return SelfValuation(
        parcel=ParcelRecord.of(land), amount=amount, limit=Limit.known(), run=run, claim=claim,
        declared=declared, valuation=value(_asked(inputs, amount)), search=search,
    )  # fmt: skip


def _asked(inputs: Inputs, amount: Decimal) -> Inputs:
    return inputs.model_copy(update={"facts": inputs.facts.model_copy(update={"loan": amount})})


def read_self_valuation(text: str, where: str) -> SelfValuation:
    """Return a record from its JSON.

    Raises
    ------
    ProjectError
        If the text is none; names the first place that cannot be read.
    """
    try:
        return SelfValuation.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ProjectError(where=where, problem=Text(
            f"不是 {SCHEMA} 格式的自评估文件（{place}：{first['msg']}）。",
            f"is no self-valuation of schema {SCHEMA} ({place}: {first['msg']}).",
        )) from error  # fmt: skip


def recomputed(record: SelfValuation) -> SelfValuation:
    """Return the record made again from the inputs it holds: value, limit, area of its outline."""
    return record.model_copy(update={
        "limit": Limit.known(), "parcel": record.parcel.measured(),
        "valuation": value(_asked(record.valuation.inputs, record.amount)),
    })  # fmt: skip
