"""Why the account changed: the whole of it, by service, by place, and as a waterfall."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from pandas.api.types import union_categoricals

from data_catalog.errors import RunError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from gep.comparison.accounts import RunAccount
from gep.comparison.cells import BOTH, REAL, Pair
from gep.comparison.revision import (
    REVISIONS,
    Difference,
    Revision,
    differences,
    hidden_differences,
    revision,
)

__all__ = ["EFFECTS", "TITLES", "Change", "explain_change"]

EFFECTS = (*REAL, *REVISIONS)
TITLES = {
    "before": Text("期初", "before"),
    "area": Text("生态系统面积", "ecosystem area"),
    "condition": Text("生态系统状况", "condition"),
    "price": Text("价格", "price"),
    "value_per_area": Text("单位面积价值", "value per area"),
    "coverage": Text("核算覆盖", "coverage"),
    "method": Text("核算方法", "method"),
    "data": Text("数据修订", "data revision"),
    "method_and_data": Text("方法与数据", "method and data"),
    "after": Text("期末", "after"),
}
"""What the columns of a change are called."""
CELL = ("parcel_id", "ecosystem", "service", "item")
TOTAL = "total"
OWN = {"parcel": "parcel_id", "ecosystem": "ecosystem", "service": "service"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """The change of one account into another, split into effects that add up to it.

    Parameters
    ----------
    before, after : RunAccount
    restated : RunAccount, optional
        The earlier year computed again with the later account's method and data.
    counted : frozenset
        The services that any of the accounts counts in GEP.
    cells : DataFrame
        parcel_id, ecosystem, service, item, before, after (CNY), a column for each of `EFFECTS`.
    revised : str, optional
        What the difference between two accounts of the same year is: the earlier one and
        `restated`, or `before` and `after` themselves.
    revisions : tuple of Difference
        What the manifests of those two name.
    hidden : tuple of Difference
        Differences of method between the accounts of the two years that are compared as real
        change; they are in the effects, in condition and price above all.
    """

    before: RunAccount
    after: RunAccount
    restated: RunAccount | None
    counted: frozenset[str]
    cells: pd.DataFrame
    revised: Revision | None
    revisions: tuple[Difference, ...]
    hidden: tuple[Difference, ...]

    @property
    def start(self) -> RunAccount:
        """Return the account of the earlier year that the later one is really compared with."""
        return self.restated or self.before

    @property
    def services(self) -> tuple[str, ...]:
        """Return the services in the order of the account."""
        return tuple(self.cells["service"].cat.categories)

    def title(self, service: str) -> Text:
        """Return what a service is called."""
        for account in (self.after, self.before, self.restated):
            if account is not None and service in account.records:
                record = account.records[service]
                return Text(record["title_zh"], record["title_en"])
        return Text(service, service)

    @cached_property
    def present(self) -> tuple[str, ...]:
        """Return the effects that something has, and the three that are always looked for."""
        always = () if self.revised and not self.restated else ("area", "condition", "price")
        return tuple(e for e in EFFECTS if e in always or e == self.revised or
                     (self.cells[e] != 0).any())  # fmt: skip

    def total(self) -> "pd.Series[float]":
        """Return before, after and the effects of GEP, CNY."""
        counted = self.cells["service"].isin(list(self.counted))
        return self.cells.loc[counted, [*BOTH, *EFFECTS]].sum()

    def residual(self) -> float:
        """Return what the effects of GEP leave unexplained, CNY: rounding alone."""
        total = self.total()
        return float(total["after"] - total["before"] - total[list(EFFECTS)].sum())

    def by_service(self) -> pd.DataFrame:
        """Return before, after and effects of each service, those outside GEP included."""
        sums = self._summed(self.cells, self.cells["service"]).reindex(list(self.services))
        sums.index.name = "service"
        return sums

    def by(self, grouping: str) -> pd.DataFrame:
        """Return before, after and effects of GEP by group.

        Parameters
        ----------
        grouping : str
            `parcel`, `ecosystem`, `service`, or a column of the parcels such as township. What a
            standard does not share out over parcels or ecosystems has an empty name.

        Raises
        ------
        UnknownNameError
            If the parcels have no such column.
        """
        if grouping == "service":
            return self.by_service()
        cells = self.cells[self.cells["service"].isin(list(self.counted))]
        groups = cells[OWN.get(grouping, "parcel_id")]
        if grouping not in OWN:
            names = self._groups(grouping)
            of_parcel = pd.Categorical([names.get(p, "") for p in groups.cat.categories])
            groups = pd.Series(of_parcel[groups.cat.codes.to_numpy()], index=cells.index)
        sums = self._summed(cells, groups)
        sums.index = pd.Index(sums.index.astype(str), name=grouping)
        return sums

    def waterfall(self) -> pd.DataFrame:
        """Return the steps from the earlier to the later value: of GEP, then of each service.

        Returns
        -------
        DataFrame
            service (`total` for GEP), step (`before`, an effect, `after`), title_zh, title_en,
            amount (of the step) and level (after it), CNY.
        """
        parts = [(TOTAL, self.total()), *((str(s), row) for s, row in self.by_service().iterrows())]
        rows = []
        for name, sums in parts:
            level = 0.0
            for step in ("before", *self.present):
                level += sums[step]
                rows.append((name, step, TITLES[step].zh, TITLES[step].en, sums[step], level))
            rows.append((name, "after", TITLES["after"].zh, TITLES["after"].en, sums["after"],
                         sums["after"]))  # fmt: skip
        columns = ["service", "step", "title_zh", "title_en", "amount", "level"]
        return pd.DataFrame(rows, columns=columns)

    def _summed(self, cells: pd.DataFrame, groups: "pd.Series[str]") -> pd.DataFrame:
        return cells[[*BOTH, *EFFECTS]].groupby(groups, sort=True, observed=True).sum()

    def _groups(self, column: str) -> dict[str, str]:
        """Return each parcel's group; the later account's word counts where they differ."""
        found: dict[str, str] = {}
        known: set[str] = set(OWN)
        for account in (self.before, self.after):
            frame = account.parcels
            known |= {str(c) for c in frame.columns if frame[c].dtype != "float64"}
            if column in frame and column in known:
                ids = frame["parcel_id"].astype(str)
                found |= dict(zip(ids, frame[column].fillna("").astype(str), strict=True))
        if not found:
            raise UnknownNameError(
                where="--by",
                kind=Text("宗地属性", "column of the parcels"),
                name=column,
                hint=suggestion(column, known),
            )
        return found


def explain_change(
    before: RunAccount, after: RunAccount, restated: RunAccount | None = None
) -> Change:
    """Return the change between two accounts, split into effects.

    Between different years all is real change, and what the runs did differently is reported.
    Between two accounts of one year nothing is: all is a revision, of method, of data, or of both.
    With `restated` the change is the revision of the earlier year, and then the real change.

    Raises
    ------
    RunError
        If `restated` is no other account of the earlier year, or no account has a value.
    """
    if restated is not None:
        _require_earlier_year(before, after, restated)
    known = {a for account in (before, after, restated) if account for a in account.counted}
    counted = frozenset(known)
    revises = after if before.year == after.year else restated
    revisions = differences(before, revises) if revises else ()
    revised = revision(revisions) if revises else None
    steps = []
    if revises:
        steps.append(_as_revision(Pair(before, revises, counted).effects(), revised))
    hidden: tuple[Difference, ...] = ()
    if revises is not after:
        start = restated or before
        steps.append(Pair(start, after, counted).effects())
        hidden = hidden_differences(start, after)
    return Change(
        before=before, after=after, restated=restated, counted=counted,
        cells=_one_after_the_other(steps), revised=revised, revisions=revisions, hidden=hidden,
    )  # fmt: skip


def _require_earlier_year(before: RunAccount, after: RunAccount, restated: RunAccount) -> None:
    if before.year == after.year:
        raise RunError(
            where="--restated",
            problem=Text(
                f"两个账户都是 {after.year} 年的，其差别全部是修订，不需要 --restated。",
                f"both accounts are of {after.year}: their difference is all revision, and "
                "--restated has no place in it.",
            ),
        )
    if restated.year != before.year:
        raise RunError(
            where=str(restated.run),
            problem=Text(
                f"核算年是 {restated.year}，应为较早账户的 {before.year}："
                "--restated 是用较晚账户的方法与数据重新计算的较早年份。",
                f"is of {restated.year}, not of {before.year}: --restated is the earlier year "
                "computed again with the method and the data of the later account.",
            ),
        )


def _as_revision(cells: pd.DataFrame, kind: Revision | None) -> pd.DataFrame:
    """Return the cells with their whole change under one name of a revision."""
    change = cells["after"] - cells["before"]
    return cells.drop(columns=list(REAL)).assign(**{str(kind): change})


def _one_after_the_other(steps: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return one row a cell for a change in one or two steps: where it began, ended, and why."""
    last = len(steps) - 1
    frames = []
    for place, step in enumerate(steps):
        frame = step.reindex(columns=[*CELL, *BOTH, *EFFECTS])
        frame[list(EFFECTS)] = frame[list(EFFECTS)].fillna(0.0)
        frame["before"] = frame["before"] if place == 0 else 0.0
        frame["after"] = frame["after"] if place == last else 0.0
        frames.append(frame)
    if last == 0:
        return frames[0]
    joined = pd.DataFrame({
        column: union_categoricals([f[column] for f in frames])
        if column in CELL else pd.concat([f[column] for f in frames], ignore_index=True)
        for column in frames[0]
    })  # fmt: skip
    return joined.groupby(list(CELL), observed=True, sort=False).sum().reset_index()
