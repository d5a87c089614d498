"""Real option on the price of carbon (Black-Scholes): reported, never lent against."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text
from lending.valuation.facts import OptionFacts
from lending.valuation.result import OptionValue, money

__all__ = ["OPTION", "call_value", "option_value"]

Numbers = npt.NDArray[np.float64]


def call_value(
    price: Numbers, strike: Numbers, risk_free: Numbers,
    volatility: Numbers, years: Numbers,
) -> Numbers:  # fmt: skip
    """Return the value of the right to bring a tonne to the market at a cost, within some years."""
    S, K, t = price, strike, years
    spread = volatility * np.sqrt(t)
    growth = risk_free * t
    d1 = (np.log(S / K) + growth) / spread + spread / 2
    found: Numbers = S * ndtr(d1) - K * np.exp(-growth) * ndtr(d1 - spread)
    return found


OPTION = Model(
    id="call_value",
    title=Text("实物期权（每吨）", "Real option, per tonne"),
    formula=r"c = S\,\Phi(d_1) - K e^{-r t}\,\Phi(d_1 - \sigma\sqrt{t}), \quad "
    r"d_1 = \frac{\ln(S/K) + r t}{\sigma \sqrt{t}} + \frac{\sigma \sqrt{t}}{2}",
    source=Citation("black_scholes_1973", "eq. 13"),
    inputs={
        "price": Column(symbol="S", units="CNY/t_CO2e"),
        "strike": Column(symbol="K", units="CNY/t_CO2e"),
        "risk_free": Column(symbol="r", units="1"),
        "volatility": Column(symbol=r"\sigma", units="1"),
        "years": Column(symbol="t", units="1"),
    },
    kernel=call_value,
    output=Output(name="value", units="CNY/t_CO2e", total="CNY/t_CO2e", low=0, high=1e6),
    empirical="years are a plain number beside rates per year",
)


def option_value(facts: OptionFacts, price: float, tonnes: float) -> OptionValue:
    """Return the option's value of some tonnes."""
    per_tonne = float(OPTION(
        price=price, strike=facts.strike, risk_free=facts.risk_free,
        volatility=facts.volatility, years=facts.years,
    ))  # fmt: skip
    return OptionValue(
        value=money(per_tonne * tonnes), per_tonne=money(per_tonne), formula=OPTION.formula,
        source=facts.source,
    )  # fmt: skip
