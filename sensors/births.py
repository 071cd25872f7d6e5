"""What Sparkplug nodes said at birth, remembered by each process: the names behind the numbers, and who lives."""

from collections.abc import Sequence

from ledger.births import Birth


class Births:
    """The last birth of each node and device, by ``group/edge`` and ``group/edge/device``."""

    def __init__(self) -> None:
        self._known: dict[str, Birth] = {}

    def remember(self, births: Sequence[Birth]) -> None:
        """Take these as the last, unless later ones are known."""
        for birth in births:
            known = self._known.get(birth.node)
            if known is None or known.at <= birth.at:
                self._known[birth.node] = birth

    def find(self, node: str) -> Birth | None:
        """The last birth of a node or device."""
        return self._known.get(node)

    def under(self, node: str) -> list[str]:
        """A node and all devices that were born under it."""
        return sorted(key for key in self._known if key == node or key.startswith(f"{node}/"))
