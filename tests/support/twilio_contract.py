"""Twilio's own OpenAPI document as a judge of what passes between the SDK and the fake."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


class Contract:
    """Validates forms, queries and answers of the Messages resource."""

    def __init__(self, path: Path) -> None:
        self._document = _as_json_schema(json.loads(path.read_text()))
        self._resource = self._document["paths"][MESSAGES]

    def check_create(self, form: dict[str, str]) -> None:
        """A form that creates a message: every field known, of its type and pattern."""
        content = self._resource["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        schema = content["schema"] | {"additionalProperties": False}
        typed = {name: _typed(schema["properties"].get(name, {}), value) for name, value in form.items()}
        self._check(schema, typed)

    def check_query(self, query: dict[str, str]) -> None:
        """A listing's query: every parameter known."""
        known = {each["name"] for each in self._resource["get"]["parameters"]}
        assert set(query) <= known, set(query) - known

    def check_message(self, answer: dict[str, Any]) -> None:
        """A message as it is answered."""
        self._check({"$ref": "#/components/schemas/api.v2010.account.message"}, answer)

    def _check(self, schema: dict[str, Any], value: Any) -> None:
        Draft202012Validator(schema | {"components": self._document["components"]}).validate(value)


def _typed(schema: dict[str, Any], value: str) -> Any:
    return int(value) if schema.get("type") == "integer" and value.isdecimal() else value


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's ``nullable`` in JSON Schema's own words."""
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _as_json_schema(value) for key, value in node.items()}
    if made.pop("nullable", False) and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made
