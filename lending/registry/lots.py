"""Lots: tonnes of a batch that somebody has a claim on, and how they are divided.

Conservation, per batch: pledged + sold + retired + buffer <= tonnes (the lower bound before
issuance, then the units issued). Serials of counted lots are disjoint. The database holds both
rules too (migrations/guards.py); here they are told in words first.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from data_catalog.text import Text
from lending.conflicts.known import FUTURE, UNITS
from lending.registry.errors import AgainstRecord, RegistryError
from lending.registry.finding import one
from lending.registry.forms import IssueForm, Part, PledgeForm
from lending.registry.opening import Registry
from lending.registry.states import active_states
from lending.registry.tables import Batch, Lot, Pledge, PledgeParcel, User

__all__ = [
    "HELD", "TONNES", "counted_tonnes", "free_in", "free_ranges", "free_serials",
    "has_all_tonnes", "issue_batch", "lots_of", "set_aside",
]  # fmt: skip

TONNES = (FUTURE, UNITS)
"""Rights to tonnes; a pledge of one that names no lots has all of its parcels and years."""
HELD = ("reserved", "pledged")
"""States of the lots that a pledge has or asks for."""
GONE = ("sold", "retired")
COUNTED = ("pledged", "sold", "retired", "buffer")
Range = tuple[int, int]
"""First and last serial."""


def lots_of(session: Session, pledge_id: str, *states: str) -> list[Lot]:
    """Return a pledge's lots, of these states if any are given."""
    wanted = select(Lot).where(Lot.pledge_id == pledge_id).order_by(Lot.lot_id)
    return list(session.scalars(wanted.where(Lot.state.in_(states)) if states else wanted))


def has_all_tonnes(pledge: type[Pledge]) -> ColumnElement[bool]:
    """Return the condition that a pledge, or an alias of it, is of tonnes and names none."""
    lot = aliased(Lot)
    own = exists().where(lot.pledge_id == pledge.pledge_id, lot.state.in_(HELD))
    return and_(pledge.right_code.in_(TONNES), ~own)


def counted_tonnes(session: Session, batch_id: str) -> dict[str, Decimal]:
    """Return a batch's tonnes (t_CO2e) by state of the lots that count."""
    wanted = (
        select(Lot.state, func.sum(Lot.tonnes))
        .where(Lot.batch_id == batch_id, Lot.state.in_(COUNTED))
        .group_by(Lot.state)
    )
    return {state: total for state, total in session.execute(wanted) if total}


def free_in(session: Session, batch: Batch) -> Decimal:
    """Return the tonnes (t_CO2e) of a batch that nobody has."""
    return batch.tonnes - sum(counted_tonnes(session, batch.batch_id).values())


def free_serials(session: Session, batch: Batch) -> list[Range]:
    """Return the serials of a batch that nobody has; none before it is issued."""
    if batch.serial_from is None or batch.serial_to is None:
        return []
    taken = _serials_taken(session, batch.batch_id)
    return free_ranges(batch.serial_from, batch.serial_to, taken)


def free_ranges(first: int, last: int, taken: Iterable[Range]) -> list[Range]:
    """Return the serials of a batch that no lot has.

    Examples
    --------
    >>> free_ranges(1, 10, [(3, 4), (8, 10)])
    [(1, 2), (5, 7)]
    """
    found, at = [], first
    for begin, end in sorted(taken):
        if begin > at:
            found.append((at, begin - 1))
        at = max(at, end + 1)
    return [*found, (at, last)] if at <= last else found


def reserve(session: Session, pledge: Pledge, form: PledgeForm) -> Decimal | None:
    """Reserve a pledge's lots as applied for; return their tonnes."""
    parts = form.parts
    for part in parts:
        batch = one(session, Batch, part.batch_id)
        _within(batch, pledge, part)
        if batch.parcel_id is not None and batch.parcel_id not in form.parcels:
            raise _of_other_parcel(batch, pledge)
        _add(session, batch.batch_id, "reserved", part.amount(), _range(part), pledge.pledge_id)
    return sum((part.amount() for part in parts), Decimal(0)) if parts else None


def pledge_lots(session: Session, pledge: Pledge) -> None:
    """Turn a pledge's reserved lots into pledged ones, if what they ask for is still free."""
    for lot in lots_of(session, pledge.pledge_id, "reserved"):
        batch = one(session, Batch, lot.batch_id)
        for begin, tonnes in _taken(session, batch, lot.tonnes, _range(lot)):
            if lot.state == "reserved":
                lot.state, lot.tonnes = "pledged", tonnes
                lot.serial_from, lot.serial_to = begin or (None, None)
            else:
                _add(session, batch.batch_id, "pledged", tonnes, begin, pledge.pledge_id)
            session.flush()


