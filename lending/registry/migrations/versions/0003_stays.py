"""What is agreed stays as it was, also by SQL: more guards.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

from lending.registry.migrations.chain import link
from lending.registry.migrations.guards import put_up, take_down
from lending.registry.migrations.second_guards import REPLACED, SECOND

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Put up the second guards, one of them in the place of a first."""
    take_down(op.get_bind(), REPLACED)
    put_up(op.get_bind(), SECOND)
    link(op.get_bind(), "migrated", {"revision": revision}, [])
