"""Loans and the insurance policies on what secures them."""

from lending.api.forms import LoanIn, PolicyIn
from lending.api.paging import Page, cut
from lending.api.routes.names import Name, Pages, Wanted
from lending.api.views import LoanView, PolicyView
from lending.api.visit import At
from lending.registry import records
from lending.registry.own import seen, visible
from lending.registry.tables import Loan, Pledge, Policy

__all__ = ["get_loan", "get_policy", "list_loans", "list_policies", "record_loan", "record_policy"]


def record_loan(at: At, form: LoanIn) -> LoanView:
    """Record a loan of the caller's bank."""
    return LoanView.model_validate(records.record_loan(at.registry, at.user, form))


def list_loans(at: At, page: Pages) -> Page[LoanView]:
    """List the loans."""
    with at.registry.reading() as session:
        rows, after = cut(session, visible(at.user, Loan), Loan.loan_id, page)
        return Page(items=[LoanView.model_validate(row) for row in rows], next=after)


def get_loan(at: At, loan_id: Name) -> LoanView:
    """Show a loan."""
    with at.registry.reading() as session:
        return LoanView.model_validate(seen(session, at.user, Loan, loan_id))


def record_policy(at: At, form: PolicyIn) -> PolicyView:
    """Record an insurance policy."""
    with at.registry.reading() as session:
        seen(session, at.user, Pledge, form.pledge_id)
    return PolicyView.model_validate(records.record_policy(at.registry, at.user, form))


def list_policies(at: At, page: Pages, pledge: Wanted = None) -> Page[PolicyView]:
    """List the insurance policies, of one pledge if named."""
    wanted = visible(at.user, Policy)
    if pledge is not None:
        wanted = wanted.where(Policy.pledge_id == pledge)
    with at.registry.reading() as session:
        rows, after = cut(session, wanted, Policy.policy_id, page)
        return Page(items=[PolicyView.model_validate(row) for row in rows], next=after)


def get_policy(at: At, policy_id: Name) -> PolicyView:
    """Show an insurance policy."""
    with at.registry.reading() as session:
        return PolicyView.model_validate(seen(session, at.user, Policy, policy_id))
