"""Collateral values: computed under a bank's policy, kept as they were, computed again."""

import json
from decimal import Decimal

from pydantic import BaseModel

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from lending.api.forms import ValuationIn
from lending.api.paging import Page, cut
from lending.api.routes.names import Name, Pages, Wanted
from lending.api.views import ValuationView
from lending.api.visit import At
from lending.policy import Policy
from lending.registry import records
from lending.registry.forms import ValuationForm
from lending.registry.own import seen, visible
from lending.registry.tables import Pledge
from lending.registry.tables import Valuation as Kept
from lending.valuation.result import Inputs, Valuation
from lending.valuation.value import inputs_of, value

__all__ = ["get_valuation", "list_valuations", "recompute_valuation", "record_valuation"]


class Recomputed(BaseModel):
    """A value computed again from its own file; `same` if every result is as kept."""

    valuation_id: str
    same: bool
    value: Decimal
    lending_value: Decimal
    max_loan: Decimal
    software: str


def record_valuation(at: At, form: ValuationIn) -> ValuationView:
    """Compute a value and keep its file."""
    with at.registry.reading() as session:
        if form.pledge_id is not None:
            seen(session, at.user, Pledge, form.pledge_id)
        if form.supersedes is not None:
            seen(session, at.user, Kept, form.supersedes)
    found = value(inputs_of(form.facts, _policy(at, form.policy), form.vintages))
    kept = ValuationForm(
        valuation_id=form.valuation_id, pledge_id=form.pledge_id, supersedes=form.supersedes,
        basis_date=form.facts.base_date, document=found.model_dump(mode="json"),
    )  # fmt: skip
    return ValuationView.of(records.record_valuation(at.registry, at.user, kept), whole=True)


def list_valuations(at: At, page: Pages, pledge: Wanted = None) -> Page[ValuationView]:
    """List the valuations without their files, of one pledge if named."""
    wanted = visible(at.user, Kept)
    if pledge is not None:
        wanted = wanted.where(Kept.pledge_id == pledge)
    with at.registry.reading() as session:
        rows, after = cut(session, wanted, Kept.valuation_id, page)
        return Page(items=[ValuationView.of(row, whole=False) for row in rows], next=after)


def get_valuation(at: At, valuation_id: Name) -> ValuationView:
    """Show a valuation with its file."""
    with at.registry.reading() as session:
        return ValuationView.of(seen(session, at.user, Kept, valuation_id), whole=True)


def recompute_valuation(at: At, valuation_id: Name) -> Recomputed:
    """Compute a kept valuation again."""
    with at.registry.reading() as session:
        document = json.loads(seen(session, at.user, Kept, valuation_id).document)
    before = Valuation.model_validate_json(json.dumps(document))
    again = value(Inputs.model_validate_json(json.dumps(document["inputs"])))
    results = again.results
    return Recomputed(
        valuation_id=valuation_id, same=again.results == before.results, value=results.value,
        lending_value=results.lending_value, max_loan=results.max_loan, software=again.software,
    )  # fmt: skip


def _policy(at: At, name: str) -> Policy:
    policies = at.desk.policies
    if name not in policies:
        hint = suggestion(name, policies)
        raise UnknownNameError(where="policy", name=name, kind=BANK_POLICY, hint=hint)
    return policies[name]


BANK_POLICY = Text("银行政策", "bank policy")
