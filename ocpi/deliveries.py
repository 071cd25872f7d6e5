"""Which module delivers which kind of push."""

from collections.abc import Mapping

from ledger import pushes
from ocpi import pushing_cdrs, pushing_commands, pushing_statuses
from ocpi.pushing import Deliver

HANDLERS: Mapping[str, Deliver] = {
    pushes.CDR: pushing_cdrs.deliver,
    pushes.STATUS: pushing_statuses.deliver,
    pushes.COMMAND: pushing_commands.deliver,
}
