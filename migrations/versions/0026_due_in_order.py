"""bays that are due in the order in which they are claimed: where many were due at once, each batch sorted them all

Revision ID: 0026
Revises: 0025
"""

from alembic import op


revision: str = '0026'
down_revision: str | None = '0025'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table('bay_state', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bay_state_due_at'))
        batch_op.create_index(batch_op.f('ix_bay_state_due_at_bay'), ['due_at', 'bay'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('bay_state', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bay_state_due_at_bay'))
        batch_op.create_index(batch_op.f('ix_bay_state_due_at'), ['due_at'], unique=False)
