"""The audit: whether the chain is whole, its checkpoints hold, and the tables say what it says.

The first fault is named by its event. A chain that was forged from some event on, all digests
made anew, agrees with itself: checkpoints kept elsewhere show it, up to the last event that one
of them signs. What is read here is taken as it is stored: nothing in the database may stop the
audit from naming what is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text
from sqlalchemy.orm import Session

from data_catalog.text import Text
from lending.registry.checkpoints import Signed, holds, read_public_key
from lending.registry.database import as_stored
from lending.registry.journal import ORIGIN, hashed
from lending.registry.opening import Registry
from lending.registry.rederiving import Difference, Unreadable, differences, incomplete_tables
from lending.registry.standing import misplaced_guards

__all__ = ["AuditReport", "Fault", "audit", "audit_session"]


Entry = Mapping[str, Any]
"""An event as it is stored."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with an event, or with a row that an event wrote."""

    seq: int
    kind: str
    """missing | altered | misplaced | cut | forged | signature | row | table | guard"""
    text: Text


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """What an audit found; sound if there is no fault."""

    events: int
    head: str
    checkpoints: int
    """How many held."""
    outside: int
    """How many of them were kept outside the registry."""
    signed_to: int
    """The last event that one of them speaks for; later ones could be cut or written anew."""
    signatures: bool
    """Whether there was a public key to check their signatures with."""
    faults: tuple[Fault, ...]

    @property
    def fault(self) -> Fault | None:
        """The first fault by event."""
        return min(self.faults, key=lambda fault: fault.seq, default=None)


def audit(
    registry: Registry, *, public_key: Path | bytes | None = None,
    checkpoints: Iterable[Signed] = (),
) -> AuditReport:  # fmt: skip
    """Audit a registry.

    Parameters
    ----------
    public_key : Path or bytes, optional
        PEM; without it digests of checkpoints are compared, signatures are not.
    checkpoints : iterable of Signed
        Kept outside the registry: what was cut off or forged since is found by them.
    """
    key = read_public_key(public_key) if public_key is not None else None
    with registry.reading() as session:
        return audit_session(session, key, tuple(checkpoints))


def audit_session(
    session: Session, key: Ed25519PublicKey | None = None, outside: Sequence[Signed] = ()
) -> AuditReport:
    """Audit what a session sees."""
    if lacking := incomplete_tables(session):
        return _report([], [_fault(1, "table", name) for name in lacking], (), (), key)
    with as_stored(session):
        entries = [row._asdict() for row in session.execute(text(EVENTS))]
        inside = [Signed(**row._asdict()) for row in session.execute(text(CHECKPOINTS))]
        wrong = list(_checkpoint_faults([*inside, *outside], entries, key))
        faults = [*_chain_faults(entries), *(fault for fault, _ in wrong)]
        if not faults:
            faults = list(_row_faults(session, entries))
        faults += [
            _fault(len(entries), "guard", name) for name in misplaced_guards(session.connection())
        ]
    refuted = [one for _, one in wrong]
    held = [[one for one in some if one not in refuted] for some in (inside, outside)]
    return _report(entries, faults, held[0], held[1], key)


def _report(
    entries: Sequence[Entry], faults: Sequence[Fault], inside: Sequence[Signed],
    outside: Sequence[Signed], key: Ed25519PublicKey | None,
) -> AuditReport:  # fmt: skip
    held = {*inside, *outside}
    return AuditReport(
        events=len(entries), head=str(entries[-1]["digest"]) if entries else ORIGIN,
        checkpoints=len(held), outside=len(set(outside)),
        signed_to=max((one.seq for one in held), default=0), signatures=key is not None,
        faults=tuple(faults),
    )  # fmt: skip


