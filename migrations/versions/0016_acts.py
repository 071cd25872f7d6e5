"""acts of people; webhooks: an old secret signs for a while beside the new one

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0016'
down_revision: str | None = '0015'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table('act',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', moment(), nullable=False),
    sa.Column('who', text(length=60), nullable=False),
    sa.Column('what', text(length=20), nullable=False),
    sa.Column('about', text(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act'))
    )
    with op.batch_alter_table('act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_act_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_act_about'), ['about'], unique=False)
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.add_column(sa.Column('old_secret', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('old_until', moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.drop_column('old_until')
        batch_op.drop_column('old_secret')
    op.drop_table('act')