def release_lots(session: Session, pledge: Pledge, parts: Sequence[Part] | None) -> Decimal:
    """Release parts of a pledge's lots, or all of them; return the tonnes released."""
    if parts is None:
        lots = lots_of(session, pledge.pledge_id, "pledged", "reserved")
        for lot in lots:
            lot.state = "released"
        session.flush()
        return sum((lot.tonnes for lot in lots), Decimal(0))
    for part in parts:
        _release_part(session, pledge.pledge_id, part)
    return sum((part.amount() for part in parts), Decimal(0))


def sell_lots(session: Session, pledge: Pledge) -> None:
    """Sell a pledge's lots: its right was realised."""
    for lot in lots_of(session, pledge.pledge_id, "pledged"):
        lot.state, lot.purpose = "sold", "disposed"
    session.flush()


def set_aside(registry: Registry, user: User, part: Part, *, state: str, purpose: str = "") -> Lot:
    """Record that free tonnes were sold, retired or put into the buffer.

    Before issuance tonnes can only be sold (forward).

    Raises
    ------
    RegistryError
        If they are not free, or all tonnes of their parcel in their years are pledged.
    """
    with registry.acting(user, "set_aside", part.batch_id) as act:
        batch = one(act.session, Batch, part.batch_id)
        if state in GONE:
            _refuse_pledged_whole(act.session, batch)
        if batch.kind != "issued" and state != "sold":
            raise AgainstRecord(where=batch.batch_id, problem=NOT_ISSUED)
        act.facts = {"state": state, "tonnes": str(part.amount()), "purpose": purpose}
        lots = [
            _add(act.session, batch.batch_id, state, tonnes, begin, None, purpose)
            for begin, tonnes in _taken(act.session, batch, part.amount(), _range(part))
        ]
    return lots[0]


def _refuse_pledged_whole(session: Session, batch: Batch) -> None:
    """Refuse that tonnes go of which an active pledge has all, without naming any."""
    wanted = (
        select(Pledge)
        .join(PledgeParcel)
        .where(
            PledgeParcel.parcel_id == batch.parcel_id, has_all_tonnes(Pledge),
            Pledge.state.in_(active_states()),
            Pledge.vintage_from < batch.vintage_to, Pledge.vintage_to > batch.vintage_from,
        )
        .order_by(Pledge.pledge_id)
    )  # fmt: skip
    pledge = session.scalars(wanted).first()
    if pledge is not None:
        raise AgainstRecord(where=batch.batch_id, problem=Text(
            f"宗地 {batch.parcel_id} 这些年份的全部吨数已质押给 {pledge.organisation}"
            f"（{pledge.pledge_id}），解除质押之前不能出售或注销。",
            f"all tonnes of parcel {batch.parcel_id} in these years are pledged to "
            f"{pledge.organisation} ({pledge.pledge_id}): none is sold or retired before its "
            "release.",
        ))  # fmt: skip


def issue_batch(registry: Registry, user: User, batch_id: str, form: IssueForm) -> Batch:
    """Record the issuance of a batch: units with serials in the place of expected tonnes.

    The last serials go to the buffer. Lots sold before get theirs first, then the pledged ones in
    the order of their registration; whole tonnes only. What was pledged and not issued is
    released, and the event names it.

    Raises
    ------
    RegistryError
        If the batch was issued before, or another batch of its project has such serials.
    """
    with registry.acting(user, "issue_batch", batch_id) as act:
        session = act.session
        batch = one(session, Batch, batch_id)
        if batch.kind == "issued":
            raise AgainstRecord(where=batch_id, problem=ISSUED)
        issued = form.serial_to - form.serial_from + 1
        if form.buffer > issued:
            raise RegistryError(where=batch_id, problem=BUFFER_TOO_LARGE)
        _serials_are_new(session, batch, form)
        given = _shares(_counted_in_order(session, batch_id), issued - form.buffer)
        lost = {lot.lot_id: _shorten(session, lot, units) for lot, units in given}
        act.facts = {"not_issued": {str(k): str(v) for k, v in lost.items() if v}}
        batch.kind, batch.tonnes = "issued", Decimal(issued)
        batch.serial_from, batch.serial_to = form.serial_from, form.serial_to
        session.flush()
        at = form.serial_from
        for lot, units in given:
            if units:
                lot.serial_from, lot.serial_to = at, at + units - 1
                session.flush()
            at += units
        if form.buffer:
            tail = (form.serial_to - form.buffer + 1, form.serial_to)
            _add(session, batch_id, "buffer", Decimal(form.buffer), tail, None)
    return batch


