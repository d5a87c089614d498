"""Guards of the revisions behind 0003, each frozen with its own."""

from lending.registry.migrations.guards import Guard
from lending.registry.migrations.second_guards import differ, rewritten

__all__ = ["INSTRUMENT_STAYS", "WITHOUT_INSTRUMENT"]

WITHOUT_INSTRUMENT = (Guard("pledge_stays", "pledges", "UPDATE"),)
"""The guard that knew no instrument, replaced by revision 0004."""
INSTRUMENT_STAYS = (
    Guard("pledge_stays", "pledges", "UPDATE", " OR ".join((
        differ("loan_id", "right_code", "right_id", "organisation", "vintage_from", "vintage_to",
               "programme", "secured_amount", "account", "maker", "applied_at", "family",
               "instrument"),
        rewritten("tonnes", "checker", "registration_ends", "cancelled_at"),
    ))),
)  # fmt: skip
"""Revision 0004: the permit or policy that is pledged stays too."""
