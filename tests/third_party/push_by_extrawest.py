"""Pushes objects with extrawest-ocpi as a CPO of OCPI 2.2.1. Reads JSON from standard input, writes JSON to its output.

In: url (of the version details), token, objects ([module, object], in order). Out: [HTTP status, body or headers] each.
"""

import asyncio
import json
import sys
from typing import Any

from py_ocpi.core.adapter import BaseAdapter
from py_ocpi.core.enums import ModuleID
from py_ocpi.core.push import push_object
from py_ocpi.core.schemas import Push, Receiver
from py_ocpi.modules.versions.enums import VersionNumber


class Objects:
    """What the library asks for: an object by its id."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found

    async def get(self, _module: Any, _role: Any, _object_id: str, **_more: Any) -> Any:
        return self.found


async def main() -> None:
    asked = json.load(sys.stdin)
    out = []
    for module, found in asked["objects"]:
        receiver = Receiver(endpoints_url=asked["url"], auth_token=asked["token"])
        push = Push(module_id=ModuleID(module), object_id=found["id"], receivers=[receiver])
        answer = await push_object(VersionNumber.v_2_2_1, push, Objects(found), BaseAdapter())
        (given,) = answer.receiver_responses
        out.append([given.status_code, dict(given.response)])
    json.dump(out, sys.stdout)


asyncio.run(main())
