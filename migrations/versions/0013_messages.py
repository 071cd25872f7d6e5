"""messages: numbers that nothing is sent to, alerts for operators, pace; webhooks

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    with op.batch_alter_table('driver', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unusable_at', moment(), nullable=True))
    op.create_table('suppression',
    sa.Column('phone_hash', text(length=64), nullable=False),
    sa.Column('since', moment(), nullable=False),
    sa.PrimaryKeyConstraint('phone_hash', name=op.f('pk_suppression'))
    )
    op.execute("INSERT INTO suppression SELECT phone_hash, opted_out_at FROM driver "
               "WHERE opted_out_at IS NOT NULL AND phone <> ''")
    op.create_table('operator_alert',
    sa.Column('code', text(length=20), nullable=False),
    sa.Column('words', text(length=200), nullable=False),
    sa.Column('first_at', moment(), nullable=False),
    sa.Column('last_at', moment(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_operator_alert'))
    )
    op.create_table('pace',
    sa.Column('channel', text(length=10), nullable=False),
    sa.Column('next_at', moment(), nullable=False),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_pace'))
    )
    op.create_table('subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', text(length=60), nullable=False),
    sa.Column('url', text(length=500), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('events', text(length=200), nullable=False),
    sa.Column('network', text(length=10), nullable=True),
    sa.Column('station', text(length=60), nullable=True),
    sa.Column('client', sa.Integer(), nullable=True),
    sa.Column('created_at', moment(), nullable=False),
    sa.Column('failing_since', moment(), nullable=True),
    sa.Column('disabled_at', moment(), nullable=True),
    sa.ForeignKeyConstraint(['client'], ['api_client.id'], name=op.f('fk_subscription_client_api_client')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('name', name=op.f('uq_subscription_name'))
    )
    with op.batch_alter_table('push', schema=None) as batch_op:
        batch_op.alter_column('partner', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column('subscription', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_push_subscription'), ['subscription'], unique=False)
        batch_op.create_foreign_key(
            batch_op.f('fk_push_subscription_subscription'), 'subscription', ['subscription'], ['id'])


def downgrade() -> None:
    op.execute("DELETE FROM push WHERE partner IS NULL")
    with op.batch_alter_table('push', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_push_subscription_subscription'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_push_subscription'))
        batch_op.drop_column('subscription')
        batch_op.alter_column('partner', existing_type=sa.Integer(), nullable=False)
    op.drop_table('subscription')
    op.drop_table('pace')
    op.drop_table('operator_alert')
    op.drop_table('suppression')
    with op.batch_alter_table('driver', schema=None) as batch_op:
        batch_op.drop_column('unusable_at')