def _chain_faults(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Yield the faults of the chain: after the first one the rest is not judged."""
    before, expected = ORIGIN, 1
    if not entries:
        yield _fault(1, "missing")
    for entry in entries:
        seq = entry["seq"]
        if seq != expected:
            yield _fault(min(expected, seq) if isinstance(seq, int) else expected, "missing")
            return
        if _digest(entry) != entry["digest"]:
            yield _fault(seq, "altered" if entry["previous"] == before else "misplaced")
            return
        if entry["previous"] != before:
            yield _fault(seq, "misplaced")
            return
        before, expected = entry["digest"], expected + 1


def _digest(entry: Entry) -> str | None:
    """Return the digest of an event as it is stored; None of what no event can be."""
    try:
        return hashed({name: value for name, value in entry.items() if name != "digest"})
    except (TypeError, ValueError):
        return None


def _checkpoint_faults(
    signed: Sequence[Signed], entries: Sequence[Entry], key: Ed25519PublicKey | None
) -> Iterator[tuple[Fault, Signed]]:
    digests = {entry["seq"]: entry["digest"] for entry in entries}
    for one in signed:
        if key is not None and not holds(one, key):
            yield _fault(one.seq, "signature"), one
        elif one.seq not in digests:
            yield _fault(one.seq, "cut"), one
        elif digests[one.seq] != one.digest:
            yield _fault(one.seq, "forged"), one


def _row_faults(session: Session, entries: Sequence[Entry]) -> Iterator[Fault]:
    """Yield the rows that are not what the events say."""
    try:
        for found in differences(session, entries):
            yield _row_fault(found, len(entries))
    except Unreadable as error:
        yield _fault(error.seq, "altered")


def _fault(seq: int, kind: str, name: str = "") -> Fault:
    facts, words = {"seq": seq, "name": name}, KINDS[kind]
    return Fault(seq=seq, kind=kind, text=Text(words.zh.format(**facts), words.en.format(**facts)))


def _row_fault(found: Difference, last: int) -> Fault:
    """Return the fault of a row, at its event; at the last one if there is none."""
    words = ROW_CHANGED if found.columns else ROW_ADDED if found.seq is None else ROW_GONE
    facts = {"row": found.row, "seq": found.seq, "columns": ", ".join(found.columns)}
    seq = last if found.seq is None else found.seq
    return Fault(seq=seq, kind="row", text=Text(words.zh.format(**facts), words.en.format(**facts)))


EVENTS = "SELECT seq, time, kind, actor, subject, data, previous, digest FROM events ORDER BY seq"
CHECKPOINTS = "SELECT seq, digest, signature FROM checkpoints ORDER BY seq"
KINDS = {
    "missing": Text("事件 {seq} 缺失。", "event {seq} is missing."),
    "altered": Text("事件 {seq} 被改动。", "event {seq} was altered."),
    "misplaced": Text(
        "事件 {seq} 与前一事件不衔接：被插入、换位，或前面的事件被删去。",
        "event {seq} does not follow the one before it: inserted, reordered, or one before it "
        "removed.",
    ),
    "cut": Text("检查点签署过的事件 {seq} 已不存在。", "event {seq}, once signed, is gone."),
    "forged": Text(
        "事件 {seq} 与签署的检查点不符：此前某处被重写。",
        "event {seq} is not what was signed: the chain was written anew at or before it.",
    ),
    "signature": Text(
        "事件 {seq} 的检查点签名无效。",
        "the signature of the checkpoint at event {seq} is not valid.",
    ),
    "table": Text(
        "表 {name} 不见了、被换成视图或缺少列。",
        "the table {name} is gone, no table any more, or lacks a column.",
    ),
    "guard": Text(
        "触发器 {name} 被拆除、停用、改动，或不属于登记库；此后的写入不受保护。",
        "the trigger {name} was taken down, disabled or changed, or is none of the registry; what "
        "was written since was not guarded.",
    ),
}
ROW_CHANGED = Text(
    "{row} 与事件 {seq} 所记不同：{columns}。",
    "{row} is not what event {seq} says: {columns}.",
)
ROW_ADDED = Text("{row} 没有事件记载。", "{row}: no event wrote it.")
ROW_GONE = Text("{row} 不见了；由事件 {seq} 写入。", "{row} is gone; event {seq} wrote it.")
