"""Small holdings under one project: what they are worth alone and together, by a valuation file."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from data_catalog.errors import GepError, LoanError, TableError, raise_all
from data_catalog.text import Text
from lending.loans.csv_rows import csv_rows, finite_number
from lending.loans.money import NOTHING
from lending.stress.bundling import Bundle, Value, break_even_area, bundle
from lending.stress.of_valuation import revalued
from lending.valuation.result import Inputs
from lending.valuation.worked import stressed

__all__ = ["Bundled", "bundled", "read_holdings", "value_of_area"]

COLUMNS = ("holding", "area_mu")


@dataclass(frozen=True, kw_only=True)
class Bundled:
    """A bundle, and from which area on a holding is worth something.

    Parameters
    ----------
    break_even : mapping of price, CNY/t_CO2e, to mu
        At the price of the valuation first, then at its other prices; None where no area does.
    lending_value : Decimal, CNY
        Of all together, after the policy's haircuts.
    """

    areas: dict[str, Decimal]
    bundle: Bundle
    break_even: dict[Decimal, Decimal | None]
    lending_value: Decimal


def read_holdings(path: Path) -> dict[str, Decimal]:
    """Return areas in mu by holding, of a CSV file with the columns holding and area_mu.

    Raises
    ------
    TableError or Problems
        If there is no such file, a column is missing, or a row says something else: all at once.
    """
    found: dict[str, Decimal] = {}
    problems: list[GepError] = []
    for line, row in enumerate(csv_rows(path, COLUMNS), start=2):
        name, area = row["holding"], finite_number(row["area_mu"])
        if area is None or area <= NOTHING or name in found:
            problems.append(TableError(where=path.name, problem=Text(
                f"第 {line} 行为 {name}, {row['area_mu']}：每户一行，面积为大于零的亩数。",
                f"line {line} is {name}, {row['area_mu']}: it must be a holding that is not there "
                "yet, and an area of more than 0 mu.",
            )))  # fmt: skip
        else:
            found[name] = area
    raise_all(problems)
    return found


def value_of_area(inputs: Inputs) -> Value:
    """Return the present value of a holding like that of a valuation by its area, all costs in it.

    Raises
    ------
    LoanError
        If the valuation is of vintages: those have no area.
    """
    held = inputs.facts.holding
    if held is None:
        raise LoanError(where=Text("打包", "bundling"), problem=Text(
            "估值以年份表为准，没有面积。请用 [holding]（面积与单位面积年碳汇量）重新估值。",
            "the valuation is of vintages and has no area. Value a [holding], area and yearly "
            "yield, instead.",
        ))  # fmt: skip

    def value(area: Decimal) -> Decimal:
        sized = held.model_copy(update={"area_mu": float(area)})
        facts = inputs.facts.model_copy(update={"holding": sized})
        return revalued(inputs.model_copy(update={"facts": facts})).value

    return value


def bundled(inputs: Inputs, areas: dict[str, Decimal]) -> Bundled:
    """Return what holdings are worth alone and together, with the costs of one project."""
    value = value_of_area(inputs)
    whole = sum(areas.values(), NOTHING)
    held = inputs.facts.holding
    together = inputs
    if held is not None:
        sized = held.model_copy(update={"area_mu": float(whole)})
        together = inputs.model_copy(
            update={"facts": inputs.facts.model_copy(update={"holding": sized})}
        )
    start = inputs.price.price or 0.0
    prices = dict.fromkeys((start, *inputs.facts.price.scenarios.values()))
    return Bundled(
        areas=areas, bundle=bundle(areas, value),
        break_even={Decimal(str(price)): _break_even(inputs, price / start, whole)
                    for price in prices},
        lending_value=revalued(together).lending_value,
    )  # fmt: skip


def _break_even(inputs: Inputs, times: float, area: Decimal) -> Decimal | None:
    try:
        return break_even_area(value_of_area(stressed(inputs, price=times)), area)
    except LoanError:  # each mu costs more than it brings
        return None
