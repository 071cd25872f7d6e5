"""objects know the version of OCPI that they are in; partners have settings

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table('ocpi_object', schema=None) as batch_op:
        batch_op.add_column(sa.Column('version', text(length=8), nullable=False, server_default='2.2.1'))
        batch_op.alter_column('object_id', existing_type=text(length=48), type_=text(length=64), existing_nullable=False)
    with op.batch_alter_table('ocpi_object', schema=None) as batch_op:
        batch_op.alter_column('version', existing_type=text(length=8), existing_nullable=False, server_default=None)
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settings', sa.Text(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('next_token_hash', text(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_partner_next_token_hash'), ['next_token_hash'])
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.alter_column('settings', existing_type=sa.Text(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_partner_next_token_hash'), type_='unique')
        batch_op.drop_column('next_token_hash')
        batch_op.drop_column('settings')
    with op.batch_alter_table('ocpi_object', schema=None) as batch_op:
        batch_op.drop_column('version')
        batch_op.alter_column('object_id', existing_type=sa.VARCHAR(length=64), type_=sa.VARCHAR(length=48), existing_nullable=False)
