"""what is kept of the talk with each OCPI partner

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0010'
down_revision: str | None = '0009'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    with op.batch_alter_table('ocpi_object', schema=None) as batch_op:
        batch_op.alter_column('module', existing_type=text(length=12), type_=text(length=15), existing_nullable=False)
    op.create_table('ocpi_pull',
    sa.Column('partner', sa.Integer(), nullable=False),
    sa.Column('module', text(length=15), nullable=False),
    sa.Column('registered_at', moment(), nullable=False),
    sa.Column('until', moment(), nullable=True),
    sa.Column('next_at', moment(), nullable=False),
    sa.Column('ok_at', moment(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('error', text(length=300), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['partner'], ['partner.id'], name=op.f('fk_ocpi_pull_partner_partner')),
    sa.PrimaryKeyConstraint('partner', 'module', name=op.f('pk_ocpi_pull'))
    )
    with op.batch_alter_table('ocpi_pull', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ocpi_pull_next_at'), ['next_at'], unique=False)
    op.create_table('ocpi_wanted',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('partner', sa.Integer(), nullable=False),
    sa.Column('module', text(length=15), nullable=False),
    sa.Column('network', text(length=10), nullable=False),
    sa.Column('object_id', text(length=64), nullable=False),
    sa.Column('since', moment(), nullable=False),
    sa.Column('next_at', moment(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['partner'], ['partner.id'], name=op.f('fk_ocpi_wanted_partner_partner')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ocpi_wanted')),
    sa.UniqueConstraint('partner', 'module', 'network', 'object_id', name=op.f('uq_ocpi_wanted_partner_module_network_object_id'))
    )
    with op.batch_alter_table('ocpi_wanted', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ocpi_wanted_next_at'), ['next_at'], unique=False)
    op.create_table('ocpi_quirk',
    sa.Column('partner', sa.Integer(), nullable=False),
    sa.Column('code', text(length=40), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('first_at', moment(), nullable=False),
    sa.Column('last_at', moment(), nullable=False),
    sa.Column('examples', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['partner'], ['partner.id'], name=op.f('fk_ocpi_quirk_partner_partner')),
    sa.PrimaryKeyConstraint('partner', 'code', name=op.f('pk_ocpi_quirk'))
    )


def downgrade() -> None:
    op.drop_table('ocpi_quirk')
    with op.batch_alter_table('ocpi_wanted', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ocpi_wanted_next_at'))
    op.drop_table('ocpi_wanted')
    with op.batch_alter_table('ocpi_pull', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ocpi_pull_next_at'))
    op.drop_table('ocpi_pull')
    with op.batch_alter_table('ocpi_object', schema=None) as batch_op:
        batch_op.alter_column('module', existing_type=sa.VARCHAR(length=15), type_=sa.VARCHAR(length=12), existing_nullable=False)
