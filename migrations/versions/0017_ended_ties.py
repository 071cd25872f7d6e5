"""Ties of EVSEs to bays have dates, where a network changes its word

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0017'
down_revision: str | None = '0016'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table('bay_evse', schema=None) as batch_op:
        batch_op.add_column(sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.create_table('ended_tie',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bay', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('evse', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['bay'], ['bay.id'], name=op.f('fk_ended_tie_bay_bay')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ended_tie'))
    )
    with op.batch_alter_table('ended_tie', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ended_tie_bay'), ['bay'], unique=False)
        batch_op.create_index(batch_op.f('ix_ended_tie_evse'), ['evse'], unique=False)


def downgrade() -> None:
    op.drop_table('ended_tie')
    with op.batch_alter_table('bay_evse', schema=None) as batch_op:
        batch_op.drop_column('since')
