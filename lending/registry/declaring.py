"""Facts that a bank declares from its documents about a pledge, and what the registry itself knows.

A declaration is an event of the chain; of each fact the newest counts. Registering judges them by
the declared checks of `lending.conflicts`: what was not declared has not passed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.units import conversion
from lending.conflicts import Claim, Fact, Finding, bundled_rules
from lending.conflicts.declared import refuse_facts
from lending.registry.claims import active_claims, candidates, claims_of
from lending.registry.consenting import consenting_claims
from lending.registry.errors import NotAllowed, RegistryError
from lending.registry.finding import one, portions
from lending.registry.forms import DocumentForm, read_form
from lending.registry.lots import lots_of
from lending.registry.opening import Registry
from lending.registry.projects import in_own_projects
from lending.registry.roles import refuse_other_bank, refuse_same_person
from lending.registry.tables import (
    Batch,
    Event,
    Loan,
    ParcelVersion,
    Pledge,
    PledgeParcel,
    Policy,
    Project,
    User,
    Valuation,
)

__all__ = [
    "active_with_facts",
    "claims_with_facts",
    "compared",
    "declare",
    "declared_facts",
    "once_a_pledge",
    "refuse_unknown_names",
    "with_facts",
]

KIND = "declare"
HELD = frozenset({
    "account_number", "certificate_number", "checker", "loan_amount", "loan_end", "maker",
    "registration_end",
})  # fmt: skip
"""What the registry holds anyway, and nobody declares otherwise; an account is sealed there."""
SEARCH = frozenset({"register_search_clear", "register_search_date"})
"""A search of the register: what it found, and when. A new day alone would renew an old answer."""
CONSENT = "consent_of"
"""Given by the bank that has the earlier pledge, never declared by the one that wants it."""
AGREED = frozenset({"coowners_agree", "collective_vote", "carbon_split"})
"""What people outside the registry agreed to: a document says so, and two of the bank saw it."""
SEALED = "sealed"
A_DAY = timedelta(days=1)
"""It is tomorrow already somewhere east of the clock in UTC."""


def declare(
    registry: Registry, user: User, pledge_id: str, facts: Mapping[str, Fact], *,
    document: str = "",
) -> Event:  # fmt: skip
    """Declare facts from documents, by the names of lending/claim_facts.csv.

    Parameters
    ----------
    document : str
        Which say so; needed where others agreed: co-owners, the collective, the grantor.

    Raises
    ------
    ClaimError
        If there is no such fact, or it is of another kind.
    RegistryError
        If there is none, the registry holds it itself, or a search is dated in the future or
        has only one of its day and its outcome; if others agreed and no document says so.
    NotAllowed
        If the pledge is another bank's; or a maker declares after the approval that others
        agreed, or the contrary of what was approved: no checker would have seen it.
    """
    with registry.reading() as session:
        mine = claims_of(session, one(session, Pledge, pledge_id).pledge_id)
    if not facts:
        raise RegistryError(where=pledge_id, problem=NOTHING)
    refuse_facts(replace(mine[0], claim_id=pledge_id, facts=facts), bundled_rules())
    if CONSENT in facts:
        raise RegistryError(where=pledge_id, problem=NOT_OURS)
    _refuse_held(pledge_id, facts)
    if len(SEARCH & facts.keys()) == 1:
        raise RegistryError(where=pledge_id, problem=HALF_A_SEARCH)
    texts = {name: value for name, value in facts.items() if isinstance(value, str)}
    form = read_form(DocumentForm, {"document": document, "texts": texts}, pledge_id)
    words, facts = form.document, {**facts, **form.texts}
    agreed = any(facts.get(name) is True for name in AGREED)
    if agreed and not words:
        raise RegistryError(where=pledge_id, problem=NO_DOCUMENT)
    with registry.acting(user, KIND, pledge_id) as act:
        pledge = one(act.session, Pledge, pledge_id)
        refuse_other_bank(user, pledge.organisation, pledge_id)
        if pledge.checker:
            _refuse_alone(act.session, user, pledge, facts, agreed=agreed)
        _refuse_future(pledge_id, facts, act.time.date())
        act.facts = {"declared": {name: _plain(value) for name, value in sorted(facts.items())}}
        if words:
            act.facts["document"] = words
    with registry.reading() as session:
        entry = _declarations(session, pledge_id)[-1]
        session.expunge(entry)
        return entry


def refuse_unknown_names(pledge_id: str, names: Iterable[str]) -> None:
    """Refuse names that are no facts to be declared.

    Raises
    ------
    UnknownNameError
        Names the nearest one.
    """
    known = [name for name, fact in bundled_rules().facts.items() if fact.kind != "own"]
    for name in names:
        if name not in known:
            raise UnknownNameError(
                where=pledge_id, name=name, kind=Text("事实", "fact"), hint=suggestion(name, known)
            )


def declared_facts(session: Session, pledge_id: str) -> dict[str, Fact]:
    """Return the facts that were declared of a pledge, each as declared last."""
    found: dict[str, Fact] = {}
    for entry in _declarations(session, pledge_id):
        found |= _facts_in(entry)
    return found


def claims_with_facts(session: Session, pledge_id: str) -> list[Claim]:
    """Return a pledge's claims with what is declared of it, and what the registry knows.

    What the registry knows counts before what is declared.
    """
    pledge = one(session, Pledge, pledge_id)
    declared = declared_facts(session, pledge_id)
    of_pledge = dict(_known_of_pledge(session, pledge))
    of_parcels = _known_of_parcels(session, pledge_id)
    return [
        replace(claim, facts=declared | of_pledge | of_parcels[claim.parcel_id])
        for claim in claims_of(session, pledge_id)
    ]


def active_with_facts(session: Session) -> list[Claim]:
    """Return all claims that bar others, with what is declared of their pledges: consents too."""
    return with_facts(session, active_claims(session))


def compared(session: Session, claims: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Return claims of others as a pledge's own are judged, and all that they may meet.

    Those that name no project are of the one their parcel is in; what they may meet are pledges,
    with what is declared of them, and projects on the ground.
    """
    placed = in_own_projects(session, claims)
    return placed, with_facts(session, candidates(session, placed))


