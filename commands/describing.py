"""``baywarden places`` and ``baywarden groups``: what an owner knows of places and of tokens, from CSV files."""

import argparse
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from calendars import is_calendar
from commands.context import CommandError, Context
from commands.people import token_parts
from commands.tables import Row, moment, read_rows
from enforcement.rules.shipped import all_rules
from enforcement.taxes import region_named
from ledger import changed_circumstances, memberships, sites, traits
from ledger.memberships import MembershipFields
from ledger.vault import Vault, contract_key, token_key
from models.places import Trait

_PLACES = ("place", "site", "tax_region", "calendar", "taxes_charged", "power_class", "since")
_MORE_OF_PLACES = ("law",)
_GROUPS = ("group", "permit", "token", "contract", "place", "from", "to", "reference")
_TAKEN_BACK = "-"
# How many stars the key of a network, a station and an EVSE hold at least, and what can be said of each.
_OF_NETWORK = frozenset({Trait.TAXES_CHARGED})
_OF_STATION = frozenset(Trait)
_OF_EVSE = frozenset({Trait.POWER_CLASS})


@dataclass(frozen=True, slots=True)
class _Word:
    place: str
    said: dict[Trait, str]
    since: datetime | None


def places(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``places``."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    importing = actions.add_parser(
        "import", help=f"say something of places; columns: {', '.join((*_PLACES, *_MORE_OF_PLACES))}"
    )
    importing.add_argument("file", type=Path)
    importing.set_defaults(run=import_places)
    actions.add_parser("list", help="all that networks and the owner said of places").set_defaults(run=list_places)


def groups(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``groups``."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    importing = actions.add_parser("import", help=f"who is in groups or holds permits; columns: {', '.join(_GROUPS)}")
    importing.add_argument("file", type=Path)
    importing.set_defaults(run=import_groups)
    actions.add_parser("list", help="all groups and kinds of permits").set_defaults(run=list_groups)


def import_places(context: Context, args: argparse.Namespace) -> int:
    """Say what a file says: all of it, or nothing."""
    words = read_rows(args.file, _PLACES, _word, _MORE_OF_PLACES)
    changed = 0
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        for word in words:
            for trait, value in word.said.items():
                said = "" if value == _TAKEN_BACK else value
                if trait is Trait.SITE:
                    changed += sites.tie(tx, word.place, said)
                else:
                    changed += traits.say(tx, word.place, trait, said, since=word.since)
    print(f"{len(words)} places described, {changed} things changed.")
    return 0


def list_places(context: Context, _args: argparse.Namespace) -> int:
    """List all words on places."""
    with context.ledger() as ledger, ledger.read() as conn:
        for place, trait, by, since, value in traits.everything(conn):
            when = "always" if since <= traits.ALWAYS else since.isoformat()
            print(f"{place:<40} {trait:<14} {value or _TAKEN_BACK:<20} {by:<8} from {when}")
    return 0


def import_groups(context: Context, args: argparse.Namespace) -> int:
    """Make each group and kind of permit in a file consist of its lines: all of it, or nothing."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        members = read_rows(args.file, _GROUPS, lambda row: _member(row, tx.vault))
        lists: dict[tuple[str, bool], list[MembershipFields]] = {}
        for member in members:
            lists.setdefault((member.name, member.is_permit), []).append(member)
        for (name, is_permit), own in sorted(lists.items()):
            changed_circumstances.put_members(tx, name, own, is_permit=is_permit)
            print(f"{'permit' if is_permit else 'group'} {name}: {len(own)}")
    return 0


def list_groups(context: Context, _args: argparse.Namespace) -> int:
    """List all groups and kinds of permits."""
    with context.ledger() as ledger, ledger.read() as conn:
        for name, is_permit, count in memberships.summary(conn):
            print(f"{'permit' if is_permit else 'group':<7} {name:<40} {count}")
    return 0


def _word(row: Row) -> _Word:
    place = row["place"].casefold()
    stars = place.count("*")
    if not stars >= 1 or not all(place.split("*")) or len(place) > 100:
        raise ValueError(f"{row['place']!r} is not the key of a network, a station or an EVSE, like ca*abc*l1")
    allowed = _OF_NETWORK if stars == 1 else _OF_STATION if stars == 2 else _OF_EVSE
    said = {trait: row[trait.value] for trait in Trait if row.get(trait.value)}
    if strange := sorted(trait.value for trait in said.keys() - allowed):
        raise ValueError(f"{', '.join(strange)} can't be said of {place}")
    region, calendar = said.get(Trait.TAX_REGION, _TAKEN_BACK), said.get(Trait.CALENDAR, _TAKEN_BACK)
    if region != _TAKEN_BACK:
        said[Trait.TAX_REGION] = region_named(region).key
    if calendar != _TAKEN_BACK and not is_calendar(calendar):
        raise ValueError(f"no calendar of public holidays is called {calendar!r}")
    law = said.get(Trait.LAW, _TAKEN_BACK)
    if law != _TAKEN_BACK and law not in {rule.place for rule in all_rules()}:
        raise ValueError(f"no rule is known for a place called {law!r}")
    if any(len(value) > 200 for value in said.values()):
        raise ValueError("more than 200 characters in a cell")
    return _Word(place, said, moment(row["since"]))


def _member(row: Row, vault: Vault) -> MembershipFields:
    if bool(row["group"]) == bool(row["permit"]):
        raise ValueError("name a group or a permit")
    if bool(row["token"]) == bool(row["contract"]):
        raise ValueError("name a token or a contract")
    since, until = moment(row["from"]), moment(row["to"])
    if since and until and until <= since:
        raise ValueError("to is not after from")
    place = row["place"].casefold() or None
    if place is not None and place.count("*") not in (1, 2):
        raise ValueError(f"place {row['place']!r} is not the key of a network or a station")
    name = row["group"] or row["permit"]
    if len(name) > 64 or len(row["reference"]) > 60:
        raise ValueError("a name has at most 64 characters, a reference 60")
    try:
        token = token_key(vault, *token_parts(row["token"])) if row["token"] else None
    except CommandError as error:
        raise ValueError(str(error)) from error
    return MembershipFields(
        name=name,
        is_permit=bool(row["permit"]),
        holder=token or contract_key(vault, row["contract"]),
        holder_kind="token" if token else "contract",
        place=place,
        since=since,
        until=until,
        reference=row["reference"],
    )
