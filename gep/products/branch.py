"""A branch whose products a yearbook lists, as a service."""

from data_catalog.text import Text
from gep.products.prices import market_price, residual
from gep.products.shares import NET_OUTPUT, RENT
from gep.products.yearbook import yearbook
from gep.service import Service


def service(name: str, title: Text, physical: Text, total: str) -> Service:
    """Return a service that provides products.

    Parameters
    ----------
    name : str
        Its id.
    physical : Text
        What its amount is.
    total : str
        The units in which products are summed where they can be.
    """
    return Service(
        id=name,
        title=title,
        group="provisioning",
        physical=physical,
        total=total,
        variants=(yearbook(total),),
        valuations=(market_price(total), NET_OUTPUT, residual(total), RENT),
    )
