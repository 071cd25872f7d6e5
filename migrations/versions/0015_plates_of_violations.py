"""plates of violations

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0015'
down_revision: str | None = '0014'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table('violation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('plate', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
        batch_op.create_index(batch_op.f('ix_violation_plate'), ['plate'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('violation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_violation_plate'))
        batch_op.drop_column('plate')
