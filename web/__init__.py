"""The web door: pages for owners, and the API for cities and programs."""

from web.context import WebOptions
from web.register import register

__all__ = ["WebOptions", "register"]
