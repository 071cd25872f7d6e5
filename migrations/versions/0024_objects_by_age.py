"""no index by age on objects: each push moved it, and only the daily purge asked for it

Revision ID: 0024
Revises: 0023
"""

from alembic import op


revision: str = '0024'
down_revision: str | None = '0023'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table('ocpi_object', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ocpi_object_last_updated'))


def downgrade() -> None:
    with op.batch_alter_table('ocpi_object', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ocpi_object_last_updated'), ['last_updated'], unique=False)
