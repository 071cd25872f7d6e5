"""initial

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:

    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reader", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_at"), "access_log", ["at"], unique=False)
    op.create_table(
        "api_client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("scopes", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client")),
        sa.UniqueConstraint("name", name=op.f("uq_api_client_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_client_token_hash")),
    )
    op.create_table(
        "driver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("opted_out_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driver")),
        sa.UniqueConstraint("phone_hash", name=op.f("uq_driver_phone_hash")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("source_id", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=110), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_fact_source_source_id")),
    )
    op.create_index(op.f("ix_fact_subject_at"), "fact", ["subject", "at"], unique=False)
    op.create_table(
        "feed_span",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("first_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_span")),
    )
    op.create_index(op.f("ix_feed_span_network_last_at"), "feed_span", ["network", "last_at"], unique=False)
    op.create_table(
        "login",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("password", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("name", name=op.f("uq_login_name")),
    )
    op.create_table(
        "network",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("country_code", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("party_id", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("habits", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_network")),
    )
    op.create_table(
        "partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("our_token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("their_token", sa.Text(), nullable=True),
        sa.Column("their_versions_url", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=True),
        sa.Column("endpoints", sa.Text(), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("registered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_name")),
        sa.UniqueConstraint("our_token_hash", name=op.f("uq_partner_our_token_hash")),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("published_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "registry_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_version")),
    )
    op.create_table(
        "reject",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("place", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reject")),
        sa.UniqueConstraint("identity", name=op.f("uq_reject_identity")),
    )
    op.create_index(op.f("ix_reject_seen_at"), "reject", ["seen_at"], unique=False)
    op.create_index(op.f("ix_reject_source"), "reject", ["source"], unique=False)
    op.create_table(
        "sensor",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("watchdog_s", sa.Integer(), nullable=False),
        sa.Column("occupied", sa.Boolean(), nullable=True),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("last_seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("battery", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor")),
    )
    op.create_table(
        "stay",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=150), nullable=False),
        sa.Column("bay", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("arrived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("left_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("policy", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stay")),
    )
    op.create_index(op.f("ix_stay_bay_arrived_at"), "stay", ["bay", "arrived_at"], unique=False)
    op.create_table(
        "token",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_token")),
    )
    op.create_table(
        "violation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("bay", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("station", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("network", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "unplugged", "idle", "overstaying", name="kind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "watched",
                "warned",
                "running",
                "ended",
                "settled",
                "cleared",
                "waived",
                "disputed",
                "referred",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("policy", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("session", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("clock_started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("grace_ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("violated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("billable_s", sa.Integer(), nullable=False),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("tax_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_violation")),
        sa.UniqueConstraint("key", name=op.f("uq_violation_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_violation_public_id")),
    )
    op.create_index(op.f("ix_violation_bay"), "violation", ["bay"], unique=False)
    op.create_index(op.f("ix_violation_clock_started_at_id"), "violation", ["clock_started_at", "id"], unique=False)
    op.create_index(
        op.f("ix_violation_state_clock_started_at"), "violation", ["state", "clock_started_at"], unique=False
    )
    op.create_index(
        op.f("ix_violation_station_clock_started_at"), "violation", ["station", "clock_started_at"], unique=False
    )
    op.create_table(
        "driver_token",
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("driver", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["driver"], ["driver.id"], name=op.f("fk_driver_token_driver_driver")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_driver_token")),
    )
    op.create_index(op.f("ix_driver_token_driver"), "driver_token", ["driver"], unique=False)
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("violation", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("posted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["violation"], ["violation.key"], name=op.f("fk_entry_violation_violation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("violation", "number", name=op.f("uq_entry_violation_number")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("violation", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("driver", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "sent",
                "delivered",
                "failed",
                "unknown",
                "expired",
                name="delivery",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("not_after", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("next_try_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("claimed_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.ForeignKeyConstraint(["driver"], ["driver.id"], name=op.f("fk_message_driver_driver")),
        sa.ForeignKeyConstraint(["violation"], ["violation.key"], name=op.f("fk_message_violation_violation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("identity", name=op.f("uq_message_identity")),
    )
    op.create_index(op.f("ix_message_provider_id"), "message", ["provider_id"], unique=False)
    op.create_index(op.f("ix_message_state_next_try_at"), "message", ["state", "next_try_at"], unique=False)
    op.create_index(op.f("ix_message_violation"), "message", ["violation"], unique=False)
    op.create_table(
        "ocpi_object",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("network", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("object_id", sqlmodel.sql.sqltypes.AutoString(length=48), nullable=False),
        sa.Column("partner", sa.Integer(), nullable=False),
        sa.Column("last_updated", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partner"], ["partner.id"], name=op.f("fk_ocpi_object_partner_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocpi_object")),
        sa.UniqueConstraint("module", "network", "object_id", name=op.f("uq_ocpi_object_module_network_object_id")),
    )
    op.create_index(op.f("ix_ocpi_object_last_updated"), "ocpi_object", ["last_updated"], unique=False)
    op.create_table(
        "station",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("network", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("location_id", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("city", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("latitude", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("longitude", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["network"], ["network.key"], name=op.f("fk_station_network_network")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_station")),
    )
    op.create_index(op.f("ix_station_network"), "station", ["network"], unique=False)
    op.create_table(
        "violation_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("violation", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "watched",
                "warned",
                "running",
                "ended",
                "settled",
                "cleared",
                "waived",
                "disputed",
                "referred",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["violation"], ["violation.key"], name=op.f("fk_violation_step_violation_violation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_violation_step")),
    )
    op.create_index(op.f("ix_violation_step_violation"), "violation_step", ["violation"], unique=False)
    op.create_table(
        "bay",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("station", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("implicit", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.key"], name=op.f("fk_bay_station_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bay")),
    )
    op.create_index(op.f("ix_bay_station"), "bay", ["station"], unique=False)
    op.create_table(
        "evse",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("station", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(length=48), nullable=False),
        sa.Column("evse_id", sqlmodel.sql.sqltypes.AutoString(length=48), nullable=True),
        sa.Column("physical_reference", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("status_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.key"], name=op.f("fk_evse_station_station")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_evse")),
    )
    op.create_index(op.f("ix_evse_station"), "evse", ["station"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("account", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name=op.f("fk_posting_entry_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index(op.f("ix_posting_account"), "posting", ["account"], unique=False)
    op.create_index(op.f("ix_posting_entry"), "posting", ["entry"], unique=False)
    op.create_table(
        "bay_evse",
        sa.Column("bay", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("evse", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("home", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["bay"], ["bay.id"], name=op.f("fk_bay_evse_bay_bay")),
        sa.PrimaryKeyConstraint("bay", "evse", name=op.f("pk_bay_evse")),
    )
    op.create_index(op.f("ix_bay_evse_evse"), "bay_evse", ["evse"], unique=False)
    op.create_table(
        "bay_sensor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bay", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("sensor", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["bay"], ["bay.id"], name=op.f("fk_bay_sensor_bay_bay")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bay_sensor")),
    )
    op.create_index(op.f("ix_bay_sensor_bay"), "bay_sensor", ["bay"], unique=False)
    op.create_index(op.f("ix_bay_sensor_sensor"), "bay_sensor", ["sensor"], unique=False)
    op.create_table(
        "bay_state",
        sa.Column("bay", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("condition", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("assessed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["bay"], ["bay.id"], name=op.f("fk_bay_state_bay_bay")),
        sa.PrimaryKeyConstraint("bay", name=op.f("pk_bay_state")),
    )
    op.create_index(op.f("ix_bay_state_due_at"), "bay_state", ["due_at"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_bay_state_due_at"), table_name="bay_state")
    op.drop_table("bay_state")
    op.drop_index(op.f("ix_bay_sensor_sensor"), table_name="bay_sensor")
    op.drop_index(op.f("ix_bay_sensor_bay"), table_name="bay_sensor")
    op.drop_table("bay_sensor")
    op.drop_index(op.f("ix_bay_evse_evse"), table_name="bay_evse")
    op.drop_table("bay_evse")
    op.drop_index(op.f("ix_posting_entry"), table_name="posting")
    op.drop_index(op.f("ix_posting_account"), table_name="posting")
    op.drop_table("posting")
    op.drop_index(op.f("ix_evse_station"), table_name="evse")
    op.drop_table("evse")
    op.drop_index(op.f("ix_bay_station"), table_name="bay")
    op.drop_table("bay")
    op.drop_index(op.f("ix_violation_step_violation"), table_name="violation_step")
    op.drop_table("violation_step")
    op.drop_index(op.f("ix_station_network"), table_name="station")
    op.drop_table("station")
    op.drop_index(op.f("ix_ocpi_object_last_updated"), table_name="ocpi_object")
    op.drop_table("ocpi_object")
    op.drop_index(op.f("ix_message_violation"), table_name="message")
    op.drop_index(op.f("ix_message_state_next_try_at"), table_name="message")
    op.drop_index(op.f("ix_message_provider_id"), table_name="message")
    op.drop_table("message")
    op.drop_table("entry")
    op.drop_index(op.f("ix_driver_token_driver"), table_name="driver_token")
    op.drop_table("driver_token")
    op.drop_index(op.f("ix_violation_station_clock_started_at"), table_name="violation")
    op.drop_index(op.f("ix_violation_state_clock_started_at"), table_name="violation")
    op.drop_index(op.f("ix_violation_clock_started_at_id"), table_name="violation")
    op.drop_index(op.f("ix_violation_bay"), table_name="violation")
    op.drop_table("violation")
    op.drop_table("token")
    op.drop_index(op.f("ix_stay_bay_arrived_at"), table_name="stay")
    op.drop_table("stay")
    op.drop_table("sensor")
    op.drop_index(op.f("ix_reject_source"), table_name="reject")
    op.drop_index(op.f("ix_reject_seen_at"), table_name="reject")
    op.drop_table("reject")
    op.drop_table("registry_version")
    op.drop_table("policy_version")
    op.drop_table("partner")
    op.drop_table("network")
    op.drop_table("login")
    op.drop_index(op.f("ix_feed_span_network_last_at"), table_name="feed_span")
    op.drop_table("feed_span")
    op.drop_index(op.f("ix_fact_subject_at"), table_name="fact")
    op.drop_table("fact")
    op.drop_table("driver")
    op.drop_table("api_client")
    op.drop_index(op.f("ix_access_log_at"), table_name="access_log")
    op.drop_table("access_log")
