"""The ledger: the only reader and writer of rows. Every change goes through one :class:`ledger.database.Tx`."""
