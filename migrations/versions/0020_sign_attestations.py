"""what people attested of signs

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0020'
down_revision: str | None = '0019'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table('sign_attestation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', text(length=36), nullable=False),
    sa.Column('station', text(length=60), nullable=False),
    sa.Column('bay', text(length=100), nullable=True),
    sa.Column('kind', text(length=10), nullable=False),
    sa.Column('land', text(length=10), nullable=False),
    sa.Column('states_penalty', sa.Boolean(), nullable=False),
    sa.Column('forbids', text(length=100), nullable=False),
    sa.Column('limit_min', sa.Integer(), nullable=True),
    sa.Column('hours', sa.Text(), nullable=False),
    sa.Column('note', text(length=500), nullable=False),
    sa.Column('photo', sa.Text(), nullable=True),
    sa.Column('photo_sha256', text(length=64), nullable=True),
    sa.Column('since', moment(), nullable=False),
    sa.Column('attested_by', text(length=60), nullable=False),
    sa.Column('attested_at', moment(), nullable=False),
    sa.Column('until', moment(), nullable=True),
    sa.Column('ended_by', text(length=60), nullable=True),
    sa.Column('ended_at', moment(), nullable=True),
    sa.ForeignKeyConstraint(['bay'], ['bay.id'], name=op.f('fk_sign_attestation_bay_bay')),
    sa.ForeignKeyConstraint(['station'], ['station.key'], name=op.f('fk_sign_attestation_station_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_attestation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_sign_attestation_public_id'))
    )
    with op.batch_alter_table('sign_attestation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_attestation_station'), ['station'], unique=False)


def downgrade() -> None:
    op.drop_table('sign_attestation')
