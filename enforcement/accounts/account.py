"""A fee as an account: every piece of time with what was made of it, and how the pieces come to the sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from enforcement.clauses import Clause
from enforcement.fee_lines import FeeLine, Treatment
from enforcement.fees import Fee
from enforcement.intervals import holds
from enforcement.money import TaxLine, to_major
from enforcement.policy import Policy
from enforcement.tiers import Tier
from enforcement.windows import Window, open_spans


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """A piece of time: what the vehicle did, for what reason that is believed, and what pricing made of it.

    ``price`` is the tier that held (``tier`` its index) and ``window`` the hours, both None where the piece was not
    billed or needed none. ``amount``: what it costs in major units, exactly, before limits and rounding.
    """

    start: datetime
    end: datetime
    condition: str
    reason: str
    treatment: Treatment
    tier: int | None
    price: Tier | None
    window: Window | None
    amount: Fraction

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All lines, which follow each other without gap or overlap, and the way from their amounts to what is owed.

    Exactly, in major units: the lines' amounts + ``by_limit`` + ``by_rounding`` are the stated price; less ``taxes``,
    where prices include them, it is the net amount. ``clause`` is the policy's clause with this ``index``.
    """

    policy: Policy
    clause: Clause
    index: int
    zone: str
    lines: tuple[AccountLine, ...]
    limit: str | None
    by_limit: Fraction
    by_rounding: Fraction
    taxes: tuple[TaxLine, ...]
    net_minor: int

    @property
    def subtotal(self) -> Fraction:
        """What the lines come to."""
        return sum((line.amount for line in self.lines), Fraction(0))

    @property
    def tax_minor(self) -> int:
        """All taxes together."""
        return sum(tax.amount_minor for tax in self.taxes)

    @property
    def total_minor(self) -> int:
        """What the driver pays."""
        return self.net_minor + self.tax_minor

    @property
    def included_taxes(self) -> Fraction:
        """What of the stated price is taxes, where prices include them."""
        return to_major(self.tax_minor, self.policy.currency) if self.policy.tax_included else Fraction(0)


def account_of(fee: Fee, policy: Policy, index: int, zone: str) -> Account:
    """The account of a fee under the clause with this index. ``zone``: the station's IANA time zone."""
    clause = policy.clauses[index]
    stated = fee.total_minor if policy.tax_included else fee.net_minor
    exact = sum((line.amount for line in fee.lines), Fraction(0))
    return Account(
        policy=policy,
        clause=clause,
        index=index,
        zone=zone,
        lines=tuple(_line(line, clause, zone) for line in fee.lines),
        limit=fee.limit,
        by_limit=fee.limited - exact,
        by_rounding=to_major(stated, fee.currency) - fee.limited,
        taxes=fee.taxes,
        net_minor=fee.net_minor,
    )


def _line(line: FeeLine, clause: Clause, zone: str) -> AccountLine:
    is_billed = line.treatment is Treatment.BILLED
    return AccountLine(
        start=line.start,
        end=line.end,
        condition=line.condition,
        reason=line.reason,
        treatment=line.treatment,
        tier=line.tier,
        price=None if line.tier is None else clause.tiers[line.tier],
        window=_window(clause.windows, zone, line.start) if is_billed else None,
        amount=line.amount,
    )


def _window(windows: Sequence[Window], zone: str, at: datetime) -> Window | None:
    """The hours that were open at a moment; None where all are, or where a holiday opened them."""
    moment = at, at + timedelta(microseconds=1)
    return next((window for window in windows if holds(open_spans([window], zone, *moment, None), at)), None)
