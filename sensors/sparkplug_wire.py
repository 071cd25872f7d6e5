"""The part of Sparkplug B's protobuf that we read, described here field by field, and made into classes at first use.

Payload: 1 timestamp (ms), 2 metrics, 3 seq, 4 uuid, 5 body.
Metric: 1 name, 2 alias, 3 timestamp, 4 datatype, 5 is_historical, 7 is_null, 9 properties, 10 int_value,
11 long_value, 12 float_value, 13 double_value, 14 boolean_value, 15 string_value, 16 bytes_value, 17 dataset_value,
18 template_value. Template: 2 metrics, 5 is_definition. A dataset's content is not read: it is taken as bytes.
PropertySet: 1 keys, 2 values. Property: 1 type, 2 is_null, 3 int_value, 4 long_value.

Fields that are not described are skipped, as protobuf does. Source: Sparkplug 3.0.0, "Payloads", 6.4.
"""

from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]

_PACKAGE = "baywarden.sparkplug"
_TYPES = descriptor_pb2.FieldDescriptorProto
_MESSAGES: dict[str, list[tuple[int, str, str]]] = {
    "Property": [
        (1, "type", "uint32"), (2, "is_null", "bool"), (3, "int_value", "uint32"), (4, "long_value", "uint64"),
    ],
    "PropertySet": [(1, "keys", "string*"), (2, "values", "Property*")],
    "Metric": [
        (1, "name", "string"), (2, "alias", "uint64"), (3, "timestamp", "uint64"), (4, "datatype", "uint32"),
        (5, "is_historical", "bool"), (7, "is_null", "bool"), (9, "properties", "PropertySet"),
        (10, "int_value", "uint32"), (11, "long_value", "uint64"), (12, "float_value", "float"),
        (13, "double_value", "double"), (14, "boolean_value", "bool"), (15, "string_value", "string"),
        (16, "bytes_value", "bytes"), (17, "dataset_value", "bytes"), (18, "template_value", "Template"),
    ],
    "Template": [(2, "metrics", "Metric*"), (5, "is_definition", "bool")],
    "Payload": [
        (1, "timestamp", "uint64"), (2, "metrics", "Metric*"), (3, "seq", "uint64"), (4, "uuid", "string"),
        (5, "body", "bytes"),
    ],
}  # fmt: skip


@cache
def payload_class() -> Any:
    """The class of a Payload, with the presence of each field known, as in proto2."""
    file = descriptor_pb2.FileDescriptorProto(name="baywarden/sparkplug.proto", package=_PACKAGE, syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, field, kind in fields:
            _add(message, number, field, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Payload"))


def _add(message: Any, number: int, name: str, kind: str) -> None:
    bare = kind.removesuffix("*")
    label = _TYPES.LABEL_REPEATED if kind.endswith("*") else _TYPES.LABEL_OPTIONAL
    if bare in _MESSAGES:
        message.field.add(
            number=number, name=name, label=label, type=_TYPES.TYPE_MESSAGE, type_name=f".{_PACKAGE}.{bare}"
        )
    else:
        message.field.add(number=number, name=name, label=label, type=getattr(_TYPES, f"TYPE_{bare.upper()}"))
