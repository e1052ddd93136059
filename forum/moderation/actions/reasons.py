"""The list of reasons that decisions give: planted, edited, retired."""

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

from forum.audit.actions import record
from forum.core.actor import Actor
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.fitting import fit
from forum.core.i18n import _
from forum.core.text import scrub, scrub_line
from forum.moderation import policy
from forum.moderation.models import TEXT_LENGTH, Reason

NAME_LENGTH = 100
_PLANTED = Path(__file__).parents[1] / "reasons.toml"


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    """A reason's short name, and what the author is sent, in each language."""

    name_en: str
    name_es: str
    text_en: str
    text_es: str
    is_active: bool = True


def plant_reasons() -> None:
    """Make the reasons that every forum starts with, unless there are any."""
    if db.session.scalar(sa.select(sa.exists().select_from(Reason))):
        return
    content = tomllib.loads(_PLANTED.read_text(encoding="utf-8"))
    db.session.add_all(
        Reason(position=position, **values) for position, values in enumerate(content["reasons"])
    )


def add_reason(actor: Actor, draft: ReasonDraft) -> int:
    """A reason at the end of the list."""
    policy.may_edit_reasons(actor).enforce()
    values = _checked(draft)
    last = db.session.scalar(sa.select(sa.func.max(Reason.position)))
    reason = Reason(position=0 if last is None else last + 1, **values)
    db.session.add(reason)
    db.session.flush()
    record(actor.id, "reason.add", "reason", reason.id, after=values, role=actor.staff_role)
    return reason.id


def edit_reason(actor: Actor, reason_id: int, draft: ReasonDraft) -> None:
    """Change a reason, or let new decisions do without it; decisions that gave it keep it."""
    policy.may_edit_reasons(actor).enforce()
    reason = db.session.scalar(sa.select(Reason).where(Reason.id == reason_id).with_for_update())
    if reason is None:
        raise NotFound
    values = _checked(draft)
    before = {name: getattr(reason, name) for name in values}
    if before == values:
        return
    for name, value in values.items():
        setattr(reason, name, value)
    record(
        actor.id, "reason.edit", "reason", reason.id, before=before, after=values,
        role=actor.staff_role,
    )  # fmt: skip


def _checked(draft: ReasonDraft) -> dict[str, str | bool]:
    values: dict[str, str | bool] = {}
    for name, value in asdict(draft).items():
        if isinstance(value, bool):
            values[name] = value
            continue
        is_name = name.startswith("name")
        text = scrub_line(value) if is_name else scrub(value).strip()
        limit = NAME_LENGTH if is_name else TEXT_LENGTH
        if not text:
            raise Invalid(_("Please fill this in, in both languages."), name)
        fit(text, limit, name)
        values[name] = text
    return values
