"""The pages for drivers: a bay by the code on its sign, a stay, what it costs and why, one's own data. No log-in."""

from web.driver import bay, contest, mine, phone, starting, stay
from web.driver.blueprint import driver_pages, sorry

__all__ = ["bay", "contest", "driver_pages", "mine", "phone", "sorry", "starting", "stay"]
