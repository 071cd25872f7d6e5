"""Facts that are recorded and wait for their bay to be assessed

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0012'
down_revision: str | None = '0011'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table('waiting_fact',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bay', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_fact'))
    )
    with op.batch_alter_table('waiting_fact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiting_fact_bay'), ['bay'], unique=False)


def downgrade() -> None:
    op.drop_table('waiting_fact')
