"""The audit: whether the chain is whole, its checkpoints hold, and the tables say what it says.

The first fault is named by its event. A chain that was forged from some event on, all digests
made anew, agrees with itself: checkpoints kept elsewhere show it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog.text import Text
from lending.registry.checkpoints import Signed, holds, read_public_key
from lending.registry.journal import ORIGIN, Image, digest_of, image, key_of
from lending.registry.opening import Registry
from lending.registry.tables import Checkpoint, Event, Request, Row

__all__ = ["AuditReport", "Fault", "audit", "audit_session"]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with an event, or with a row that an event wrote."""

    seq: int
    kind: str
    """missing | altered | misplaced | cut | forged | signature | row"""
    text: Text


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """What an audit found; sound if there is no fault."""

    events: int
    head: str
    checkpoints: int
    """How many held."""
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
    entries = list(session.scalars(select(Event).order_by(Event.seq)))
    inside = [
        Signed(seq=c.seq, digest=c.digest, signature=c.signature)
        for c in session.scalars(select(Checkpoint).order_by(Checkpoint.seq))
    ]
    signed = [*inside, *outside]
    of_checkpoints = list(_checkpoint_faults(signed, entries, key))
    faults = [*_chain_faults(entries), *of_checkpoints]
    if not faults:
        faults = list(_row_faults(session, entries))
    return AuditReport(
        events=len(entries), head=entries[-1].digest if entries else ORIGIN,
        checkpoints=len(signed) - len(of_checkpoints), signatures=key is not None,
        faults=tuple(faults),
    )  # fmt: skip


def _chain_faults(entries: Sequence[Event]) -> Iterator[Fault]:
    """Yield the faults of the chain: after the first one the rest is not judged."""
    before, expected = ORIGIN, 1
    if not entries:
        yield _fault(1, "missing")
    for entry in entries:
        if entry.seq != expected:
            yield _fault(min(expected, entry.seq), "missing")
            return
        if digest_of(entry) != entry.digest:
            yield _fault(entry.seq, "altered" if entry.previous == before else "misplaced")
            return
        if entry.previous != before:
            yield _fault(entry.seq, "misplaced")
            return
        before, expected = entry.digest, expected + 1


def _checkpoint_faults(
    signed: Sequence[Signed], entries: Sequence[Event], key: Ed25519PublicKey | None
) -> Iterator[Fault]:
    digests = {entry.seq: entry.digest for entry in entries}
    for one in signed:
        if key is not None and not holds(one, key):
            yield _fault(one.seq, "signature")
        elif one.seq not in digests:
            yield _fault(one.seq, "cut")
        elif digests[one.seq] != one.digest:
            yield _fault(one.seq, "forged")


def _row_faults(session: Session, entries: Sequence[Event]) -> Iterator[Fault]:
    """Yield the rows that are not what the events say."""
    wanted: dict[tuple[str, str], Image] = {}
    by: dict[tuple[str, str], int] = {}
    keys = _primary_keys()
    for entry in entries:
        for table, columns in json.loads(entry.data)["rows"]:
            name = table, _key([columns[column] for column in keys[table]])
            wanted[name] = wanted.get(name, {}) | columns
            by[name] = entry.seq
    for mapper in Row.registry.mappers:
        if mapper.class_ in {Event, Request}:
            continue
        for row in session.scalars(select(mapper.class_)):
            name = row.__tablename__, key_of(row)
            said, found = wanted.pop(name, None), image(row)
            if said is None:
                yield _row_fault(len(entries), name, ROW_ADDED)
            elif differing := [k for k, value in said.items() if found.get(k) != value]:
                yield _row_fault(by[name], name, ROW_CHANGED, ", ".join(differing))
    for name in wanted:
        yield _row_fault(by[name], name, ROW_GONE)


def _primary_keys() -> dict[str, list[str]]:
    return {
        mapper.class_.__tablename__: [str(column.key) for column in mapper.primary_key]
        for mapper in Row.registry.mappers
    }


def _key(values: Sequence[object]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _fault(seq: int, kind: str) -> Fault:
    words = KINDS[kind]
    return Fault(seq=seq, kind=kind, text=Text(words.zh.format(seq=seq), words.en.format(seq=seq)))


def _row_fault(seq: int, name: tuple[str, str], words: Text, columns: str = "") -> Fault:
    facts = {"row": f"{name[0]} {name[1]}", "seq": seq, "columns": columns}
    return Fault(seq=seq, kind="row", text=Text(words.zh.format(**facts), words.en.format(**facts)))


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
}
ROW_CHANGED = Text(
    "{row} 的 {columns} 与事件 {seq} 所记不同。",
    "{row}: {columns} differ from what event {seq} says.",
)
ROW_ADDED = Text("{row} 没有事件记载。", "{row}: no event wrote it.")
ROW_GONE = Text("{row} 不见了；由事件 {seq} 写入。", "{row} is gone; event {seq} wrote it.")