def _serials_are_new(session: Session, batch: Batch, form: IssueForm) -> None:
    """Refuse serials that another batch of the project has: one unit would be pledged twice."""
    holder = session.scalar(
        select(Batch.batch_id)
        .where(
            Batch.project_id == batch.project_id, Batch.serial_from <= form.serial_to,
            Batch.serial_to >= form.serial_from,
        )
        .order_by(Batch.batch_id)
    )  # fmt: skip
    if holder is None:
        return
    problem = Text(
        f"序列号 {form.serial_from}–{form.serial_to} 与同一项目的批次 {holder} 相交。",
        f"serials {form.serial_from} to {form.serial_to} meet those of batch {holder}, which is of "
        "the same project.",
    )
    raise AgainstRecord(where=batch.batch_id, problem=problem)


def _counted_in_order(session: Session, batch_id: str) -> list[Lot]:
    """Return the lots that count: those sold first, then pledged ones by registration."""
    wanted = (
        select(Lot)
        .outerjoin(Pledge, Pledge.pledge_id == Lot.pledge_id)
        .where(Lot.batch_id == batch_id, Lot.state.in_(COUNTED))
        .order_by(Lot.state == "pledged", Pledge.registered_at, Lot.lot_id)
    )
    return list(session.scalars(wanted))


def _shares(lots: Sequence[Lot], units: int) -> list[tuple[Lot, int]]:
    """Return how many of the issued units each lot gets."""
    found = []
    for lot in lots:
        share = min(int(lot.tonnes), units)
        found.append((lot, share))
        units -= share
    return found


def _shorten(session: Session, lot: Lot, units: int) -> Decimal:
    """Leave a lot its whole units; release the rest and return it."""
    rest = lot.tonnes - units
    if not units:
        lot.state, lot.purpose = "released", "not issued"
    elif rest:
        lot.tonnes = Decimal(units)
        _add(session, lot.batch_id, "released", rest, None, lot.pledge_id, "not issued")
    session.flush()
    return rest


def _release_part(session: Session, pledge_id: str, part: Part) -> None:
    wanted, left = _range(part), part.amount()
    for lot in lots_of(session, pledge_id, "pledged"):
        held = _range(lot)
        if lot.batch_id != part.batch_id or not left:
            continue
        if wanted and held and held[0] <= wanted[0] and wanted[1] <= held[1]:
            _carve(session, lot, held, wanted)
            left = Decimal(0)
        elif not wanted:
            part_of_lot = min(left, lot.tonnes)
            if held:
                part_of_lot = Decimal(int(part_of_lot))
            if part_of_lot:
                _carve_tonnes(session, lot, held, part_of_lot)
            left -= part_of_lot
    if left:
        problem = Text(
            f"质押中没有可释放的 {part.amount()} t_CO2e（批次 {part.batch_id}）。",
            f"{part.amount()} t_CO2e of batch {part.batch_id} are not pledged here in this form.",
        )
        raise AgainstRecord(where=pledge_id, problem=problem)


def _carve_tonnes(session: Session, lot: Lot, held: Range | None, tonnes: Decimal) -> None:
    if held:
        _carve(session, lot, held, (held[0], held[0] + int(tonnes) - 1))
        return
    rest = lot.tonnes - tonnes
    lot.state, lot.tonnes = "released", tonnes
    session.flush()
    if rest:
        _add(session, lot.batch_id, "pledged", rest, None, lot.pledge_id)


def _carve(session: Session, lot: Lot, held: Range, out: Range) -> None:
    """Release some serials of a lot; what is left on both sides stays pledged."""
    lot.state = "released"
    lot.serial_from, lot.serial_to, lot.tonnes = *out, Decimal(out[1] - out[0] + 1)
    session.flush()
    for begin, end in ((held[0], out[0] - 1), (out[1] + 1, held[1])):
        if begin <= end:
            size = Decimal(end - begin + 1)
            _add(session, lot.batch_id, "pledged", size, (begin, end), lot.pledge_id)


