"""Named scenarios as rows: what falls, what is lost, what comes late, each with its source.

A row may leave open how much of the forest is lost, where no source says it: the user gives it.
Scenarios combine: prices and what is left of the area multiply, delays and rates add up.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, reduce
from importlib import resources

from data_catalog.errors import LoanError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text

__all__ = ["NO_SHOCK", "Scenario", "Shock", "check_names", "combined", "find_scenario", "scenarios"]

WHERE = Text("压力情景", "scenario")
NOTHING, ALL = Decimal(0), Decimal(1)
FOREST = "forest"
"""The exposure of what strikes the whole area."""


@dataclass(frozen=True, kw_only=True)
class Shock:
    """What a valuation's inputs are changed by.

    Parameters
    ----------
    price_factor : Decimal
        Times every price.
    area_factor : Decimal
        Times the area, or the tonnes to come.
    lag_months : int
        Later than planned from verification to payment.
    rate_added : Decimal, fraction a year
        On top of the discount rate.
    closed : bool
        The tonnes are not eligible any more: nothing comes from carbon.
    """

    price_factor: Decimal = ALL
    area_factor: Decimal = ALL
    lag_months: int = 0
    rate_added: Decimal = NOTHING
    closed: bool = False

    def with_shock(self, other: "Shock") -> "Shock":
        """Return both together."""
        return Shock(
            price_factor=self.price_factor * other.price_factor,
            area_factor=self.area_factor * other.area_factor,
            lag_months=self.lag_months + other.lag_months,
            rate_added=self.rate_added + other.rate_added,
            closed=self.closed or other.closed,
        )


NO_SHOCK = Shock()


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A row of the table.

    Parameters
    ----------
    area_loss : Decimal or None
        Share of the exposed area that is lost; None where it must be given.
    exposure : str
        What of the area is exposed: `forest` for all, else a species group such as `pine`.
    """

    id: str
    title: Text
    shock: Shock
    area_loss: Decimal | None
    exposure: str
    source: str
    where: str
    grade: str
    note: str

    def lacks(
        self, losses: Mapping[str, Decimal], shares: Mapping[str, Decimal]
    ) -> LoanError | None:
        """Return in words the share that is needed and not given; None where all is there."""
        if self.area_loss is None and self.id not in losses:
            return LoanError(where=WHERE, problem=Text(
                f"{self.id}（{self.title.zh}）没有公布的损失比例，请给出，如 --loss "
                f"{self.id}=0.25。",
                f"{self.id} ({self.title.en}) has no published share of the area that is lost; "
                f"give it, as in --loss {self.id}=0.25.",
            ))  # fmt: skip
        if self.exposure != FOREST and self.exposure not in shares:
            return LoanError(where=WHERE, problem=Text(
                f"{self.id}（{self.title.zh}）需要 {self.exposure} 占面积的比例，如 --share "
                f"{self.exposure}=0.6。",
                f"{self.id} ({self.title.en}) needs the share of the area that is "
                f"{self.exposure}, as in --share {self.exposure}=0.6.",
            ))  # fmt: skip
        return None

    def resolved(self, losses: Mapping[str, Decimal], shares: Mapping[str, Decimal]) -> Shock:
        """Return the shock on a holding.

        Parameters
        ----------
        losses : mapping of scenario id to share
            Share of the exposed area that is lost, where the row leaves it open or otherwise.
        shares : mapping of exposure to share
            Share of the area that is of this species.

        Raises
        ------
        LoanError
            If a share that is needed is not given, or is none; names it.
        """
        if lacking := self.lacks(losses, shares):
            raise lacking
        loss = losses.get(self.id, self.area_loss) or NOTHING
        exposed = shares.get(self.exposure, ALL)
        for name, share in ((self.id, loss), (self.exposure, exposed)):
            if not share.is_finite() or not NOTHING <= share <= ALL:
                raise LoanError(where=WHERE, problem=Text(
                    f"{name} 的比例为 {share}，应在 0 到 1 之间。",
                    f"the share of {name} is {share}; it must be from 0 to 1.",
                ))  # fmt: skip
        return self.shock.with_shock(Shock(area_factor=ALL - loss * exposed))


def combined(shocks: Iterable[Shock]) -> Shock:
    """Return all shocks together; none of them is no shock."""
    return reduce(Shock.with_shock, shocks, NO_SHOCK)


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Return the scenarios that come with the toolkit, by id, in order."""
    file = resources.files("data_catalog.lending") / "scenarios.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["id"]: _scenario(row) for row in rows}


def find_scenario(name: str) -> Scenario:
    """Return a scenario.

    Raises
    ------
    UnknownNameError
        If there is none of that id; names the nearest.
    """
    try:
        return scenarios()[name]
    except KeyError as error:
        raise UnknownNameError(
            where=WHERE, kind=Text("情景", "scenario"), name=name,
            hint=suggestion(name, set(scenarios())),
        ) from error  # fmt: skip


def check_names(losses: Iterable[str], shares: Iterable[str]) -> None:
    """Refuse shares of what no scenario has: a misspelt name would silently change nothing.

    Raises
    ------
    UnknownNameError
        Names the nearest.
    """
    for name in losses:
        find_scenario(name)
    exposures = {one.exposure for one in scenarios().values()} - {FOREST}
    for name in shares:
        if name not in exposures:
            raise UnknownNameError(
                where=WHERE, kind=Text("树种", "species"), name=name,
                hint=suggestion(name, exposures),
            )  # fmt: skip


def _scenario(row: dict[str, str]) -> Scenario:
    return Scenario(
        id=row["id"], title=Text(row["title_zh"], row["title_en"]),
        shock=Shock(
            price_factor=Decimal(row["price_factor"] or ALL),
            lag_months=int(row["lag_months"] or 0),
            rate_added=Decimal(row["rate_added"] or NOTHING),
            closed=row["closed"] == "yes",
        ),
        area_loss=None if row["area_loss"] == "ask" else Decimal(row["area_loss"] or NOTHING),
        exposure=row["exposure"] or FOREST,
        source=row["source"], where=row["where"], grade=row["grade"], note=row["note"],
    )  # fmt: skip
