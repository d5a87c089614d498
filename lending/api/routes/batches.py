"""Batches of tonnes, their issuance, and their lots."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lending.api.forms import BatchIn, IssueIn, SetAsideIn
from lending.api.paging import Page, cut
from lending.api.routes.names import Name, Pages, Wanted
from lending.api.views import BatchView, LotView
from lending.api.visit import At
from lending.registry import lots, records
from lending.registry.finding import one
from lending.registry.forms import Part
from lending.registry.tables import Batch, Lot

__all__ = [
    "get_batch", "issue_batch", "list_batch_lots", "list_batches", "record_batch", "set_aside",
]  # fmt: skip


def record_batch(at: At, form: BatchIn) -> BatchView:
    """Record a batch."""
    return BatchView.model_validate(records.record_batch(at.registry, at.user, form))


def list_batches(at: At, page: Pages, project: Wanted = None) -> Page[BatchView]:
    """List the batches, of one project if named."""
    wanted = select(Batch)
    if project is not None:
        wanted = wanted.where(Batch.project_id == project)
    with at.registry.reading() as session:
        rows, after = cut(session, wanted, Batch.batch_id, page)
        return Page(items=[BatchView.model_validate(row) for row in rows], next=after)


def get_batch(at: At, batch_id: Name) -> BatchView:
    """Show a batch with its tonnes by state."""
    with at.registry.reading() as session:
        return _with_counted(session, one(session, Batch, batch_id))


def issue_batch(at: At, batch_id: Name, form: IssueIn) -> BatchView:
    """Record the issuance of a batch."""
    batch = lots.issue_batch(at.registry, at.user, batch_id, form)
    with at.registry.reading() as session:
        return _with_counted(session, batch)


def list_batch_lots(at: At, batch_id: Name, page: Pages) -> Page[LotView]:
    """List the lots of a batch."""
    with at.registry.reading() as session:
        one(session, Batch, batch_id)
        wanted = select(Lot).where(Lot.batch_id == batch_id)
        rows, after = cut(session, wanted, Lot.lot_id, page)
        return Page(items=[LotView.model_validate(row) for row in rows], next=after)


def set_aside(at: At, batch_id: Name, form: SetAsideIn) -> LotView:
    """Record that free tonnes were sold, retired or moved to the buffer."""
    measure = form.model_dump(include={"tonnes", "serial_from", "serial_to"})
    part = Part(batch_id=batch_id, **measure)
    lot = lots.set_aside(at.registry, at.user, part, state=form.state, purpose=form.purpose)
    return LotView.model_validate(lot)


def _with_counted(session: Session, batch: Batch) -> BatchView:
    view = BatchView.model_validate(batch)
    return view.model_copy(update={"counted": lots.counted_tonnes(session, batch.batch_id)})
