"""Our parcels as claims, and the search of a register for what they meet."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.conflicts import Claim, Fact, bundled_rules, find_conflicts
from lending.conflicts.claims_file import read_claims
from lending.loan_file.facts import ParcelFacts
from lending.loan_file.land import Land
from lending.loan_file.search import Search, search_of
from lending.valuation.result import Valuation, tonnes
from lending.valuation.timing import day_at

__all__ = ["claims_of", "is_database", "known_claims", "searched"]

EXPECTED, ISSUED = "CARB_F", "CARB_I"
DATABASES = {".db", ".sqlite", ".sqlite3"}


def is_database(register: str) -> bool:
    """Return whether a register is a database, by its address or the ending of its file."""
    return "://" in register or Path(register).suffix in DATABASES


def known_claims(register: str, folder: Path) -> list[Claim]:
    """Return the claims of a register: a database, or a file of claims.

    Parameters
    ----------
    register : str
        A path, relative to the folder, or the address of a database (postgresql+psycopg://...).

    Raises
    ------
    GepError
        If it cannot be opened or read.
    """
    if is_database(register):
        from lending.registry import active_claims, open  # noqa: A004  (the registry's own word)

        with open(register if "://" in register else str(folder / register)).reading() as session:
            return active_claims(session)
    file = folder / register
    if not file.is_file():
        raise ProjectError(where=file.name, problem=Text(
            "没有这个登记簿文件。", "there is no such register of claims."
        ))  # fmt: skip
    return read_claims(file, bundled_rules())


def searched(
    lands: Sequence[Land],
    valuation: Valuation,
    known: Sequence[Claim],
    register: str,
    on: date,
    papers: Mapping[str, ParcelFacts],
) -> Search:
    """Return what speaks against the pledge of these parcels."""
    claims = claims_of(lands, valuation, papers)
    findings = find_conflicts(claims, known, bundled_rules(), on)
    name = register if "://" in register else Path(register).name
    return search_of(findings, name, on, len(known))


def claims_of(
    lands: Sequence[Land], valuation: Valuation, papers: Mapping[str, ParcelFacts]
) -> list[Claim]:
    """Return one claim per parcel: its years, its share of the lower bound, what its papers say."""
    whole = sum(land.area_ha for land in lands)
    return [
        _claim(land, valuation, land.area_ha / whole, papers.get(land.parcel_id)) for land in lands
    ]


def _claim(land: Land, valuation: Valuation, share: float, papers: ParcelFacts | None) -> Claim:
    inputs, found = valuation.inputs, valuation.results
    own = [v for v in inputs.vintages if v.parcel_id == land.parcel_id]
    base = inputs.facts.base_date
    start = min((v.vintage_from for v in own), default=base)
    end = max((v.vintage_to for v in own), default=day_at(base, found.years))
    lower = tonnes(
        sum(v.net_tCO2e if v.lower_tCO2e is None else v.lower_tCO2e for v in own)
        if own
        else float(found.tonnes_lower) * share
    )
    return Claim(
        claim_id=f"new/{land.parcel_id}", parcel_id=land.parcel_id, geometry=land.geometry,
        crs=land.crs, right=ISSUED if own and all(v.kind == "issued" for v in own) else EXPECTED,
        vintage_from=start, vintage_to=end, tonnes=lower,
        holder=papers.holder if papers else "", facts=dict(_facts(valuation, lower, papers)),
    )  # fmt: skip


def _facts(
    valuation: Valuation, lower: Decimal, papers: ParcelFacts | None
) -> Iterator[tuple[str, Fact]]:
    facts = valuation.inputs.facts
    yield "lower_bound_tonnes", lower
    for name, end in (("crediting_end", facts.ends.crediting), ("tenure_end", facts.ends.tenure)):
        yield name, end if isinstance(end, date) else day_at(facts.base_date, end)
    if facts.loan_term_years is not None:
        yield "loan_end", day_at(facts.base_date, facts.loan_term_years)
    if papers is not None:
        if papers.tenure_to is not None:
            yield "tenure_end", papers.tenure_to
        if papers.certificate_area_mu is not None:
            yield "certificate_area", Decimal(str(papers.certificate_area_mu))
        if papers.certificate:
            yield "certificate_number", papers.certificate
