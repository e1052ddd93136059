"""What only PostgreSQL can do to the log: several writers at once, and TRUNCATE."""

import threading

import pytest
import sqlalchemy as sa

from forum.app import create_app
from forum.audit.actions import record
from forum.audit.models import AuditEntry
from forum.audit.queries import verify
from forum.core.db import Base, db, transaction
from tests.conftest import SECRET

THREADS = 4
EACH = 10


@pytest.fixture
def own_app(postgres_url, tmp_path):
    """An application on tables of its own, beside those that other tests roll back."""
    url = sa.make_url(postgres_url)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE chain"))
    app = create_app(
        {
            "SECRET_KEY": SECRET,
            "DATABASE_URL": url.set(database="chain").render_as_string(hide_password=False),
            "INSTANCE_PATH": str(tmp_path),
        }
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()
    with engine.connect() as connection:
        connection.execute(sa.text("DROP DATABASE chain WITH (FORCE)"))
    engine.dispose()


def test_entries_of_several_threads_make_one_chain(own_app):
    errors = []
    barrier = threading.Barrier(THREADS)

    def act(actor_id):
        barrier.wait(10)
        for number in range(EACH):
            try:
                with own_app.app_context(), transaction():
                    record(actor_id, "a.b", "thing", number)
            except sa.exc.SQLAlchemyError as error:
                errors.append(error)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with own_app.app_context():
        count = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
        assert (errors, count, verify()) == ([], THREADS * EACH, None)


def test_the_table_cannot_be_emptied(own_app):
    with own_app.app_context(), pytest.raises(sa.exc.IntegrityError, match="cannot be changed"):
        db.session.execute(sa.text("TRUNCATE audit_entry"))


def test_the_triggers_leave_with_the_table(own_app):
    with own_app.app_context():
        Base.metadata.drop_all(db.engine)
        left = "SELECT count(*) FROM pg_proc WHERE proname = 'audit_entry_refuse'"
        assert db.session.scalar(sa.text(left)) == 0
