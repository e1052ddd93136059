import sqlalchemy as sa

from forum.accounts.models import User
from forum.core.db import db, transaction
from tests import factories


def test_what_a_test_commits_is_there_until_its_end(app):
    with transaction():
        db.session.execute(sa.select(1))
    factories.user("river")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_the_next_test_finds_nothing_of_it(app):
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
