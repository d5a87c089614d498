"""Water rights and insurance claims are pledged by the number of their permit or policy.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from lending.registry.migrations.chain import link
from lending.registry.migrations.guards import put_up, take_down
from lending.registry.migrations.later_guards import INSTRUMENT_STAYS, WITHOUT_INSTRUMENT

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the instrument of each pledge, none until now, and let it stay as it is."""
    op.add_column("pledges", sa.Column("instrument", sa.Text(), server_default="", nullable=False))
    op.create_index(op.f("ix_pledges_instrument"), "pledges", ["instrument"])
    connection = op.get_bind()
    take_down(connection, WITHOUT_INSTRUMENT)
    put_up(connection, INSTRUMENT_STAYS)
    found = connection.execute(sa.text("SELECT pledge_id FROM pledges ORDER BY pledge_id"))
    rows = [["pledges", {"pledge_id": pledge, "instrument": ""}] for (pledge,) in found]
    link(connection, "migrated", {"revision": revision}, rows)
