"""sensors: how far clocks are off, number plates, Sparkplug births

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0007'
down_revision: str | None = '0006'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    with op.batch_alter_table('sensor', schema=None) as batch_op:
        batch_op.add_column(sa.Column('skew_s', sa.Integer(), nullable=True))
    op.create_table('plate',
    sa.Column('key', text(length=64), nullable=False),
    sa.Column('plate', sa.Text(), nullable=False),
    sa.Column('jurisdiction', text(length=8), nullable=False),
    sa.Column('seen_at', moment(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_plate'))
    )
    with op.batch_alter_table('plate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plate_seen_at'), ['seen_at'], unique=False)
    op.create_table('sparkplug_birth',
    sa.Column('node', text(length=300), nullable=False),
    sa.Column('bd_seq', sa.Integer(), nullable=True),
    sa.Column('at', moment(), nullable=False),
    sa.Column('aliases', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('node', name=op.f('pk_sparkplug_birth'))
    )


def downgrade() -> None:
    op.drop_table('sparkplug_birth')
    with op.batch_alter_table('plate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plate_seen_at'))
    op.drop_table('plate')
    with op.batch_alter_table('sensor', schema=None) as batch_op:
        batch_op.drop_column('skew_s')
