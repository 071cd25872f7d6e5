"""what is left of facts that were forgotten

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0022'
down_revision: str | None = '0021'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table('forgotten_facts',
    sa.Column('bay', text(length=100), nullable=False),
    sa.Column('until', moment(), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('looked_at', moment(), nullable=False),
    sa.ForeignKeyConstraint(['bay'], ['bay.id'], name=op.f('fk_forgotten_facts_bay_bay')),
    sa.PrimaryKeyConstraint('bay', name=op.f('pk_forgotten_facts'))
    )


def downgrade() -> None:
    op.drop_table('forgotten_facts')
