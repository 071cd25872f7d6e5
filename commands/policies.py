"""``baywarden policy``: check, publish, list and show versions of policies, and put up notices."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from calendars import is_calendar
from commands import policy_words
from commands.context import CommandError, Context
from commands.files import no_policy, text_of
from commands.tables import moment
from enforcement.needs import needs
from enforcement.policy import Policy
from enforcement.policy_document import PolicyError, read_policy
from enforcement.signs import sign_lines
from ledger import notices, policies


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="what is wrong with a document, or what it means")
    check.add_argument("file", type=Path, help="the policy as a TOML document")
    check.set_defaults(run=check_policy)
    publish = actions.add_parser("publish", help="publish a version; what is published never changes")
    publish.add_argument("file", type=Path, help="the policy as a TOML document")
    publish.set_defaults(run=publish_policy)
    actions.add_parser("list", help="all published versions").set_defaults(run=list_policies)
    show = actions.add_parser("show", help="a published version: its document and its notices")
    show.add_argument("name", help="like lot-idle@1")
    show.set_defaults(run=show_policy)
    policy_words.describe(actions)
    notice = actions.add_parser("notice", help="put up another text of what drivers can read of a version")
    notice.add_argument("name", help="like lot-idle@1")
    notice.add_argument("--en", type=Path, help="the text in English")
    notice.add_argument("--fr", type=Path, help="the text in French")
    notice.add_argument("--from", dest="since", help="from when on it is up (now)")
    notice.set_defaults(run=publish_notice)


def check_policy(_context: Context, args: argparse.Namespace) -> int:
    """Read a document and say what it means."""
    try:
        policy = read_policy(text_of(args.file), is_calendar)
    except PolicyError as error:
        raise no_policy(args.file, error) from error
    print("\n".join(_told(policy)))
    return 0


def publish_policy(context: Context, args: argparse.Namespace) -> int:
    """Publish a policy version."""
    document = text_of(args.file)
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            policy = policies.publish(tx, document)
        except PolicyError as error:
            raise no_policy(args.file, error) from error
        except ValueError as error:
            raise CommandError(f"Not published: {error}.") from error
    print(f"{policy.name} stands, in effect from {policy.effective_from.isoformat()}: {policy.title}")
    return 0


def list_policies(context: Context, _args: argparse.Namespace) -> int:
    """List all versions."""
    with context.ledger() as ledger, ledger.read() as conn:
        for policy in policies.published(conn):
            until = policy.effective_to.isoformat() if policy.effective_to else "on"
            print(f"{policy.name:<24} {policy.effective_from.isoformat()} {until}  {policy.currency}  {policy.title}")
    return 0


def show_policy(context: Context, args: argparse.Namespace) -> int:
    """Print a version's document, as it was published, and its notices."""
    with context.ledger() as ledger, ledger.read() as conn:
        document = policies.document(conn, args.name)
        if document is None:
            raise CommandError(f"{args.name} is not published; see: baywarden policy list")
        print(document.rstrip())
        for notice in notices.of_policy(conn, args.name):
            for language, text in notice.texts.items():
                print(f"\n# notice {notice.name}, {language}, from {notice.effective_from.isoformat()}")
                print("\n".join(f"# {line}" for line in text.splitlines()))
    return 0


def publish_notice(context: Context, args: argparse.Namespace) -> int:
    """Put up another notice."""
    now = context.clock()
    texts = {lang: text_of(file).strip() for lang, file in (("en", args.en), ("fr", args.fr)) if file is not None}
    try:
        since = moment(args.since or "") or now
        with context.ledger() as ledger, ledger.write(now) as tx:
            notice = notices.publish(tx, args.name, texts, since)
    except ValueError as error:
        raise CommandError(f"Not put up: {error}.") from error
    print(f"Notice {notice.name} is up from {notice.effective_from.isoformat()}.")
    return 0


def _told(policy: Policy) -> Iterator[str]:
    until = f" until {policy.effective_to.isoformat()}" if policy.effective_to else ""
    yield f"{policy.name} is a policy, in effect from {policy.effective_from.isoformat()}{until}: {policy.title}"
    where = sorted(policy.evses | policy.stations | policy.networks)
    yield f"It holds {'at ' + ', '.join(where) if where else 'everywhere where no other names the place'}."
    wanted = needs([policy])
    asked = {
        "how full the site is": wanted.occupancy,
        "groups or permits": wanted.memberships,
        "whether a warning was delivered": wanted.warnings,
        "what the driver paid that day": wanted.driver_days,
        f"public holidays ({', '.join(sorted(wanted.calendars))})": bool(wanted.calendars),
    }
    if wanted:
        yield f"Besides the stay it asks for {'; '.join(words for words, is_asked in asked.items() if is_asked)}."
    yield "Its sign:"
    yield from (f"  {line}" for line in sign_lines(policy))
