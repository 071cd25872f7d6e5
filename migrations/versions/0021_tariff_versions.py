"""tariffs that were pushed apart from charge records, with their dates

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0021'
down_revision: str | None = '0020'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table('tariff_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('network', text(length=10), nullable=False),
    sa.Column('tariff_id', text(length=64), nullable=False),
    sa.Column('version', text(length=8), nullable=False),
    sa.Column('since', moment(), nullable=False),
    sa.Column('until', moment(), nullable=True),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff_version')),
    sa.UniqueConstraint('network', 'tariff_id', 'since', name=op.f('uq_tariff_version_network_tariff_id_since'))
    )
    op.execute(
        "INSERT INTO tariff_version (network, tariff_id, version, since, document) "
        "SELECT network, object_id, version, last_updated, document FROM ocpi_object WHERE module = 'tariffs'"
    )
    with op.batch_alter_table('charge_record', schema=None) as batch_op:
        batch_op.add_column(sa.Column('priced_by', text(length=200), nullable=True))
        batch_op.create_index(batch_op.f('ix_charge_record_network'), ['network', 'started_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('charge_record', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_charge_record_network'))
        batch_op.drop_column('priced_by')
    op.drop_table('tariff_version')
