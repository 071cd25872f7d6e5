"""The fingerprint of the key that pseudonyms are made with

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table('registry_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pseudonym_check', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('registry_version', schema=None) as batch_op:
        batch_op.drop_column('pseudonym_check')
