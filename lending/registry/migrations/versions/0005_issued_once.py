"""A serial is of one batch of its project, also by SQL.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

from lending.registry.migrations.chain import link
from lending.registry.migrations.guards import put_up
from lending.registry.migrations.later_guards import ISSUED_ONCE

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Put up the guards."""
    put_up(op.get_bind(), ISSUED_ONCE)
    link(op.get_bind(), "migrated", {"revision": revision}, [])
