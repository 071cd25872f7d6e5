"""The API: violations with their evidence, for cities and programs, under ``/api/v1``."""

from web.api import contacts, findings, plates, policies, signs, specification, violations, webhooks
from web.api.blueprint import api

__all__ = ["api", "contacts", "findings", "plates", "policies", "signs", "specification", "violations", "webhooks"]
