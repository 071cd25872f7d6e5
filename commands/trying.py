"""``baywarden sensors try`` and ``baywarden sensors webhooks``: what messages would become, and where cameras post."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import msgspec

from commands.context import CommandError, Context
from commands.files import named
from commands.listening import mapping_of, sources
from sensors.overhearing import OverhearingError, overhear
from sensors.reading import Message
from sensors.trying import told
from sensors.webhooks import key_of


def describe(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What the command line needs to know of both."""
    trying = actions.add_parser("try", help="show what messages would become; nothing is recorded")
    trying.add_argument("what", metavar="FILE|TOPIC", help="a file of messages, one `topic payload` a line, or a topic")
    trying.add_argument("--topic", help="the whole file is the payload of one message on this topic")
    trying.add_argument("--payload", help="the payload of one message on TOPIC; without it, the broker is listened to")
    trying.add_argument("--hex", action="store_true", help="payloads are bytes, written in hexadecimal digits")
    trying.add_argument("--seconds", type=_seconds, default=10.0, help="how long to listen (10)")
    trying.set_defaults(run=try_messages)
    actions.add_parser("webhooks", help="print the addresses that cameras post to").set_defaults(run=webhooks)


def try_messages(context: Context, args: argparse.Namespace) -> int:
    """Print what each message would become. Exit 1 if there was none."""
    address, mapping = sources(context.settings)
    file = Path(args.what)
    if file.is_file():
        messages = list(_from_file(file, context, args))
    elif args.payload is not None:
        messages = [Message(args.what, _bytes(args.payload, args), context.clock())]
    else:
        try:
            messages = overhear(address, args.what, args.seconds, context.clock, lambda: _say_listening(args.what))
        except OverhearingError as error:
            raise CommandError(f"{error}.") from error
    for message in messages:
        print(told(mapping, message))
    if not messages and file.is_file():
        raise CommandError(f"{file} has no message.")
    if not messages:
        raise CommandError(
            f"Nothing came in {args.seconds:g} s. A broker may also let nobody read there, without a word."
        )
    return 0


def _say_listening(topic: str) -> None:
    is_pattern = "+" in topic or "#" in topic
    print(f"Listening to {topic}{'' if is_pattern else ' (there is no file of that name)'} …", flush=True)


def webhooks(context: Context, _args: argparse.Namespace) -> int:
    """Print the address of each webhook of the mapping."""
    settings = context.settings
    mapping = mapping_of(settings)
    if not settings.camera_secret:
        raise CommandError("BAYWARDEN_CAMERA_SECRET is missing: the keys of cameras are made from it.")
    if not mapping.webhooks:
        raise CommandError("The mapping has no [[webhook]].")
    for name, subscription in sorted(mapping.webhooks.items()):
        key = key_of(settings.camera_secret, name)
        print(f"{name} ({subscription.envelope}): {settings.public_url.rstrip('/')}/hooks/cameras/{name}/{key}")
    return 0


def _from_file(file: Path, context: Context, args: argparse.Namespace) -> Iterator[Message]:
    with named(file):
        text = file.read_bytes()
    now = context.clock()
    if args.topic is not None:
        yield Message(args.topic, _bytes(text.decode("utf-8", "replace"), args) if args.hex else text, now)
        return
    if _is_json(text):
        raise CommandError(
            f"{file} is JSON, without topics: name one with --topic, or write `topic payload` in each line."
        )
    for line in text.splitlines():
        topic, payload = _parted(line.strip(), is_hex=args.hex)
        if topic:
            body = _bytes(payload.decode("utf-8", "replace"), args) if args.hex else payload
            yield Message(topic.decode("utf-8", "replace"), body, now)


def _is_json(text: bytes) -> bool:
    """Whether all of it is one object or list; a line that begins with its topic is none."""
    try:
        return isinstance(msgspec.json.decode(text), dict | list)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


def _parted(line: bytes, *, is_hex: bool) -> tuple[bytes, bytes]:
    """Topic and payload. A topic may have spaces of its own: then an object in JSON shows where the payload begins."""
    if is_hex:
        topic, _, payload = line.rpartition(b" ")
        return topic, payload
    topic, brace, payload = line.partition(b" {")
    if brace:
        return topic, b"{" + payload
    topic, _, payload = line.partition(b" ")
    return topic, payload


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("must be from 0 to 3600")
    return seconds


def _bytes(text: str, args: argparse.Namespace) -> bytes:
    if not args.hex:
        return text.encode()
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise CommandError("A payload is not in hexadecimal digits.") from error
