"""Migrations: how an existing database becomes what ``models`` says. :mod:`migrations.upgrade` runs them."""
