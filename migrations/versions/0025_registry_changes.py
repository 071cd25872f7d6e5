"""what a change of the registry concerns

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op


revision: str = '0025'
down_revision: str | None = '0024'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        'registry_change',
        sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('concern', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('version', name=op.f('pk_registry_change')),
    )


def downgrade() -> None:
    op.drop_table('registry_change')
