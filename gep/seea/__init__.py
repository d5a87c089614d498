"""The tables of SEEA Ecosystem Accounting, made from a run's areas, indicators and account."""

from gep.seea.asset import AssetTerms, asset_terms
from gep.seea.tables import write_seea

__all__ = ["AssetTerms", "asset_terms", "write_seea"]
