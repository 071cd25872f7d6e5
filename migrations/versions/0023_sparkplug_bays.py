"""bays that a Sparkplug device reports one by one

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op


revision: str = '0023'
down_revision: str | None = '0022'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table('sparkplug_birth', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bays', sa.Text(), nullable=False, server_default='[]'))
    with op.batch_alter_table('sparkplug_birth', schema=None) as batch_op:
        batch_op.alter_column('bays', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('sparkplug_birth', schema=None) as batch_op:
        batch_op.drop_column('bays')
