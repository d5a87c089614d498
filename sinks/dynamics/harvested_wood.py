"""Harvested wood products: carbon that left the forest and decays by half-lives.

The products are a pool of their own: what goes in is a part of what the forest lost, what decays
goes to the air. Each product is summed once, whatever species it came from.
"""

import numpy as np

from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text
from sinks.estimates import Numbers

__all__ = ["HARVESTED_WOOD", "PRODUCT_CARBON", "decayed", "product_carbon", "stock_path"]

YEAR = 1.0


def next_stock(stock: Pixels, inflow: Pixels, half_life: Pixels, period: Pixels) -> Pixels:
    """Return the stock of a product at the end of a period of steady inflow."""
    decay = np.log(2) * period / half_life
    left = np.exp(-decay)
    stock_next: Pixels = left * stock + (1 - left) / decay * inflow * period
    return stock_next


def product_carbon(product_volume: Pixels, hwp_carbon_factor: Pixels) -> Pixels:
    """Return the carbon in a volume of product."""
    return product_volume * hwp_carbon_factor


def stock_path(inflow: Numbers, half_life: float, start: Numbers | float = 0.0) -> Numbers:
    """Return the stock of a product over the years.

    Parameters
    ----------
    inflow : (year, ...) array, t_C/year
        Not negative. A pulse that is there from the beginning is `start`.
    half_life : float, years
    start : array or number, t_C

    Returns
    -------
    (year + 1, ...) array, t_C
        Its first row is `start`; never negative.
    """
    inflow = np.asarray(inflow, dtype=np.float64)
    path = np.empty((len(inflow) + 1, *inflow.shape[1:]))
    path[0] = start
    for year, arriving in enumerate(inflow):
        path[year + 1] = HARVESTED_WOOD(
            stock=path[year], inflow=arriving, half_life=half_life, period=YEAR
        )
    return path


def decayed(inflow: Numbers, path: Numbers) -> Numbers:
    """Return the carbon that a product gives to the air each year, (year, ...), t_C; positive."""
    return np.asarray(inflow, dtype=np.float64) - np.diff(path, axis=0)


HARVESTED_WOOD = Model(
    id="harvested_wood",
    title=Text("木质林产品碳储量", "Carbon in harvested wood products"),
    formula=r"C_{i+1} = e^{-k} C_i + \frac{1 - e^{-k}}{k} Inflow_i,\quad k = \ln 2 \cdot "
    r"\Delta t / T_{1/2}",
    source=Citation("ipcc_2006_v4", "ch. 12, eq. 12.1"),
    inputs={
        "stock": Column(symbol="C_i", units="t_C"),
        "inflow": Column(symbol="Inflow_i", units="t_C/year"),
        "half_life": Factor(symbol="T_{1/2}", units="year", table="hwp_half_life"),
        "period": Column(symbol=r"\Delta t", units="year"),
    },
    kernel=next_stock,
    output=Output(name="stock", units="t_C", total="t_C", low=0, high=1e9),
)
PRODUCT_CARBON = Model(
    id="product_carbon",
    title=Text("林产品含碳量", "Carbon in a volume of product"),
    formula=r"Inflow = V \cdot c",
    source=Citation("eu_cbm_hat", "post_processor/hwp_common_input.py"),
    inputs={
        "product_volume": Column(symbol="V", units="m3/year"),
        "hwp_carbon_factor": Factor(symbol="c", units="t_C/m3"),
    },
    kernel=product_carbon,
    output=Output(name="inflow", units="t_C/year", total="t_C/year", low=0, high=1e9),
    note=Text(
        "纸和纸板按吨计，系数单位 t_C/t。", "Paper is counted in tonnes: its factor is in t_C/t."
    ),
)