def with_facts(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Return claims of pledges with what is declared of these, and who consented to them."""
    of = [claim.claim_id.split("/")[0] for claim in claims]
    found: dict[str, dict[str, Fact]] = {name: {} for name in of}
    for names in portions(list(found)):
        wanted = select(Event).where(Event.subject.in_(names), Event.kind == KIND)
        for entry in session.scalars(wanted.order_by(Event.seq)):
            found[entry.subject] |= _facts_in(entry)
        for name, earlier in consenting_claims(session, names).items():
            found[name][CONSENT] = earlier
    return [
        replace(claim, facts={**claim.facts, **found[name]})
        for claim, name in zip(claims, of, strict=True)
    ]


def once_a_pledge(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings, with those that say the same of many parcels of a pledge told once."""
    seen, kept = set(), []
    for finding in findings:
        if finding.other is None and finding.area_m2 is None:
            words = (finding.check, finding.what, finding.missing)
            if words in seen:
                continue
            seen.add(words)
        kept.append(finding)
    return kept


def _known_of_pledge(session: Session, pledge: Pledge) -> Iterator[tuple[str, Fact]]:
    loan = one(session, Loan, pledge.loan_id)
    yield "loan_end", loan.ends
    yield "loan_amount", pledge.secured_amount
    yield "maker", pledge.maker
    if pledge.checker:
        yield "checker", pledge.checker
    yield from _consents(session, pledge.pledge_id)
    if pledge.account is not None:
        yield "account_number", SEALED
    if pledge.registration_ends:
        yield "registration_end", pledge.registration_ends
    ends = session.scalars(
        select(Project.crediting_to)
        .join(Batch, Batch.project_id == Project.project_id)
        .where(Batch.batch_id.in_({lot.batch_id for lot in lots_of(session, pledge.pledge_id)}))
    ).all()
    if ends:
        yield "crediting_end", min(ends)
    digest = session.scalar(
        select(Valuation.digest)
        .where(Valuation.pledge_id == pledge.pledge_id)
        .order_by(Valuation.basis_date.desc(), Valuation.recorded_at.desc())
        .limit(1)
    )
    if digest:
        yield "inputs_hash", digest
    policy = session.scalars(
        select(Policy)
        .where(Policy.pledge_id == pledge.pledge_id)
        .order_by(Policy.valid_to.desc(), Policy.policy_id)
        .limit(1)
    ).first()
    if policy is not None:
        yield "insurance_end", policy.valid_to
        yield "insured_perils", policy.perils


def _consents(session: Session, pledge_id: str) -> Iterator[tuple[str, Fact]]:
    earlier = consenting_claims(session, {pledge_id}).get(pledge_id)
    if earlier:
        yield CONSENT, earlier


def _known_of_parcels(session: Session, pledge_id: str) -> dict[str, dict[str, Fact]]:
    rows = session.scalars(
        select(ParcelVersion).join(PledgeParcel).where(PledgeParcel.pledge_id == pledge_id)
    )
    return {row.parcel_id: dict(_known_of_parcel(row)) for row in rows}


def _known_of_parcel(row: ParcelVersion) -> Iterator[tuple[str, Fact]]:
    yield "certificate_number", row.certificate
    if row.certificate_area_ha is not None:
        to_mu, _ = conversion("ha", "mu_land")
        yield "certificate_area", Decimal(str(row.certificate_area_ha)) * Decimal(str(to_mu))
    if row.tenure_to is not None:
        yield "tenure_end", row.tenure_to


def _declarations(session: Session, pledge_id: str) -> Sequence[Event]:
    wanted = select(Event).where(Event.subject == pledge_id, Event.kind == KIND)
    return session.scalars(wanted.order_by(Event.seq)).all()


def _facts_in(entry: Event) -> dict[str, Fact]:
    """Return the facts of one declaration; those of a newer toolkit may be unknown here.

    A consent that an older toolkit let a bank declare for another counts no more.
    """
    known, given = bundled_rules().facts, json.loads(entry.data)["facts"]["declared"]
    counted = known.keys() - {CONSENT}
    return {name: _read(known[name].kind, v) for name, v in given.items() if name in counted}


def _refuse_held(pledge_id: str, facts: Mapping[str, Fact]) -> None:
    held = sorted(HELD & facts.keys())
    if held:
        titles = [bundled_rules().facts[name].title for name in held]
        raise RegistryError(where=pledge_id, problem=Text(
            f"登记库自己掌握，不能另行声明：{'、'.join(t.zh for t in titles)}。",
            f"the registry holds this itself; it is not declared: "
            f"{', '.join(t.en for t in titles)}.",
        ))  # fmt: skip


def _refuse_alone(
    session: Session, user: User, pledge: Pledge, facts: Mapping[str, Fact], *, agreed: bool
) -> None:
    """Refuse that a maker, who may register too, changes what a checker has approved."""
    if agreed:
        refuse_same_person(user, pledge.maker, pledge.pledge_id)
    if user.role != "bank_maker":
        return
    before = declared_facts(session, pledge.pledge_id)
    changed = {name for name, value in facts.items() if before.get(name, value) != value}
    alone = {
        name for name in (changed - SEARCH) | (AGREED & facts.keys())
        if (name, facts[name]) not in _adverse()
    }  # fmt: skip
    if alone:
        titles = [bundled_rules().facts[name].title for name in sorted(alone)]
        raise NotAllowed(user=user.user_id, problem=Text(
            f"{pledge.pledge_id} 已审批，以下事实须由复核人员声明："
            f"{'、'.join(t.zh for t in titles)}。",
            f"{pledge.pledge_id} is approved; these facts are declared by a checker from now on: "
            f"{', '.join(t.en for t in titles)}.",
        ))  # fmt: skip


@cache
def _adverse() -> frozenset[tuple[str, Fact]]:
    """Return the answers that speak against a pledge: these anybody may give at any time."""
    asked = [check for check in bundled_rules().declared if check.relation in {"yes", "no"}]
    against = {(check.fact, check.relation == "no") for check in asked}
    return frozenset(against | {(name, False) for name in AGREED})


def _refuse_future(pledge_id: str, facts: Mapping[str, Fact], today: date) -> None:
    day = facts.get("register_search_date")
    if isinstance(day, date) and day > today + A_DAY:
        raise RegistryError(where=pledge_id, problem=Text(
            f"查询日 {day} 晚于今天（{today}）。",
            f"the search is dated {day}, after today ({today}).",
        ))  # fmt: skip


def _plain(value: Fact) -> object:
    """Return a fact as the chain holds it: dates and numbers as text."""
    if isinstance(value, bool | str):
        return value
    return list(value) if isinstance(value, tuple) else str(value)


def _read(kind: str, value: object) -> Fact:
    if kind == "date":
        return date.fromisoformat(str(value))
    if kind == "number":
        return Decimal(str(value))
    if kind == "names" and isinstance(value, list):
        return tuple(str(name) for name in value)
    return value if isinstance(value, bool) else str(value)


HALF_A_SEARCH = Text(
    "中登网查询的日期与结果须一并声明（register_search_date、register_search_clear）。",
    "declare the day and the outcome of a search together (register_search_date, "
    "register_search_clear).",
)
NOT_OURS = Text(
    "在先质权人的同意不由申请人声明（consent_of），须由其所在银行的复核人员办理："
    "gep pledge consent 在先质押 --to 本申请。",
    "the consent of an earlier pledgee (consent_of) is not declared by who asks for it; a checker "
    "of that bank gives it: gep pledge consent EARLIER --to THIS.",
)
NO_DOCUMENT = Text(
    "共有人、集体或出质人的同意须写明依据的文件（document）。",
    "that co-owners, the collective or the grantor agreed needs the document that says so "
    "(document).",
)
NOTHING = Text("没有声明任何事实。", "no fact is declared.")
