"""Our parcels as claims, and the search of a register for what they meet.

What the papers say comes from the table of papers and the loan's file; what the valuation says (its
price, the loan, the lower bound, the digest of its inputs) from the valuation, whatever the papers.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.conflicts import Claim, Fact, bundled_rules, find_conflicts
from lending.conflicts.claims_file import Papers, read_claims
from lending.loan_file.facts import ParcelFacts, Signature
from lending.loan_file.land import Land
from lending.loan_file.search import Search, search_of
from lending.valuation.result import Valuation, money, tonnes
from lending.valuation.timing import day_at

__all__ = ["claims_of", "is_database", "searched"]

EXPECTED, ISSUED = "CARB_F", "CARB_I"
DATABASES = {".db", ".sqlite", ".sqlite3"}


def is_database(register: str) -> bool:
    """Return whether a register is a database, by its address or the ending of its file."""
    return "://" in register or Path(register).suffix in DATABASES


def searched(
    lands: Sequence[Land], valuation: Valuation, register: str, folder: Path, on: date,
    papers: Mapping[str, ParcelFacts], *, declared: Mapping[str, Papers] | None = None,
    signed: Iterable[Signature] = (),
) -> Search:  # fmt: skip
    """Return what speaks against the pledge of these parcels.

    Parameters
    ----------
    register : str
        A database or a file of claims: a path, relative to the folder, or the address of a
        database (postgresql+psycopg://...).
    papers : of the loan's file, by parcel
    declared : of a table of papers, by parcel
    signed : who made and checked the file

    Raises
    ------
    GepError
        If the register cannot be opened or read.
    """
    claims = claims_of(lands, valuation, papers, declared=declared, signed=signed)
    if is_database(register):
        claims, known, count = _in_database(
            register if "://" in register else str(folder / register), claims
        )
    else:
        known = _in_file(folder / register)
        count = len(known)
    findings = find_conflicts(claims, known, bundled_rules(), on)
    return search_of(findings, register if "://" in register else Path(register).name, on, count)


def _in_database(place: str, claims: Sequence[Claim]) -> tuple[list[Claim], list[Claim], int]:
    """Return the claims as judged there, what they may meet, and how many there are at all."""
    from lending import registry
    from lending.registry.claims import count_active
    from lending.registry.declaring import compared

    with registry.open(place).reading() as session:
        return *compared(session, claims), count_active(session)


def _in_file(file: Path) -> list[Claim]:
    if not file.is_file():
        raise ProjectError(where=file.name, problem=Text(
            "没有这个登记簿文件。", "there is no such register of claims."
        ))  # fmt: skip
    return read_claims(file, bundled_rules())


def claims_of(
    lands: Sequence[Land], valuation: Valuation, papers: Mapping[str, ParcelFacts], *,
    declared: Mapping[str, Papers] | None = None, signed: Iterable[Signature] = (),
) -> list[Claim]:  # fmt: skip
    """Return one claim per parcel: its years, its share of the lower bound, what its papers say."""
    whole = sum(land.area_ha for land in lands)
    roles: dict[str, Fact] = {
        one.role: one.name for one in signed if one.role in {"maker", "checker"}
    }
    plain = [_claim(land, valuation, land.area_ha / whole) for land in lands]
    pledged = sum((claim.tonnes or Decimal(0) for claim in plain), Decimal(0))
    loan = valuation.inputs.facts.loan
    found = []
    for claim in plain:
        own, table = papers.get(claim.parcel_id), (declared or {}).get(claim.parcel_id)
        facts: dict[str, Fact] = {
            **_ends(valuation), **(table.facts if table else {}), **dict(_certificate(own)),
            **roles, **claim.facts,
        }  # fmt: skip
        if loan is not None and pledged:
            facts["loan_amount"] = money(loan * (claim.tonnes or Decimal(0)) / pledged)
        holder = own.holder if own and own.holder else table.holder if table else ""
        found.append(replace(claim, facts=facts, holder=holder))
    return found


def _claim(land: Land, valuation: Valuation, share: float) -> Claim:
    """Return a claim with what the valuation itself says of it, and nothing of its papers.

    Tonnes are the lower bound; where none is known the estimate, which no fact calls a bound.
    """
    inputs, found = valuation.inputs, valuation.results
    own = [v for v in inputs.vintages if v.parcel_id == land.parcel_id]
    base, count = inputs.facts.base_date, inputs.policy.discount.day_count
    start = min((v.vintage_from for v in own), default=base)
    end = max((v.vintage_to for v in own), default=day_at(base, found.years, count))
    bounds = [v.net_tCO2e if v.kind == "issued" else v.lower_tCO2e for v in own]
    counted = [v.net_tCO2e if one is None else one for v, one in zip(own, bounds, strict=True)]
    amount = tonnes(sum(counted) if own else float(found.tonnes_lower) * share)
    facts: dict[str, Fact] = {} if None in bounds else {"lower_bound_tonnes": amount}
    facts["inputs_hash"] = hashlib.sha256(inputs.model_dump_json().encode()).hexdigest()
    if inputs.price.price is not None:
        facts["price"] = Decimal(str(inputs.price.price))
    if inputs.facts.loan_term_years is not None:
        facts["loan_end"] = day_at(base, inputs.facts.loan_term_years, count)
    return Claim(
        claim_id=f"new/{land.parcel_id}", parcel_id=land.parcel_id, geometry=land.geometry,
        crs=land.crs, right=ISSUED if own and all(v.kind == "issued" for v in own) else EXPECTED,
        vintage_from=start, vintage_to=end, tonnes=amount, facts=facts,
    )  # fmt: skip


def _ends(valuation: Valuation) -> dict[str, Fact]:
    facts, count = valuation.inputs.facts, valuation.inputs.policy.discount.day_count
    ends = {"crediting_end": facts.ends.crediting, "tenure_end": facts.ends.tenure}
    return {
        name: end if isinstance(end, date) else day_at(facts.base_date, end, count)
        for name, end in ends.items()
    }


def _certificate(papers: ParcelFacts | None) -> Iterator[tuple[str, Fact]]:
    if papers is None:
        return
    if papers.tenure_to is not None:
        yield "tenure_end", papers.tenure_to
    if papers.certificate_area_mu is not None:
        yield "certificate_area", Decimal(str(papers.certificate_area_mu))
    if papers.certificate:
        yield "certificate_number", papers.certificate
