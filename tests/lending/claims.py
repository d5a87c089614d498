"""Claims by hand: one that passes every check, and small ones that only have ground."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import shapely

from lending.conflicts import Claim

CRS = "EPSG:4549"
EAST, NORTH = 500_000.0, 3_100_000.0
"""On the central meridian of the zone, where a metre of the map is a metre of ground."""
TODAY = date(2026, 5, 1)
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a rectangle in metres from (EAST, NORTH)."""
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def claim(claim_id: str, geometry: Any = None, **fields: Any) -> Claim:
    """Return a claim on expected carbon of ten years."""
    given: dict[str, Any] = {
        "parcel_id": f"parcel of {claim_id}",
        "crs": CRS,
        "right": "CARB_F",
        "vintage_from": date(2026, 1, 1),
        "vintage_to": date(2036, 1, 1),
        "tonnes": Decimal(1000),
        "holder": f"holder of {claim_id}",
    }
    return Claim(claim_id=claim_id, geometry=geometry, **(given | fields))


def pledged(claim_id: str, geometry: Any = None, **fields: Any) -> Claim:
    """Return a registered one."""
    given = {"registered_at": NOON, "registration_number": "7", "state": "pledged"}
    return claim(claim_id, geometry, **(given | fields))


FACTS = {
    "certificate_area": Decimal(150),
    "inside_boundary": True,
    "clear_of_excluded_land": True,
    "crediting_end": date(2046, 1, 1),
    "tenure_end": date(2050, 1, 1),
    "past_tonnes_unsold": True,
    "lower_bound_tonnes": Decimal(1000),
    "register_search_date": TODAY,
    "register_search_clear": True,
    "registration_end": date(2030, 1, 1),
    "registration_margin": Decimal(180),
    "loan_end": date(2029, 1, 1),
    "freeze_confirmed": True,
    "holder_is_party": True,
    "title_chain_complete": True,
    "coowners_agree": True,
    "collective_vote": True,
    "village_committee_guarantees": False,
    "litigation_or_seizure": False,
    "tenure_type": "家庭承包",
    "certificate_number": "浙（2020）001",
    "account_number": "6222",
    "account_receives_income": True,
    "insured_perils": "火灾、台风",
    "insured_tonnes": Decimal(1000),
    "insurance_end": date(2030, 1, 1),
    "creditor_is_payee": True,
    "buyer_claims": False,
    "sold_forward": False,
    "uptake_least": Decimal("0.2"),
    "uptake_most": Decimal("1.2"),
    "price": Decimal(60),
    "price_least": Decimal(30),
    "price_most": Decimal(100),
    "loan_amount": Decimal(40_000),
    "maker": "甲",
    "checker": "乙",
    "inputs_hash": "ab12",
}


def sound(**facts: Any) -> Claim:
    """Return a claim of 10 ha (150 mu), 1,000 t in ten years, that passes every check.

    Facts replace those of `FACTS`; None takes one away.
    """
    kept = {name: value for name, value in (FACTS | facts).items() if value is not None}
    return replace(claim("sound", box(0, 0, 400, 250)), facts=kept)
