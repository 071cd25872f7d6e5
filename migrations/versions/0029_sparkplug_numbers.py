"""the number of each Sparkplug node's last message, and which births still hold

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0029'
down_revision: str | None = '0028'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table('sparkplug_node',
    sa.Column('node', text(length=300), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', moment(), nullable=False),
    sa.PrimaryKeyConstraint('node', name=op.f('pk_sparkplug_node'))
    )
    with op.batch_alter_table('sparkplug_birth', schema=None) as batch_op:
        batch_op.add_column(sa.Column('metric', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('is_born', sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table('sparkplug_birth', schema=None) as batch_op:
        batch_op.alter_column('metric', server_default=None)
        batch_op.alter_column('is_born', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('sparkplug_birth', schema=None) as batch_op:
        batch_op.drop_column('is_born')
        batch_op.drop_column('metric')
    op.drop_table('sparkplug_node')
