"""findings for owners, and what charge records say of their sessions

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        'charge_record',
        sa.Column('record', text(length=100), nullable=False),
        sa.Column('network', text(length=10), nullable=False),
        sa.Column('session', text(length=100), nullable=True),
        sa.Column('evse', text(length=100), nullable=True),
        sa.Column('started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('energy_kwh', text(length=40), nullable=True),
        sa.Column('currency', text(length=3), nullable=False),
        sa.Column('taken_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('record', name=op.f('pk_charge_record')),
    )
    with op.batch_alter_table('charge_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_charge_record_session'), ['session'], unique=False)
    op.create_table(
        'finding',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('public_id', text(length=36), nullable=False),
        sa.Column('key', text(length=200), nullable=False),
        sa.Column('code', text(length=24), nullable=False),
        sa.Column('record', text(length=100), nullable=False),
        sa.Column('network', text(length=10), nullable=False),
        sa.Column('evse', text(length=100), nullable=True),
        sa.Column('station', text(length=60), nullable=True),
        sa.Column('session', text(length=100), nullable=True),
        sa.Column('start', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('end', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('seconds', sa.Integer(), nullable=False),
        sa.Column('amount_minor', sa.Integer(), nullable=True),
        sa.Column('currency', text(length=3), nullable=False),
        sa.Column('details', sa.Text(), nullable=False),
        sa.Column('state', sa.Enum('open', 'acknowledged', 'withdrawn', name='findingstate', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('found_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('updated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('acknowledged_by', text(length=60), nullable=True),
        sa.Column('acknowledged_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('note', text(length=500), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
        sa.UniqueConstraint('key', name=op.f('uq_finding_key')),
        sa.UniqueConstraint('public_id', name=op.f('uq_finding_public_id')),
    )
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_finding_record'), ['record'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_state_id'), ['state', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('finding')
    op.drop_table('charge_record')
