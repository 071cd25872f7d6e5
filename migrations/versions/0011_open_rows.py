"""Indexes of the stays and violations that are open, which each decision asks for.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op


revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: None = None
depends_on: None = None

_OPEN = {
    'stay': 'is_final IS false',
    'violation': "state NOT IN ('settled', 'cleared')",
}


def upgrade() -> None:
    for table, is_open in _OPEN.items():
        op.create_index(
            f'ix_{table}_open', table, ['bay'], sqlite_where=sa.text(is_open), postgresql_where=sa.text(is_open)
        )


def downgrade() -> None:
    for table in _OPEN:
        op.drop_index(f'ix_{table}_open', table)
