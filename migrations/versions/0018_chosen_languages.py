"""languages that drivers chose, and those that their browsers asked for

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op


revision: str = '0018'
down_revision: str | None = '0017'
branch_labels: None = None
depends_on: None = None

_TABLES = ('driver', 'phone_code')


def upgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('language_is_chosen', sa.Boolean(), nullable=False, server_default=sa.false()))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column('language_is_chosen', server_default=None)
    # No page spoke Spanish: whoever has it chose it.
    op.execute(sa.text("UPDATE driver SET language_is_chosen = true WHERE language = 'es'"))


def downgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column('language_is_chosen')
