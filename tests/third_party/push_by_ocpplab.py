"""Registers and pushes with ocpplab-ocpi-211-sdk as a CPO of OCPI 2.1.1. JSON from standard input, JSON to its output.

In: url (of the version), token, calls ([group, method, arguments], in order). Out: for each [OCPI status, data].
"""

import json
import sys

from ocpplab_ocpi_211 import OcpiClient


def main() -> None:
    asked = json.load(sys.stdin)
    out = []
    token = asked["token"]
    for group, method, arguments in asked["calls"]:
        client = OcpiClient(base_url=asked["url"], api_key=f"Token {token}")
        answer = getattr(getattr(client, group), method)(**arguments)
        data = json.loads(answer.json()).get("data")
        out.append([answer.status_code, data])
        if method in ("post_credentials", "put_credentials"):
            token = data["token"]
    json.dump(out, sys.stdout)


main()
