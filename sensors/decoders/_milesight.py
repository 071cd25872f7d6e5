"""What Milesight's devices share: parts of channel, type and value, on port 85."""

from collections.abc import Callable, Iterator, Mapping

from sensors.reading import NotUnderstoodError

PORT = 85
# Device information, in all of them: version, serial number, class, reset, status. Sizes of the values.
_ABOUT_ITSELF = {
    (0xFF, 0x01): 1, (0xFF, 0x08): 6, (0xFF, 0x09): 2, (0xFF, 0x0A): 2, (0xFF, 0x0B): 1, (0xFF, 0x0F): 1,
    (0xFF, 0x16): 8, (0xFF, 0x1F): 4, (0xFF, 0xFE): 1, (0xFF, 0xFF): 2,
}  # fmt: skip
RESET = (0xFF, 0xFE)
# Answers to commands, and stored readings that somebody asked for: of many lengths, and nothing about the bay now.
_ELSE = frozenset({0x20, 0x21, 0xF8, 0xF9, 0xFE, 0xFF})

Reader = Callable[[bytes], Mapping[str, object]]
Parts = Mapping[tuple[int, int], tuple[int, Reader]]


def parts(port: int, data: bytes, known: Parts, device: str) -> Iterator[tuple[tuple[int, int], bytes]]:
    """The parts of a message as ((channel, type), value); what follows an unknown part can't be told from it.

    None at all in an answer to a command. Raises NotUnderstoodError if even the first part is not known, or a value is
    cut off.
    """
    if port != PORT:
        raise NotUnderstoodError(f"a Milesight {device} sends nothing on port {port}")
    place = 0
    while place < len(data):
        key = (data[place], data[place + 1]) if place + 1 < len(data) else (data[place], -1)
        size = known[key][0] if key in known else _ABOUT_ITSELF.get(key)
        if size is None:
            if place or data[0] in _ELSE:
                return
            raise NotUnderstoodError(f"0x{data[:2].hex()} begins no message of a Milesight {device}")
        value = data[place + 2 : place + 2 + size]
        if len(value) < size:
            raise NotUnderstoodError(f"the part 0x{data[place : place + 2].hex()} is cut off")
        yield key, value
        place += 2 + size


def little(value: bytes, start: int = 0, *, is_signed: bool = False) -> int:
    """Two bytes, the least significant first."""
    return int.from_bytes(value[start : start + 2], "little", signed=is_signed)
