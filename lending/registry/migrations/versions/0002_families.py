"""Pledges of one family do not conflict: until now those of one loan. Answers to repeated requests.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from lending.registry.migrations.chain import link

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the family of each pledge, its loan, and the table of requests."""
    op.add_column("pledges", sa.Column("family", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "requests",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_requests_user_id")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_requests")),
    )
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT pledge_id, loan_id FROM pledges ORDER BY pledge_id"))
    rows = [["pledges", {"pledge_id": pledge, "family": loan}] for pledge, loan in found]
    connection.execute(sa.text("UPDATE pledges SET family = loan_id"))
    link(connection, "migrated", {"revision": revision}, rows)
