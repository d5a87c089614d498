"""The first schema.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from lending.registry.migrations.chain import link
from lending.registry.migrations.guards import FIRST, put_up, refuse_emptying

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables and their guards, and the first event of the chain."""
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.String(27), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("digest", name=op.f("uq_events_digest")),
        sa.UniqueConstraint("previous", name=op.f("uq_events_previous")),
    )
    op.create_index(op.f("ix_events_subject"), "events", ["subject"], unique=False)
    op.create_table(
        "parcels",
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("parcel_id", name=op.f("pk_parcels")),
    )
    op.create_table(
        "projects",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("methodology", sa.Text(), nullable=False),
        sa.Column("crediting_from", sa.Date(), nullable=False),
        sa.Column("crediting_to", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("crediting_from < crediting_to", name=op.f("ck_projects_crediting")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_projects")),
    )
    op.create_table(
        "subjects",
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_subjects")),
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.CheckConstraint(
            "role IN ('bank_maker', 'bank_checker', 'forestry', 'auditor')",
            name=op.f("ck_users_role"),
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
    )
    op.create_table(
        "batches",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("vintage_from", sa.Date(), nullable=False),
        sa.Column("vintage_to", sa.Date(), nullable=False),
        sa.Column("tonnes", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.BigInteger(), nullable=True),
        sa.Column("serial_from", sa.BigInteger(), nullable=True),
        sa.Column("serial_to", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'issued') = (serial_from IS NOT NULL AND serial_to IS NOT NULL)",
            name=op.f("ck_batches_serials"),
        ),
        sa.CheckConstraint(
            "kind IN ('ex_ante', 'monitored', 'issued')", name=op.f("ck_batches_kind")
        ),
        sa.CheckConstraint(
            "serial_from IS NULL OR tonnes = 1000 * (serial_to - serial_from + 1)",
            name=op.f("ck_batches_units"),
        ),
        sa.CheckConstraint("tonnes >= 0", name=op.f("ck_batches_tonnes")),
        sa.CheckConstraint("vintage_from < vintage_to", name=op.f("ck_batches_vintage")),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.parcel_id"], name=op.f("fk_batches_parcel_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.project_id"], name=op.f("fk_batches_project_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batches")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["events.seq"], name=op.f("fk_checkpoints_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "loans",
        sa.Column("loan_id", sa.Text(), nullable=False),
        sa.Column("borrower", sa.Text(), nullable=True),
        sa.Column("lender", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("other_security", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.String(27), nullable=True),
        sa.Column("repaid_at", sa.String(27), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_loans_amount")),
        sa.CheckConstraint(
            "repaid_at IS NULL OR drawn_at IS NOT NULL", name=op.f("ck_loans_repaid")
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_loans_term")),
        sa.ForeignKeyConstraint(
            ["borrower"], ["subjects.subject_id"], name=op.f("fk_loans_borrower")
        ),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_loans")),
    )
    op.create_table(
        "parcel_versions",
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.Column("crs", sa.Text(), nullable=False),
        sa.Column("west", sa.Float(precision=53), nullable=False),
        sa.Column("south", sa.Float(precision=53), nullable=False),
        sa.Column("east", sa.Float(precision=53), nullable=False),
        sa.Column("north", sa.Float(precision=53), nullable=False),
        sa.Column("width", sa.Float(precision=53), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("certificate_area_ha", sa.Float(precision=53), nullable=True),
        sa.Column("tenure_from", sa.Date(), nullable=True),
        sa.Column("tenure_to", sa.Date(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder"], ["subjects.subject_id"], name=op.f("fk_parcel_versions_holder")
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.parcel_id"], name=op.f("fk_parcel_versions_parcel_id")
        ),
        sa.PrimaryKeyConstraint("parcel_id", "version", name=op.f("pk_parcel_versions")),
    )
    op.create_index("ix_parcel_versions_bounds", "parcel_versions", ["west", "east"], unique=False)
    op.create_index(op.f("ix_parcel_versions_width"), "parcel_versions", ["width"], unique=False)
    op.create_table(
        "rights",
        sa.Column("right_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_rights_valid")),
        sa.ForeignKeyConstraint(["holder"], ["subjects.subject_id"], name=op.f("fk_rights_holder")),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.parcel_id"], name=op.f("fk_rights_parcel_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.project_id"], name=op.f("fk_rights_project_id")
        ),
        sa.PrimaryKeyConstraint("right_id", name=op.f("pk_rights")),
    )
    op.create_table(
        "sealed_fields",
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.subject_id"], name=op.f("fk_sealed_fields_subject_id")
        ),
        sa.PrimaryKeyConstraint("subject_id", "field", "version", name=op.f("pk_sealed_fields")),
    )
    op.create_table(
        "subject_keys",
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.subject_id"], name=op.f("fk_subject_keys_subject_id")
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_subject_keys")),
    )
    op.create_table(
        "tokens",
        sa.Column("token_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("revoked_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_tokens_user_id")),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    op.create_table(
        "pledges",
        sa.Column("pledge_id", sa.Text(), nullable=False),
        sa.Column("loan_id", sa.Text(), nullable=False),
        sa.Column("right_code", sa.Text(), nullable=False),
        sa.Column("right_id", sa.Text(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("vintage_from", sa.Date(), nullable=False),
        sa.Column("vintage_to", sa.Date(), nullable=False),
        sa.Column("tonnes", sa.BigInteger(), nullable=True),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("secured_amount", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=True),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("registered_at", sa.String(27), nullable=True),
        sa.Column("registration_ends", sa.Date(), nullable=True),
        sa.Column("cancelled_at", sa.String(27), nullable=True),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("checker", sa.Text(), nullable=True),
        sa.Column("applied_at", sa.String(27), nullable=False),
        sa.CheckConstraint(
            "(state = 'released') = (cancelled_at IS NOT NULL)", name=op.f("ck_pledges_cancelled")
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'screened', 'due_diligence', 'approved', 'signed', 'withdrawn') "
            "OR (registration_number IS NOT NULL AND registered_at IS NOT NULL)",
            name=op.f("ck_pledges_registered"),
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'screened', 'due_diligence', 'withdrawn') OR checker IS NOT NULL",
            name=op.f("ck_pledges_approved"),
        ),
        sa.CheckConstraint(
            "checker IS NULL OR checker <> maker", name=op.f("ck_pledges_two_persons")
        ),
        sa.CheckConstraint("vintage_from < vintage_to", name=op.f("ck_pledges_vintage")),
        sa.ForeignKeyConstraint(["checker"], ["users.user_id"], name=op.f("fk_pledges_checker")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.loan_id"], name=op.f("fk_pledges_loan_id")),
        sa.ForeignKeyConstraint(["maker"], ["users.user_id"], name=op.f("fk_pledges_maker")),
        sa.ForeignKeyConstraint(
            ["right_id"], ["rights.right_id"], name=op.f("fk_pledges_right_id")
        ),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_pledges")),
        sa.UniqueConstraint("registration_number", name=op.f("uq_pledges_registration_number")),
    )
    op.create_index(op.f("ix_pledges_loan_id"), "pledges", ["loan_id"], unique=False)
    op.create_index(op.f("ix_pledges_state"), "pledges", ["state"], unique=False)
    op.create_table(
        "lots",
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("pledge_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tonnes", sa.BigInteger(), nullable=False),
        sa.Column("serial_from", sa.BigInteger(), nullable=True),
        sa.Column("serial_to", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reserved', 'pledged', 'released', 'sold', 'retired', 'buffer')",
            name=op.f("ck_lots_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('reserved', 'pledged') OR pledge_id IS NOT NULL",
            name=op.f("ck_lots_pledgor"),
        ),
        sa.CheckConstraint(
            "(serial_from IS NULL) = (serial_to IS NULL) AND "
            "(serial_from IS NULL OR tonnes = 1000 * (serial_to - serial_from + 1))",
            name=op.f("ck_lots_units"),
        ),
        sa.CheckConstraint("tonnes > 0", name=op.f("ck_lots_tonnes")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.batch_id"], name=op.f("fk_lots_batch_id")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledges.pledge_id"], name=op.f("fk_lots_pledge_id")
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lots")),
    )
    op.create_index(op.f("ix_lots_batch_id"), "lots", ["batch_id"], unique=False)
    op.create_index(op.f("ix_lots_pledge_id"), "lots", ["pledge_id"], unique=False)
    op.create_table(
        "pledge_parcels",
        sa.Column("pledge_id", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id", "version"],
            ["parcel_versions.parcel_id", "parcel_versions.version"],
            name=op.f("fk_pledge_parcels_parcel_id"),
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledges.pledge_id"], name=op.f("fk_pledge_parcels_pledge_id")
        ),
        sa.PrimaryKeyConstraint("pledge_id", "parcel_id", name=op.f("pk_pledge_parcels")),
    )
    op.create_index(
        op.f("ix_pledge_parcels_parcel_id"), "pledge_parcels", ["parcel_id"], unique=False
    )
    op.create_table(
        "policies",
        sa.Column("policy_id", sa.Text(), nullable=False),
        sa.Column("pledge_id", sa.Text(), nullable=False),
        sa.Column("insurer", sa.Text(), nullable=False),
        sa.Column("perils", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("sum_insured", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_policies_valid")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledges.pledge_id"], name=op.f("fk_policies_pledge_id")
        ),
        sa.PrimaryKeyConstraint("policy_id", name=op.f("pk_policies")),
    )
    op.create_index(op.f("ix_policies_pledge_id"), "policies", ["pledge_id"], unique=False)
    op.create_table(
        "valuations",
        sa.Column("valuation_id", sa.Text(), nullable=False),
        sa.Column("pledge_id", sa.Text(), nullable=True),
        sa.Column("basis_date", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledges.pledge_id"], name=op.f("fk_valuations_pledge_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["valuations.valuation_id"], name=op.f("fk_valuations_supersedes")
        ),
        sa.PrimaryKeyConstraint("valuation_id", name=op.f("pk_valuations")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_valuations_supersedes")),
    )
    op.create_index(op.f("ix_valuations_pledge_id"), "valuations", ["pledge_id"], unique=False)
    put_up(op.get_bind(), FIRST)
    refuse_emptying(op.get_bind())
    link(op.get_bind(), "created", {"revision": revision}, [])
