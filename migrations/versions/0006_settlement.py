"""What is sent by OCPI: charge records, pushes, the states of EVSEs that partners were told, commands.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0006'
down_revision: str | None = '0005'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table('evse_word',
    sa.Column('evse', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('evse', name=op.f('pk_evse_word'))
    )
    with op.batch_alter_table('evse_word', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evse_word_changed_at'), ['changed_at'], unique=False)

    op.create_table('cdr',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('cdr_id', sqlmodel.sql.sqltypes.AutoString(length=39), nullable=False),
    sa.Column('violation', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('credits', sqlmodel.sql.sqltypes.AutoString(length=39), nullable=True),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('network', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('bill', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['violation'], ['violation.key'], name=op.f('fk_cdr_violation_violation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cdr')),
    sa.UniqueConstraint('cdr_id', name=op.f('uq_cdr_cdr_id')),
    sa.UniqueConstraint('violation', 'number', name=op.f('uq_cdr_violation_number'))
    )
    with op.batch_alter_table('cdr', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cdr_party_created_at'), ['party', 'created_at'], unique=False)

    op.create_table('command',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('partner', sa.Integer(), nullable=False),
    sa.Column('evse', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('connector', sqlmodel.sql.sqltypes.AutoString(length=36), nullable=True),
    sa.Column('session', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('violation', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=True),
    sa.Column('asked_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('response', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
    sa.Column('result', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
    sa.Column('message', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=True),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('answered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['partner'], ['partner.id'], name=op.f('fk_command_partner_partner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_command')),
    sa.UniqueConstraint('uid', name=op.f('uq_command_uid'))
    )
    with op.batch_alter_table('command', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_command_evse'), ['evse'], unique=False)
        batch_op.create_index(batch_op.f('ix_command_violation'), ['violation'], unique=False)

    op.create_table('push',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('identity', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=110), nullable=False),
    sa.Column('chain', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('partner', sa.Integer(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'expired', name='delivery', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('not_after', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('next_try_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('claimed_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['partner'], ['partner.id'], name=op.f('fk_push_partner_partner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push')),
    sa.UniqueConstraint('identity', name=op.f('uq_push_identity'))
    )
    with op.batch_alter_table('push', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_push_partner_chain'), ['partner', 'chain'], unique=False)
        batch_op.create_index(batch_op.f('ix_push_state_next_try_at'), ['state', 'next_try_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('push', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_push_state_next_try_at'))
        batch_op.drop_index(batch_op.f('ix_push_partner_chain'))

    op.drop_table('push')
    with op.batch_alter_table('command', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_command_violation'))
        batch_op.drop_index(batch_op.f('ix_command_evse'))

    op.drop_table('command')
    with op.batch_alter_table('cdr', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cdr_party_created_at'))

    op.drop_table('cdr')
    with op.batch_alter_table('evse_word', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evse_word_changed_at'))

    op.drop_table('evse_word')
