"""extrawest-ocpi's own receiver of sessions, as its documentation builds one, on a SQLite file.

It runs in an environment of its own, with the libraries that it pins. What is left to its user is made as cheap as it
can be and still be durable: one prepared statement and one commit a request.
"""

import json
import os
import sqlite3

from py_ocpi import get_application
from py_ocpi.core.adapter import BaseAdapter
from py_ocpi.core.authentication.authenticator import Authenticator
from py_ocpi.core.crud import Crud
from py_ocpi.core.enums import ModuleID, RoleEnum
from py_ocpi.modules.versions.enums import VersionNumber

_CONN = sqlite3.connect(os.environ["BENCH_DATABASE"], isolation_level=None, check_same_thread=False)
for _pragma in ("journal_mode=WAL", "synchronous=FULL"):
    _CONN.execute(f"PRAGMA {_pragma}")
_CONN.execute("CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, document TEXT)")
_PUT = "INSERT INTO session VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document"


class _Sessions(Crud):
    @classmethod
    async def get(cls, module, role, id, *args, **kwargs):
        row = _CONN.execute("SELECT document FROM session WHERE id = ?", (id,)).fetchone()
        return None if row is None else json.loads(row[0])

    @classmethod
    async def create(cls, module, role, data, *args, **kwargs):
        _CONN.execute(_PUT, (data["id"], json.dumps(data, default=str)))
        return data

    @classmethod
    async def update(cls, module, role, data, id, *args, **kwargs):
        return await cls.create(module, role, data)

    @classmethod
    async def list(cls, module, role, filters, *args, **kwargs):
        return [], 0, True

    @classmethod
    async def delete(cls, module, role, id, *args, **kwargs):
        raise NotImplementedError

    @classmethod
    async def do(cls, module, role, action, *args, **kwargs):
        raise NotImplementedError


class _OneToken(Authenticator):
    @classmethod
    async def get_valid_token_c(cls):
        return [os.environ["BENCH_TOKEN"]]

    @classmethod
    async def get_valid_token_a(cls):
        return []


app = get_application(
    version_numbers=[VersionNumber.v_2_2_1],
    roles=[RoleEnum.emsp],
    modules=[ModuleID.sessions],
    crud=_Sessions,
    authenticator=_OneToken,
    adapter=BaseAdapter,
)
