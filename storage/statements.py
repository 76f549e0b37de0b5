"""Statements over the tables, compiled once to SQLite's SQL with parameters by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    ColumnElement,
    Select,
    Table,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

ID_MAX = 2**63 - 1  # what a number of a row can be
COUNTED = 100  # a list that is longer is only said to be long


class _Compiler(SQLiteCompiler):
    """Writes constants into the statement: partial indexes need them, and they need no binding."""

    def visit_bindparam(self, bindparam: BindParameter[Any], *args: Any, **kwargs: Any) -> str:
        kwargs["literal_binds"] = not bindparam.required
        return str(super().visit_bindparam(bindparam, *args, **kwargs))  # type: ignore[no-untyped-call]


_DIALECT = sqlite.dialect(paramstyle="named")
_DIALECT.statement_compiler = _Compiler


def sql(statement: ClauseElement) -> str:
    """Compile a statement over the tables once; each bindparam("x") becomes a parameter :x."""
    return str(statement.compile(dialect=_DIALECT))


def insert_sql(table: Table) -> str:
    """INSERT of a row, each column from the parameter of its name; a counting id is left out."""
    names = [column.name for column in table.columns if column is not table.autoincrement_column]
    return sql(table.insert().values({name: bindparam(name) for name in names}))


def insert_new_sql(table: Table) -> str:
    """INSERT of a row as `insert_sql` makes it, which gives its id; none where it is there."""
    names = [column.name for column in table.columns if column is not table.autoincrement_column]
    statement = sqlite.insert(table).values({name: bindparam(name) for name in names})
    return sql(statement.on_conflict_do_nothing().returning(*table.primary_key.columns))


def upsert_sql(table: Table, *changed: str) -> str:
    """INSERT of a row by the parameters of its columns; where its key is there already, these
    columns are changed, or without any it is left alone."""
    statement = sqlite.insert(table).values(
        {column.name: bindparam(column.name) for column in table.columns}
    )
    if not changed:
        return sql(statement.on_conflict_do_nothing())
    keys = list(table.primary_key.columns)
    new = {name: statement.excluded[name] for name in changed}
    return sql(statement.on_conflict_do_update(index_elements=keys, set_=new))


def count_some_sql(table: Table, condition: ColumnElement[bool]) -> str:
    """How many rows there are; COUNTED stands for that many or more."""
    one: Select[Any] = select(literal_column("1")).select_from(table).where(condition)
    return sql(select(func.count()).select_from(one.limit(COUNTED).subquery()))