def _taken(
    session: Session, batch: Batch, tonnes: Decimal, wanted: Range | None
) -> list[tuple[Range | None, Decimal]]:
    """Return what may be taken of a batch's free tonnes, as ranges once it is issued."""
    left = free_in(session, batch)
    if tonnes > left:
        problem = Text(
            f"只剩 {left} t_CO2e 可用，需要 {tonnes} t_CO2e。",
            f"{left} t_CO2e are left, {tonnes} t_CO2e are asked for.",
        )
        raise AgainstRecord(where=batch.batch_id, problem=problem)
    if batch.serial_from is None or batch.serial_to is None:
        if wanted:
            raise AgainstRecord(where=batch.batch_id, problem=NOT_ISSUED)
        return [(None, tonnes)]
    free = free_serials(session, batch)
    if wanted:
        if not any(begin <= wanted[0] and wanted[1] <= end for begin, end in free):
            raise _serials_not_free(batch.batch_id, wanted)
        return [(wanted, tonnes)]
    if tonnes != int(tonnes):
        raise RegistryError(where=batch.batch_id, problem=WHOLE_UNITS)
    return _first_of(free, int(tonnes))


def _first_of(free: Sequence[Range], units: int) -> list[tuple[Range | None, Decimal]]:
    found: list[tuple[Range | None, Decimal]] = []
    for begin, end in free:
        size = min(units, end - begin + 1)
        if size:
            found.append(((begin, begin + size - 1), Decimal(size)))
        units -= size
    return found


def _serials_taken(session: Session, batch_id: str) -> list[Range]:
    wanted = select(Lot.serial_from, Lot.serial_to).where(
        Lot.batch_id == batch_id, Lot.state.in_(COUNTED), Lot.serial_from.is_not(None)
    )
    return [(first, last) for first, last in session.execute(wanted) if first and last]


def _add(
    session: Session, batch_id: str, state: str, tonnes: Decimal, serials: Range | None,
    pledge_id: str | None, purpose: str = "",
) -> Lot:  # fmt: skip
    number = session.scalar(select(func.max(Lot.lot_id))) or 0
    first, last = serials or (None, None)
    lot = Lot(
        lot_id=number + 1, batch_id=batch_id, pledge_id=pledge_id, state=state, tonnes=tonnes,
        serial_from=first, serial_to=last, purpose=purpose,
    )  # fmt: skip
    session.add(lot)
    session.flush()
    return lot


def _range(of: Part | Lot) -> Range | None:
    if of.serial_from is None or of.serial_to is None:
        return None
    return of.serial_from, of.serial_to


def _within(batch: Batch, pledge: Pledge, part: Part) -> None:
    if pledge.vintage_from <= batch.vintage_from and batch.vintage_to <= pledge.vintage_to:
        return
    problem = Text(
        f"批次 {part.batch_id} 的年份 [{batch.vintage_from}, {batch.vintage_to}) 不在质押年份 "
        f"[{pledge.vintage_from}, {pledge.vintage_to}) 之内。",
        f"the years of batch {part.batch_id}, [{batch.vintage_from}, {batch.vintage_to}), are not "
        f"within those pledged, [{pledge.vintage_from}, {pledge.vintage_to}).",
    )
    raise RegistryError(where=pledge.pledge_id, problem=problem)


def _of_other_parcel(batch: Batch, pledge: Pledge) -> AgainstRecord:
    problem = Text(
        f"批次 {batch.batch_id} 属于宗地 {batch.parcel_id}，不在质押的宗地之内。",
        f"batch {batch.batch_id} is of parcel {batch.parcel_id}, which is not among those pledged.",
    )
    return AgainstRecord(where=pledge.pledge_id, problem=problem)


def _serials_not_free(batch_id: str, wanted: Range) -> AgainstRecord:
    problem = Text(
        f"序列号 {wanted[0]}–{wanted[1]} 不可用：已质押、出售、注销、进入缓冲，或不属于该批次。",
        f"serials {wanted[0]} to {wanted[1]} are not free: pledged, sold, retired, in the buffer, "
        "or not of this batch.",
    )
    return AgainstRecord(where=batch_id, problem=problem)


NOT_ISSUED = Text("该批次尚未签发，没有序列号。", "the batch is not issued and has no serials yet.")
ISSUED = Text("该批次已签发，不能再次签发。", "the batch was issued before; it cannot be again.")
BUFFER_TOO_LARGE = Text("缓冲多于签发量。", "the buffer is larger than the issuance.")
WHOLE_UNITS = Text(
    "已签发的批次以整吨（一个序列号一吨）计。", "of an issued batch only whole tonnes can be taken."
)
