"""when a partner's module was last pulled whole: what moved without its last_updated is missed by all other pulls

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0028'
down_revision: str | None = '0027'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    with op.batch_alter_table('ocpi_pull', schema=None) as batch_op:
        batch_op.add_column(sa.Column('whole_at', moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('ocpi_pull', schema=None) as batch_op:
        batch_op.drop_column('whole_at')
