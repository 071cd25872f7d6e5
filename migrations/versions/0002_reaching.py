"""How drivers are reached without an account: codes, claims of stays, consents, disputes, contacts of partners.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table('attempt',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'until', name=op.f('pk_attempt'))
    )
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_until'), ['until'], unique=False)

    op.create_table('consent',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('driver', sa.Integer(), nullable=False),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('given_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['driver'], ['driver.id'], name=op.f('fk_consent_driver_driver')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_driver'), ['driver'], unique=False)

    op.create_table('dispute',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('violation', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('driver', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('photo', sa.Text(), nullable=True),
    sa.Column('photo_sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('answered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['driver'], ['driver.id'], name=op.f('fk_dispute_driver_driver')),
    sa.ForeignKeyConstraint(['violation'], ['violation.key'], name=op.f('fk_dispute_violation_violation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispute')),
    sa.UniqueConstraint('violation', name=op.f('uq_dispute_violation'))
    )
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dispute_driver'), ['driver'], unique=False)

    op.create_table('token_alert',
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('client', sa.Integer(), nullable=False),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('uid', sa.Text(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['client'], ['api_client.id'], name=op.f('fk_token_alert_client_api_client')),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_token_alert'))
    )
    with op.batch_alter_table('token_alert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_token_alert_client'), ['client'], unique=False)

    op.create_table('bay_code',
    sa.Column('bay', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['bay'], ['bay.id'], name=op.f('fk_bay_code_bay_bay')),
    sa.PrimaryKeyConstraint('bay', name=op.f('pk_bay_code')),
    sa.UniqueConstraint('code', name=op.f('uq_bay_code_code'))
    )
    op.create_table('stay_claim',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
    sa.Column('link', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('bay', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('driver', sa.Integer(), nullable=False),
    sa.Column('how', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['bay'], ['bay.id'], name=op.f('fk_stay_claim_bay_bay')),
    sa.ForeignKeyConstraint(['driver'], ['driver.id'], name=op.f('fk_stay_claim_driver_driver')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stay_claim')),
    sa.UniqueConstraint('code', name=op.f('uq_stay_claim_code')),
    sa.UniqueConstraint('link', name=op.f('uq_stay_claim_link'))
    )
    with op.batch_alter_table('stay_claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stay_claim_bay_at'), ['bay', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_stay_claim_driver'), ['driver'], unique=False)

    op.create_table('phone_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ticket', sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
    sa.Column('code_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('driver', sa.Integer(), nullable=True),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('bay', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
    sa.Column('claim', sa.Integer(), nullable=True),
    sa.Column('remember', sa.Boolean(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('confirmed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['bay'], ['bay.id'], name=op.f('fk_phone_code_bay_bay')),
    sa.ForeignKeyConstraint(['claim'], ['stay_claim.id'], name=op.f('fk_phone_code_claim_stay_claim')),
    sa.ForeignKeyConstraint(['driver'], ['driver.id'], name=op.f('fk_phone_code_driver_driver')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_code')),
    sa.UniqueConstraint('ticket', name=op.f('uq_phone_code_ticket'))
    )
    with op.batch_alter_table('phone_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phone_code_driver'), ['driver'], unique=False)
        batch_op.create_index(batch_op.f('ix_phone_code_expires_at'), ['expires_at'], unique=False)

    with op.batch_alter_table('api_client', schema=None) as batch_op:
        batch_op.add_column(sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True))

    with op.batch_alter_table('driver_token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scanned', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('driver_token', schema=None) as batch_op:
        batch_op.alter_column('scanned', server_default=None)

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sealed', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('sealed', server_default=None)
        batch_op.alter_column('violation',
               existing_type=sa.VARCHAR(length=160),
               nullable=True)



def downgrade() -> None:
    op.execute('DELETE FROM message WHERE violation IS NULL')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('violation',
               existing_type=sa.VARCHAR(length=160),
               nullable=False)
        batch_op.drop_column('sealed')

    with op.batch_alter_table('driver_token', schema=None) as batch_op:
        batch_op.drop_column('scanned')

    with op.batch_alter_table('api_client', schema=None) as batch_op:
        batch_op.drop_column('party')

    with op.batch_alter_table('phone_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phone_code_expires_at'))
        batch_op.drop_index(batch_op.f('ix_phone_code_driver'))

    op.drop_table('phone_code')
    with op.batch_alter_table('stay_claim', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stay_claim_driver'))
        batch_op.drop_index(batch_op.f('ix_stay_claim_bay_at'))

    op.drop_table('stay_claim')
    op.drop_table('bay_code')
    with op.batch_alter_table('token_alert', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_token_alert_client'))

    op.drop_table('token_alert')
    with op.batch_alter_table('dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dispute_driver'))

    op.drop_table('dispute')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_driver'))

    op.drop_table('consent')
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempt_until'))

    op.drop_table('attempt')
