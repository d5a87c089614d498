"""Prices of carbon units: dated rows, the market's liquidity, paths and processes.

price_rows() -> tuple[PriceRow, ...]                what is bundled, with sources
read_prices(path) -> tuple[PriceRow, ...]           a user's own rows
price_at(rows, market, day, validity_days)          the newest row of a market, or an error
"""

from lending.prices.rows import PriceRow, price_at, price_rows, read_prices

__all__ = ["PriceRow", "price_at", "price_rows", "read_prices"]
