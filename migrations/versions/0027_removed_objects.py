"""that networks removed objects: an older word that comes late does not bring them back

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0027'
down_revision: str | None = '0026'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table('removed_object',
    sa.Column('module', text(length=15), nullable=False),
    sa.Column('network', text(length=10), nullable=False),
    sa.Column('object_id', text(length=64), nullable=False),
    sa.Column('removed_at', moment(), nullable=False),
    sa.PrimaryKeyConstraint('module', 'network', 'object_id', name=op.f('pk_removed_object'))
    )


def downgrade() -> None:
    op.drop_table('removed_object')
