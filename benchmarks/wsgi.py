"""The two applications that are compared under the same gunicorn."""

from datetime import UTC, datetime

from flask import Flask, Response

import ocpi
from benchmarks.places import make_ledger


def empty() -> Flask:
    """A view that does nothing: what Flask and gunicorn cost."""
    app = Flask("empty")

    @app.route("/<path:_any>", methods=["PUT", "PATCH"])
    def view(_any: str) -> Response:
        return Response(b"{}", 200, mimetype="application/json")

    return app


def service(database: str) -> Flask:
    """The OCPI door as it is served."""
    app = Flask("service")
    party = ocpi.OurParty("US", "BAY", "Baywarden")
    app.register_blueprint(ocpi.blueprint(make_ledger(database), lambda: datetime.now(UTC), "http://127.0.0.1", party))
    return app
