"""One new claim inside a registry of many pledges: what `gep pledge register` really takes.

Run as `OMP_NUM_THREADS=1 python -m tests.benchmarks.registry_claims [pledges] [claims]`.
Pledges are written straight into the tables, through the guards, without their events.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from lending import registry
from lending.registry import ConflictsFound, PledgeForm
from lending.registry.claims import bounds_of
from lending.registry.database import writing
from lending.registry.tables import Loan, Parcel, ParcelVersion, Pledge, PledgeParcel
from tests.lending.parcels import CRS, FIRST_DAY, YEARS, planted, register
from tests.lending.registry import postgres
from tests.lending.registry.world import BANK, World, furnished, papers

PORTION = 10_000
CLAIM_SECONDS = 0.05
NUMBERED = ("WATER", "INS")
"""Rights that are pledged by the number of their permit or policy."""
STEPS = ("screened", "due_diligence", "approved", "signed", "registered")


def filled(world: World, count: int) -> list:
    """Write pledged parcels; return their claims."""
    claims = register(count)
    with writing(world.registry.engine) as connection, Session(connection) as session:
        for begin in range(0, len(claims), PORTION):
            some = claims[begin : begin + PORTION]
            for table, rows in _rows(world, some):
                session.execute(insert(table), rows)
        session.execute(text("UPDATE pledges SET checker = 'bank_checker.1'"))
        for state in STEPS:
            numbered = (
                ", registration_number = pledge_id, registered_at = applied_at"
                if state == "registered" else ""
            )  # fmt: skip
            session.execute(text(f"UPDATE pledges SET state = '{state}'{numbered}"))  # noqa: S608
        session.commit()
        connection.commit()
    return claims


def _rows(world: World, claims: list) -> Iterator[tuple[type, list[dict]]]:
    boxes = [bounds_of(c.geometry, c.crs) for c in claims]
    names = [c.parcel_id for c in claims]
    pledges = [f"Q{c.claim_id}" for c in claims]
    yield Parcel, [{"parcel_id": n, "region": "331102", "recorded_at": FIRST_DAY} for n in names]
    yield ParcelVersion, [
        {"parcel_id": c.parcel_id, "version": 1, "geometry": c.geometry.wkb, "crs": CRS,
         "west": w, "south": s, "east": e, "north": n, "width": e - w, "certificate": "x",
         "certificate_area_ha": None, "tenure_from": None, "tenure_to": None, "holder": None,
         "recorded_at": FIRST_DAY}
        for c, (w, s, e, n) in zip(claims, boxes, strict=True)
    ]  # fmt: skip
    yield Loan, [
        {"loan_id": f"L{p}", "borrower": None, "lender": BANK, "amount": Decimal(1),
         "rate": Decimal(0), "starts": YEARS[0], "ends": YEARS[1], "other_security": "",
         "drawn_at": None,
         "repaid_at": None}
        for p in pledges
    ]  # fmt: skip
    yield Pledge, [
        {"pledge_id": p, "loan_id": f"L{p}", "right_code": "CARB_F", "right_id": None,
         "organisation": BANK, "state": "applied", "vintage_from": YEARS[0],
         "vintage_to": YEARS[1], "tonnes": c.tonnes, "programme": "", "secured_amount": Decimal(1),
         "account": None, "registration_number": None, "registered_at": None,
         "registration_ends": None, "cancelled_at": None, "maker": world.maker.user_id,
         "checker": None, "applied_at": FIRST_DAY, "family": f"L{p}"}
        for p, c in zip(pledges, claims, strict=True)
    ]  # fmt: skip
    yield (
        PledgeParcel,
        [
            {"pledge_id": p, "parcel_id": n, "version": 1}
            for p, n in zip(pledges, names, strict=True)
        ],
    )


def measure(name: str, world: World, count: int, tried: int) -> float:
    """Fill a registry, register claims in it one by one, and print the times; the worst."""
    start = time.perf_counter()
    claims = filled(world, count)
    print(f"{name}: {len(claims):,} pledges written in {time.perf_counter() - start:.0f} s")
    walls, cpus, outcomes = [], [], {"registered": 0, "refused": 0}
    for number, one in enumerate(planted(claims, tried)):
        parcel = f"N{number}"
        form = registry.ParcelForm(parcel_id=parcel, region="3", geometry=one.claim.geometry,
                                   crs=CRS, certificate="x")  # fmt: skip
        registry.record_parcel(world.registry, world.forestry, form)
        world.loan(f"N{number}")
        asked = PledgeForm(
            loan_id=f"N{number}", right_code=one.claim.right, parcels=(parcel,), parts=(),
            vintage_from=one.claim.vintage_from, vintage_to=one.claim.vintage_to,
            secured_amount=Decimal(1), account="6222",
            instrument=one.claim.instrument or (parcel if one.claim.right in NUMBERED else None),
        )  # fmt: skip
        pledge = registry.apply(world.registry, world.maker, asked).pledge_id
        registry.declare(world.registry, world.maker, pledge, papers(), document="deed 7")
        world.until("signed", pledge)
        start, used = time.perf_counter(), time.process_time()
        try:
            registry.register(world.registry, world.maker, pledge, f"Z{number}")
            outcomes["registered"] += 1
        except ConflictsFound:
            outcomes["refused"] += 1
        walls.append(time.perf_counter() - start)
        cpus.append(time.process_time() - used)
    clock = f"median {statistics.median(walls) * 1e3:.1f} ms, worst {max(walls) * 1e3:.1f} ms"
    own = f"{statistics.median(cpus) * 1e3:.1f} and {max(cpus) * 1e3:.1f} ms"
    print(f"{name}: one claim registered or refused ({outcomes}): {clock} by the clock; {own} of "
          "our processor")  # fmt: skip
    return max(walls[1:])


def main(count: int, tried: int) -> int:
    """Measure on both databases; 1 where one claim took too long."""
    worst = []
    with tempfile.TemporaryDirectory() as folder:
        world = furnished(Path(folder) / "many.db")
        worst.append(measure("SQLite", world, count, tried))
        world.registry.close()
    if postgres.programs() is not None:
        with postgres.server() as address:
            world = furnished(postgres.new_database(address, "many"))
            worst.append(measure("PostgreSQL", world, count, tried))
            world.registry.close()
    return int(max(worst) > CLAIM_SECONDS)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [100_000, 160][len(given) :])))
