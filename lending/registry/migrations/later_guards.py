"""Guards of the revisions behind 0003, each frozen with its own."""

from lending.registry.migrations.guards import Guard
from lending.registry.migrations.second_guards import differ, rewritten

__all__ = ["INSTRUMENT_STAYS", "ISSUED_ONCE", "WITHOUT_INSTRUMENT"]

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

ISSUED_BEFORE = """NEW.serial_from IS NOT NULL AND EXISTS (
    SELECT 1 FROM batches WHERE project_id = NEW.project_id AND batch_id <> NEW.batch_id
    AND serial_from <= NEW.serial_to AND NEW.serial_from <= serial_to)"""
ISSUED_ONCE = tuple(
    Guard(f"issued_before_{occasion.lower()}", "batches", occasion, ISSUED_BEFORE)
    for occasion in ("INSERT", "UPDATE")
)
"""Revision 0005: a serial is of one batch of its project."""
