"""Money, tonnes, areas and shares as people read them, in either language."""

from datetime import date
from decimal import Decimal

from data_catalog.text import Language
from data_catalog.units import conversion

__all__ = ["area", "day", "in_mu", "level", "mu", "percent", "plain", "tonnes", "yuan"]


def yuan(amount: Decimal | None, language: Language) -> str:
    """Return an amount of money to the cent; a dash where there is none."""
    if amount is None:
        return "—"
    return f"{amount:,.2f} 元" if language == "zh" else f"CNY {amount:,.2f}"


def tonnes(amount: Decimal | float) -> str:
    """Return t_CO2e as a register counts them, to the kilogram."""
    return f"{amount:,.3f} tCO2e"


def mu(hectares: float) -> float:
    """Return an area in mu."""
    return hectares * conversion("ha", "mu_land")[0]


def area(hectares: float, language: Language) -> str:
    """Return an area in mu and in hectares."""
    if language == "zh":
        return f"{mu(hectares):,.2f} 亩（{hectares:,.4f} 公顷）"
    return f"{mu(hectares):,.2f} mu ({hectares:,.4f} ha)"


def in_mu(square_metres: float, language: Language) -> str:
    """Return an area in mu alone."""
    size = square_metres * conversion("m2", "mu_land")[0]
    return f"{size:,.2f} 亩" if language == "zh" else f"{size:,.2f} mu"


def percent(share: Decimal | float | None, digits: int = 1) -> str:
    """Return a share in percent; a dash where there is none."""
    return "—" if share is None else f"{share:.{digits}%}".replace("%", " %")


def level(confidence: float) -> str:
    """Return a level of confidence in percent, with the digits that it has: 99.5 %."""
    return f"{confidence * 100:.4g} %"


def day(when: date) -> str:
    """Return a date."""
    return when.isoformat()


def plain(amount: Decimal | float) -> str:
    """Return a number with all its digits, thousands apart."""
    if not isinstance(amount, Decimal):
        return f"{amount:,.6g}"
    shown = f"{amount:,f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
