"""The API: violations with their evidence, for cities and programs, under ``/api/v1``."""

<<<<<<< HEAD
from web.api import contacts, findings, policies, signs, specification, violations, webhooks
from web.api.blueprint import api

__all__ = ["api", "contacts", "findings", "policies", "signs", "specification", "violations", "webhooks"]
=======
from web.api import contacts, findings, plates, policies, specification, violations, webhooks
from web.api.blueprint import api

__all__ = ["api", "contacts", "findings", "plates", "policies", "specification", "violations", "webhooks"]
>>>>>>> 80c88a9 (feat: the plate of a violation is read by an officer or a city's program, with a reason that is logged)
