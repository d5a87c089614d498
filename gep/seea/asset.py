r"""Monetary asset account: present value of the services that ecosystems are expected to give.

The value of an ecosystem is the present value of its yearly flow, held constant for the asset life.
Between two accounts its change is split exactly and without an order of factors. With, per service
and ecosystem, X the yearly physical amount, P its price times the present value of one yuan a year,
0 at opening and 1 at closing, M the mean of P0 and P1, d the added share of the closing area and r
the reduced share of the opening area:

    conversions  d X1 M                   land that became this ecosystem, as it is at closing
                 less r X0 M              land that ceased to be it, as it was at opening
    condition    ((1-d) X1 - (1-r) X0) M  the change on what stayed: enhancement or degradation
    revaluation  (X0 + X1)/2 (P1 - P0)    the change of price, discount rate and asset life

which sum to X1 P1 - X0 P0. This is the Shapley value of amount and price, and the amount's part is
split by where the land was. Where the amount is zero at one date, the other date's price stands in.
What has a value but no physical amount, or was valued in one account only, cannot be split: it
makes the other changes.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_catalog.errors import ParameterMissing, ProjectError
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import Citation, Factor, Layer, Model, Output, Pixels
from data_catalog.text import Text
from gep.seea.extent import with_total
from gep.seea.labels import in_order, labelled

UNIT = "CNY"


def present_value(
    annual_flow: Pixels,
    discount_rate: float,
    asset_life: float,
    first_flow_discounted: float,
) -> Pixels:
    """Return the present value of a flow that stays the same; its sign is that of the flow.

    Parameters
    ----------
    annual_flow : array or float, CNY/year
    discount_rate : float, fraction per year
    asset_life : float, whole years
    first_flow_discounted : float
        1 where the first year's flow is discounted by a year, 0 where it counts whole.

    Returns
    -------
    array or float, CNY
    """
    years = np.arange(asset_life, dtype=np.float64) + first_flow_discounted
    yuan_a_year = float(np.power(1 + discount_rate, -years).sum())
    return annual_flow * yuan_a_year


ASSET_VALUE = Model(
    id="asset_value",
    title=Text("生态系统资产价值（净现值）", "Value of ecosystem assets (net present value)"),
    formula=r"V = \sum_{j=1}^{N} \frac{F}{(1 + r)^{j - 1 + d}}",
    source=Citation("SEEAEA", "monetary ecosystem asset account, net present value; recalled"),
    inputs={
        "annual_flow": Layer(symbol="F", units="CNY/year"),
        "discount_rate": Factor(symbol="r", units="1"),
        "asset_life": Factor(symbol="N", units="year"),
        "first_flow_discounted": Factor(symbol="d", units="1"),
    },
    kernel=present_value,
    output=Output(name="asset_value", units="CNY", total="CNY", low=-1e18, high=1e18),
    empirical="a sum over years: as many flows as the asset life has years",
    note=Text(
        "贴现率与资产寿命没有通行的默认值，须由用户给出，"
        "或指明一套参数（如 bo2017：2.77%，100 年，首年不贴现）。",
        "Discount rate and asset life have no general default: give them, or name a set (such as "
        "bo2017: 2.77 %, 100 years, the first flow not discounted).",
    ),
)


@dataclass(frozen=True, slots=True)
class AssetTerms:
    """At what rate, for how many years, and from when flows are discounted."""

    discount_rate: float
    asset_life: int
    first_flow_discounted: bool
    rows: tuple[Row, ...] = ()

    def factor(self) -> float:
        """Return the present value of one yuan a year."""
        yuan = np.ones(1)
        terms = self.discount_rate, self.asset_life, self.first_flow_discounted
        return float(present_value(yuan, *terms)[0])

    def said(self) -> Text:
        """Return the terms in words."""
        zh = "首年流量贴现一年" if self.first_flow_discounted else "首年流量不贴现"
        en = "discounted by a year" if self.first_flow_discounted else "not discounted"
        return Text(
            f"贴现率 {self.discount_rate:.4%}，资产寿命 {self.asset_life} 年，{zh}。",
            f"Discount rate {self.discount_rate:.4%}, asset life {self.asset_life} years, the "
            f"first flow {en}.",
        )


def asset_terms(parameters: Parameters, chosen: str) -> AssetTerms:
    """Return the terms of a parameter set, the project's own rows first.

    Raises
    ------
    ParameterMissing
        If the rate, the life or the timing of the first flow has no row.
    ProjectError
        If the life is not a whole number of years, or the timing neither 0 nor 1.
    """
    rows = {}
    for name in ASSET_VALUE.factors():
        row = parameters.find(name, chosen)
        if row is None:
            raise ParameterMissing(
                service=ASSET_VALUE.title, parameter=name, standard=chosen, key=Text("", "")
            )
        rows[name] = row
    found = {n: rows[n].in_units(f.units) for n, f in ASSET_VALUE.factors().items()}
    life, timing = found["asset_life"], found["first_flow_discounted"]
    if life < 1 or life != int(life):
        raise _wrong(rows["asset_life"], Text("大于 0 的整数年", "a whole number of years above 0"))
    if timing not in {0, 1}:
        want = Text("0（首年不贴现）或 1（首年贴现）", "0 (first flow whole) or 1 (discounted)")
        raise _wrong(rows["first_flow_discounted"], want)
    if found["discount_rate"] < 0:
        raise _wrong(rows["discount_rate"], Text("不小于 0", "0 or more"))
    return AssetTerms(found["discount_rate"], int(life), bool(timing), tuple(rows.values()))


def _wrong(row: Row, want: Text) -> ProjectError:
    problem = Text(
        f"值为 {row.value:g} {row.units}，应为{want.zh}。",
        f"is {row.value:g} {row.units}; it must be {want.en}.",
    )
    return ProjectError(where=row.name(), problem=problem)


def asset_table(
    flows: pd.DataFrame,
    terms: AssetTerms,
    opening_flows: pd.DataFrame | None = None,
    areas: pd.DataFrame | None = None,
    opening_terms: AssetTerms | None = None,
) -> pd.DataFrame:
    """Return asset.csv: opening, changes and closing by ecosystem; closing only without an opening.

    Parameters
    ----------
    flows, opening_flows : DataFrame
        service, ecosystem, physical, physical_unit, value (CNY/year) at closing and at opening, of
        the services that count.
    terms, opening_terms : AssetTerms
        At closing and at opening; the same by default.
    areas : DataFrame
        Extent by ecosystem as `gep.seea.extent.from_matrix` returns it, between the two accounts.

    Raises
    ------
    ProjectError
        If a service's amounts are in different units at opening and closing.
    """
    if opening_flows is None or areas is None:
        worth = flows.groupby(flows["ecosystem"].astype(str))["value"].sum(min_count=1)
        table = (worth * terms.factor()).rename("closing").to_frame()
    else:
        table = _changes(flows, terms, opening_flows, areas, opening_terms or terms)
    table = table.loc[in_order(table.index)]
    return labelled(with_total(table).assign(unit=UNIT))


def _changes(
    flows: pd.DataFrame,
    terms: AssetTerms,
    opening_flows: pd.DataFrame,
    areas: pd.DataFrame,
    opening_terms: AssetTerms,
) -> pd.DataFrame:
    _check_units(opening_flows, flows)
    both = _paired(opening_flows, flows)
    x0, x1, v0, v1 = (both[c] for c in ("x0", "x1", "v0", "v1"))
    splits = (_priced(x0, v0) & _priced(x1, v1)).to_numpy()
    price0, price1 = v0 / x0.where(x0 != 0), v1 / x1.where(x1 != 0)
    p0 = price0.fillna(price1).fillna(0.0) * opening_terms.factor()
    p1 = price1.fillna(price0).fillna(0.0) * terms.factor()
    codes = both.index.get_level_values("ecosystem")
    added = _part(areas["additions"], areas["closing"]).reindex(codes).fillna(0.0).to_numpy()
    reduced = _part(areas["reductions"], areas["opening"]).reindex(codes).fillna(0.0).to_numpy()
    mean = (p0 + p1) / 2
    condition = ((1 - added) * x1 - (1 - reduced) * x0) * mean
    opening, closing = v0 * opening_terms.factor(), v1 * terms.factor()
    net_change = closing.fillna(0.0) - opening.fillna(0.0)
    rows = pd.DataFrame(
        {
            "opening": opening,
            "enhancement": condition.clip(lower=0).where(splits, 0.0),
            "degradation": (-condition).clip(lower=0).where(splits, 0.0),
            "conversion_additions": (added * x1 * mean).where(splits, 0.0),
            "conversion_reductions": (reduced * x0 * mean).where(splits, 0.0),
            "revaluation": ((x0 + x1) / 2 * (p1 - p0)).where(splits, 0.0),
            "other_changes": net_change.where(~splits, 0.0),
            "net_change": net_change,
            "closing": closing,
        }
    ).dropna(how="all", subset=["opening", "closing"])
    return rows.fillna(0.0).groupby("ecosystem").sum()


def _paired(opening: pd.DataFrame, closing: pd.DataFrame) -> pd.DataFrame:
    """Return amounts and values at both dates by service and ecosystem.

    Where a service was valued, an ecosystem without a row of it gives none: zero, not missing.
    """
    found = {}
    for side, flows in (("0", opening), ("1", closing)):
        keys = [flows["service"].astype(str), flows["ecosystem"].astype(str)]
        sums = flows.groupby(keys)[["physical", "value"]].sum(min_count=1)
        found[side] = sums.set_axis([f"x{side}", f"v{side}"], axis=1)
    both = found["0"].join(found["1"], how="outer").rename_axis(["service", "ecosystem"])
    services = both.index.get_level_values("service")
    for side, sums in found.items():
        valued = services.isin(sums[f"v{side}"].dropna().index.get_level_values("service"))
        absent = ~both.index.isin(sums.index)
        both.loc[valued & absent, [f"x{side}", f"v{side}"]] = 0.0
    return both


def _priced(amount: "pd.Series[float]", value: "pd.Series[float]") -> "pd.Series[bool]":
    """Return where a value is an amount times a price."""
    return amount.notna() & value.notna() & ((amount != 0) | (value == 0))


def _part(area: "pd.Series[float]", of: "pd.Series[float]") -> "pd.Series[float]":
    return area / of.where(of > 0)


def _check_units(opening: pd.DataFrame, closing: pd.DataFrame) -> None:
    units = [
        f.groupby("service", observed=True)["physical_unit"].first() for f in (opening, closing)
    ]
    pairs = pd.concat(units, axis=1, join="inner", keys=["opening", "closing"])
    for service, row in pairs[pairs["opening"] != pairs["closing"]].iterrows():
        problem = Text(
            f"期初功能量单位为 {row['opening']}，期末为 {row['closing']}，无法比较。"
            "请用同一标准重新计算其中一个账户。",
            f"amounts are in {row['opening']} at opening and in {row['closing']} at closing. "
            "Compute one of the accounts again under the same standard.",
        )
        raise ProjectError(where=str(service), problem=problem)
