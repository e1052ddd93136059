"""What becomes of entries when an account goes, and when a tag leads to another."""

import sqlalchemy as sa

from forum.core import versions
from forum.core.db import db
from forum.services.models import Service, ServiceNeed, ServiceVersion


def forget_member(user_id: int) -> None:
    """Somebody leaves. Entries are facts and stay; who suggested and kept them is forgotten.

    Whoever deletes the account makes the pages stale that name people.
    """
    for statement in (
        sa.update(Service).where(Service.suggested_by_id == user_id).values(suggested_by_id=None),
        sa.update(Service).where(Service.verified_by_id == user_id).values(verified_by_id=None),
        sa.update(ServiceVersion)
        .where(ServiceVersion.changed_by_id == user_id)
        .values(changed_by_id=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def retag(from_tag_id: int, to_tag_id: int) -> None:
    """Move entries from one need to another, when it is merged into that."""
    has_both = sa.select(ServiceNeed.service_id).where(ServiceNeed.tag_id == to_tag_id)
    for statement in (
        sa.delete(ServiceNeed).where(
            ServiceNeed.tag_id == from_tag_id, ServiceNeed.service_id.in_(has_both)
        ),
        sa.update(ServiceNeed).where(ServiceNeed.tag_id == from_tag_id).values(tag_id=to_tag_id),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    versions.touch(versions.DIRECTORY)
