"""A charge record (CDR), or a session, of OCPI 2.1.1, 2.2.1 or 2.3.0 from its decoded JSON."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from enforcement.tariffs.reading import read_price, read_tariff
from enforcement.tariffs.values import instant, number, optional_number, table, tables, text
from enforcement.tariffs.vocabulary import Cdr, ChargingPeriod, Price, TariffError, Version

# 2.1.1 writes stop_date_time in a CDR and start/end_datetime in a session.
_STARTS = ("start_date_time", "start_datetime")
_ENDS = ("end_date_time", "stop_date_time", "end_datetime")
_COSTS = (
    "total_cost",
    "total_fixed_cost",
    "total_energy_cost",
    "total_time_cost",
    "total_parking_cost",
    "total_reservation_cost",
)
_QUANTITIES = ("total_energy", "total_time", "total_parking_time")
_TIMES = frozenset({"TIME", "PARKING_TIME", "RESERVATION_TIME"})


def read_cdr(document: Mapping[str, Any], version: Version | str) -> Cdr:
    """Read one charge record with the tariffs inside it. Raises :class:`TariffError`, naming the place."""
    version = Version(version)
    source = table(document, "cdr")
    start = instant(_first(source, _STARTS), "cdr.start_date_time")
    end = instant(_first(source, _ENDS), "cdr.end_date_time")
    if end < start:
        raise TariffError("cdr: it ends before it starts")
    listed = tables(source.get("charging_periods"), "charging_periods")
    periods = [part for where, item in listed for part in _unmixed(_period(item, where))]
    quantities = {key: optional_number(source, key, "cdr") for key in _QUANTITIES}
    return Cdr(
        id=str(source.get("id") or ""),
        currency=text(source, "currency", "cdr").upper(),
        start=start,
        end=end,
        periods=tuple(sorted(periods, key=lambda period: period.start)),
        tariffs=tuple(read_tariff(item, version) for _, item in tables(source.get("tariffs"), "tariffs")),
        is_credit=source.get("credit") is True,
        stated=_stated(source, version),
        quantities={key: value for key, value in quantities.items() if value is not None},
    )


def _first(source: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((source[key] for key in keys if source.get(key) is not None), None)


def _stated(source: Mapping[str, Any], version: Version) -> dict[str, Price]:
    return {key: read_price(source[key], version, f"cdr.{key}") for key in _COSTS if source.get(key) is not None}


def _unmixed(period: ChargingPeriod) -> list[ChargingPeriod]:
    """Reserved time and use in one period are priced by different elements: the reserved time came first."""
    reserved = period.volumes.get("RESERVATION_TIME", Fraction(0))
    rest = {kind: volume for kind, volume in period.volumes.items() if kind != "RESERVATION_TIME"}
    if not reserved or not any(rest.get(kind) for kind in ("ENERGY", "TIME", "PARKING_TIME")):
        return [period]
    length = timedelta(microseconds=int(reserved * 3_600_000_000))
    first = replace(period, volumes={"RESERVATION_TIME": reserved})
    return [first, replace(period, start=period.start + length, volumes=rest)]


def _period(source: Mapping[str, Any], where: str) -> ChargingPeriod:
    volumes: dict[str, Fraction] = {}
    for place, item in tables(source.get("dimensions"), f"{where}.dimensions"):
        kind = text(item, "type", place)
        volume = number(item.get("volume"), f"{place}.volume")
        if kind in _TIMES and volume < 0:
            raise TariffError(f"{place}.volume: {kind} is negative")
        if kind in volumes:
            raise TariffError(f"{place}: a second {kind} in one period")
        volumes[kind] = volume
    tariff_id = source.get("tariff_id")
    return ChargingPeriod(
        start=instant(source.get("start_date_time"), f"{where}.start_date_time"),
        volumes=volumes,
        tariff_id=None if tariff_id is None else str(tariff_id),
    )
