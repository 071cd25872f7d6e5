"""A charge record against itself: do its totals follow from its tariff; and against its session: energy and times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from enforcement.billing.finding import BillFinding, FindingCode
from enforcement.money import exponent, half_up
from enforcement.tariffs.comparing import Difference, differences
from enforcement.tariffs.cutting import cut
from enforcement.tariffs.pricing import price
from enforcement.tariffs.vocabulary import Cdr, Tariff, TariffError

# Meters are read at the edges of a session; records and sessions round to a hundredth.
_ENERGY_KWH = Fraction(1, 10)
_TIME = timedelta(minutes=5)


def compare_record(
    cdr: Cdr, record: str, session: str | None, zone: str, pushed: Sequence[Tariff] = ()
) -> list[BillFinding]:
    """Totals that don't follow from the record's own tariffs or, where it embeds none, from those that were ``pushed``.

    A CPO that did not begin a new period where its price changes may be priced either way: only what neither way gives
    is a difference. A record without tariffs says nothing.
    """
    tariffs = cdr.tariffs or tuple(pushed)
    if not tariffs:
        return []
    try:
        plain = differences(cdr, price(cdr, tariffs, zone))
        split = differences(cdr, price(cut(cdr, tariffs, zone), tariffs, zone)) if plain else []
    except TariffError:
        return []
    mended = {(difference.field, difference.part) for difference in split}
    by = None if cdr.tariffs else ", ".join(tariff.id for tariff in tariffs)
    return [_total(each, cdr, record, session, by) for each in plain if (each.field, each.part) in mended]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a record, or a session, says of itself. ``energy`` in kWh; None: it does not say."""

    started_at: datetime
    ended_at: datetime | None
    energy: Fraction | None


def compare_session(stated: Stated, closed: Stated, *, record: str, session: str, currency: str) -> list[BillFinding]:
    """Where a record and its session, once that is closed, differ in energy or in times."""
    out: list[BillFinding] = []
    end = stated.ended_at or stated.started_at

    def differs(code: FindingCode, seconds: int = 0, **details: str) -> None:
        out.append(
            BillFinding(
                code=code, record=record, session=session, start=stated.started_at, end=end, seconds=seconds,
                currency=currency, details=details,
            )
        )  # fmt: skip

    if stated.energy is not None and closed.energy is not None and abs(stated.energy - closed.energy) > _ENERGY_KWH:
        differs(FindingCode.ENERGY_DIFFERS, stated=_plain(stated.energy), computed=_plain(closed.energy))
    for field, ours, theirs in _times(stated, closed):
        if abs(ours - theirs) > _TIME:
            differs(FindingCode.TIME_DIFFERS, int(abs(ours - theirs).total_seconds()), field=field)
    return out


def _times(stated: Stated, closed: Stated) -> Iterator[tuple[str, datetime, datetime]]:
    yield "start_date_time", stated.started_at, closed.started_at
    if stated.ended_at is not None and closed.ended_at is not None:
        yield "end_date_time", stated.ended_at, closed.ended_at


def _total(difference: Difference, cdr: Cdr, record: str, session: str | None, pushed: str | None) -> BillFinding:
    is_money = difference.part != "volume"
    by_pushed = pushed is not None and is_money  # a volume follows from the record's own periods
    off = (difference.stated - difference.computed) * int(10 ** exponent(cdr.currency))
    return BillFinding(
        code=FindingCode.PUSHED_TARIFF_DIFFERS if by_pushed else FindingCode.TOTALS_DIFFER,
        record=record,
        session=session,
        start=cdr.start,
        end=cdr.end,
        amount_minor=half_up(off) if is_money else None,
        currency=cdr.currency,
        details={
            "field": difference.field,
            "part": difference.part,
            "stated": _plain(difference.stated),
            "computed": _plain(difference.computed),
            **({"tariff": pushed} if by_pushed and pushed else {}),
        },
    )


def _plain(value: Fraction) -> str:
    """At most four decimals, as OCPI sends numbers."""
    scaled = half_up(abs(value) * 10_000)
    text = f"{scaled // 10_000}.{scaled % 10_000:04}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text
