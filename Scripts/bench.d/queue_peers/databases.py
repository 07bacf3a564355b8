"""A new database for every measurement. A contender's schema is installed once, into a template that is then copied."""
from __future__ import annotations

from collections.abc import Callable

import psycopg

from observed import admin

PREFIX = "peer_"


def template(name: str, install: Callable[[str], object]) -> None:
    dbname = f"{PREFIX}{name}_template"
    create(dbname, "template0")
    install(dbname)


def fresh(name: str) -> str:
    dbname = f"{PREFIX}{name}"
    create(dbname, f"{dbname}_template")
    return dbname


def create(dbname: str, source: str) -> None:
    with admin() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{dbname}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{dbname}" TEMPLATE "{source}"')


def settle(dbname: str) -> None:
    """The same starting point for every measurement: fresh statistics, and no checkpoint soon."""
    with psycopg.connect(dbname=dbname, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
