"""A column of numbers as one text: what many rows cost to fetch one by one is then paid once.

What becomes of such texts is in forum/gaps/sets.py.
"""

from typing import Any

import sqlalchemy as sa


def joined(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """An aggregate: the values with commas between them, empty for no row.

    Two of them in one statement are in the same order, for both are fed row by row. A value of
    NULL would be left out, so a column that may hold it has to be given another.
    """
    return sa.func.aggregate_strings(sa.cast(column, sa.String()), ",")
