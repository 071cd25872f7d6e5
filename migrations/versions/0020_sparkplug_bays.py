"""bays that a Sparkplug device reports one by one

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op


revision: str = '0020'
down_revision: str | None = '0019'
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
