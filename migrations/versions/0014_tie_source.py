"""who said that a token is a driver's

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op


revision: str = '0014'
down_revision: str | None = '0013'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    source = sa.Enum('owner', 'partner', 'scan', name='tiesource', native_enum=False, create_constraint=True, length=20)
    with op.batch_alter_table('driver_token', schema=None) as batch_op:
        # Older ties don't tell two scans from a word of the owner: until that is said anew they start no session.
        batch_op.add_column(sa.Column('source', source, nullable=False, server_default='scan'))
    with op.batch_alter_table('driver_token', schema=None) as batch_op:
        batch_op.alter_column('source', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('driver_token', schema=None) as batch_op:
        batch_op.drop_column('source')
