"""Batches and rights are found by their parcel.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

from lending.registry.migrations.chain import link

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the indices."""
    for table in ("batches", "rights"):
        op.create_index(op.f(f"ix_{table}_parcel_id"), table, ["parcel_id"])
    link(op.get_bind(), "migrated", {"revision": revision}, [])
