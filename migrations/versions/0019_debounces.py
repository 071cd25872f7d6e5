"""debounces of sensors

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0019'
down_revision: str | None = '0018'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        'sensor_debounce',
        sa.Column('sensor', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('arrival_s', sa.Integer(), nullable=False),
        sa.Column('departure_s', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('sensor', 'since', name=op.f('pk_sensor_debounce')),
    )
    with op.batch_alter_table('sensor', schema=None) as batch_op:
        batch_op.add_column(sa.Column('arrival_s', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('departure_s', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('sensor', schema=None) as batch_op:
        batch_op.alter_column('arrival_s', server_default=None)
        batch_op.alter_column('departure_s', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('sensor', schema=None) as batch_op:
        batch_op.drop_column('departure_s')
        batch_op.drop_column('arrival_s')
    op.drop_table('sensor_debounce')
