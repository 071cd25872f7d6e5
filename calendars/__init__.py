"""Public holidays by the ``holidays`` library, as plain data for the core, which knows no library."""

from calendars.public import CalendarError, calendar_of, is_calendar, public_holidays

__all__ = ["CalendarError", "calendar_of", "is_calendar", "public_holidays"]
