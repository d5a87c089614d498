"""A small registry to test with: four users, a borrower, parcels in a row, a batch, loans."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from shapely.geometry import box

from lending import registry
from lending.conflicts import Fact
from lending.registry import (
    BatchForm,
    LoanForm,
    ParcelForm,
    Part,
    PledgeForm,
    ProjectForm,
    Registry,
    SubjectForm,
    User,
)

SEALING_KEY = bytes(range(32))
ROLES = ("bank_maker", "bank_checker", "forestry", "auditor")
BANK = "Jingning Rural Bank"
WHY = "法院裁定书（2029）浙 11 民初 1 号"
"""A remark: why a step is taken."""
DOCUMENT = "村民会议决议 2025-12-01"
STEP = 0.01
"""Degrees: parcels are squares this wide, side by side."""


@dataclass
class World:
    """A registry with its users."""

    registry: Registry
    users: dict[str, User]

    @property
    def maker(self) -> User:
        return self.users["bank_maker"]

    @property
    def checker(self) -> User:
        return self.users["bank_checker"]

    @property
    def forestry(self) -> User:
        return self.users["forestry"]

    @property
    def auditor(self) -> User:
        return self.users["auditor"]

    def second_checker(self, name: str = "bank_checker.2") -> User:
        """Record another checker of the bank."""
        return registry.record_user(self.registry, name, "bank_checker", BANK)

    def third_checker(self) -> User:
        """Record one more: who declares a default, who sells and who closes are three."""
        return self.second_checker("bank_checker.3")

    def parcel(self, name: str, west: float = 119.0, width: float = STEP) -> None:
        square = box(west, 28.0, west + width, 28.0 + STEP)
        form = ParcelForm(
            parcel_id=name, region="331127", geometry=square, certificate="浙(2020)0001",
            holder="S1",
        )  # fmt: skip
        registry.record_parcel(self.registry, self.forestry, form)

    def project(self, name: str) -> None:
        form = ProjectForm(
            project_id=name, programme="VCS", methodology="VM0047",
            crediting_from=date(2020, 1, 1), crediting_to=date(2060, 1, 1),
        )  # fmt: skip
        registry.record_project(self.registry, self.forestry, form)

    def batch(self, name: str, tonnes: str, year: int = 2026, project: str = "J1",
              parcel: str | None = None) -> None:  # fmt: skip
        form = BatchForm(
            batch_id=name, project_id=project, parcel_id=parcel, vintage_from=date(year, 1, 1),
            vintage_to=date(year + 1, 1, 1), tonnes=Decimal(tonnes),
        )  # fmt: skip
        registry.record_batch(self.registry, self.forestry, form)

    def loan(self, name: str, who: User | None = None, borrower: str = "S1") -> None:
        form = LoanForm(
            loan_id=name, borrower=borrower, amount=Decimal("300000.00"), rate=Decimal("0.0435"),
            starts=date(2026, 1, 1), ends=date(2029, 1, 1),
        )  # fmt: skip
        registry.record_loan(self.registry, who or self.maker, form)

    def apply(self, loan: str, parcel: str, *parts: Part, right: str = "CARB_F",
              years: tuple[int, int] = (2026, 2031), who: User | None = None,
              **more: Any) -> str:  # fmt: skip
        form = PledgeForm(
            loan_id=loan, right_code=right, parcels=(parcel,), parts=parts,
            vintage_from=date(years[0], 1, 1), vintage_to=date(years[1], 1, 1),
            secured_amount=Decimal("300000.00"), account="6222 0000 0000 0001", **more,
        )  # fmt: skip
        name = registry.apply(self.registry, who or self.maker, form).pledge_id
        registry.declare(self.registry, who or self.maker, name, papers(), document=DOCUMENT)
        return name

    def until(self, state: str, pledge_id: str) -> str:
        """Take a pledge along the straight way to a state."""
        way: list[tuple[str, Callable[[], Any]]] = [
            (step, partial(getattr(registry, step), self.registry, who, pledge_id))
            for step, who in (
                ("screen", self.maker), ("investigate", self.maker), ("approve", self.checker),
                ("sign", self.maker),
            )
        ]  # fmt: skip
        number = f"ZDW-{pledge_id}"
        way += [
            ("register", lambda: registry.register(self.registry, self.maker, pledge_id, number)),
            ("draw", lambda: registry.draw(self.registry, self.maker, pledge_id)),
            ("monitor", lambda: registry.monitor(self.registry, self.maker, pledge_id)),
        ]
        end = {
            "repaid": [("repay", self.maker)],
            "released": [("repay", self.maker), ("release", self.checker)],
            "defaulted": [("default", self.checker)],
            "withdrawn": [("withdraw", self.maker)],
        }  # fmt: skip
        if state in {"disposed", "closed"}:
            end["disposed"] = [*end["defaulted"], ("dispose", self.second_checker())]
            end["closed"] = [*end["disposed"], ("close", self.third_checker())]
        straight = ("applied", "screened", "due_diligence", "approved", "signed", "registered",
                    "drawn", "monitored")  # fmt: skip
        steps = {"withdrawn": 0}.get(state, len(way))
        if state in straight:
            steps = straight.index(state)
        for _, act in way[:steps]:
            act()
        for step, who in end.get(state, []):
            getattr(registry, step)(self.registry, who, pledge_id, remark=WHY)
        return pledge_id

    def state(self, pledge_id: str) -> str:
        with self.registry.reading() as session:
            return registry.pledge(session, pledge_id).state

    def lots(
        self, pledge_id: str, *states: str
    ) -> list[tuple[str, Decimal, int | None, int | None]]:
        with self.registry.reading() as session:
            return [
                (lot.state, lot.tonnes, lot.serial_from, lot.serial_to)
                for lot in registry.lots_of(session, pledge_id, *states)
            ]

    def events(self) -> int:
        with self.registry.reading() as session:
            return registry.events(session)[-1].seq


def papers() -> dict[str, Fact]:
    """Return what a bank has to declare before it registers, all of it in order."""
    return {
        "register_search_clear": True, "register_search_date": datetime.now(UTC).date(),
        "freeze_confirmed": True, "holder_is_party": True, "title_chain_complete": True,
        "coowners_agree": True, "collective_vote": True, "village_committee_guarantees": False,
        "litigation_or_seizure": False, "past_tonnes_unsold": True, "units_free": True,
        "sold_forward": False, "tenure_end": date(2300, 1, 1), "crediting_end": date(2300, 1, 1),
        "inputs_hash": "ab12",
    }  # fmt: skip


def of_batch(name: str, tonnes: str) -> Part:
    return Part(batch_id=name, tonnes=Decimal(tonnes))


def serials(name: str, first: int, last: int) -> Part:
    return Part(batch_id=name, serial_from=first, serial_to=last)


def opened(place: str | Path, *, create: bool = False) -> World:
    """Open a registry that has the users."""
    found = registry.open(place, create=create, sealing_key=SEALING_KEY)
    if create:
        for role in ROLES:
            who = role if role in {"forestry", "auditor"} else BANK
            registry.record_user(found, f"{role}.1", role, who)
    return World(found, {role: found.user(f"{role}.1") for role in ROLES})


def furnished(place: str | Path) -> World:
    """Make a registry with a borrower, the parcel K1, a batch of 100 t and the loan L1."""
    world = opened(place, create=True)
    person = SubjectForm(subject_id="S1", kind="person", personal={"name": "李山", "id": "3325"})
    registry.record_subject(world.registry, world.maker, person)
    world.parcel("K1")
    world.project("J1")
    world.batch("B1", "100.000")
    world.loan("L1")
    return world
