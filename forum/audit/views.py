"""The audit log for administrators."""

from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from forum.accounts.queries import names_of
from forum.audit.forms import FilterForm
from forum.audit.queries import EVERYTHING, entries
from forum.web.access import ADMINISTRATOR, access
from forum.web.templating import page

blueprint = Blueprint("audit", __name__)


@blueprint.get("/admin/log")
@access(ADMINISTRATOR)
def log() -> Response:
    form = FilterForm(request.args)
    is_valid = form.validate()
    form.status = 200 if is_valid else 422
    found = entries(form.to_filter() if is_valid else EVERYTHING, request.args.get("after"))
    return page(
        "audit/log.html",
        form=form,
        entries=found.rows,
        names=names_of({row.actor_id for row in found.rows if row.actor_id is not None}),
        pages={
            "newer_path": _path(None) if "after" in request.args else None,
            "older_path": _path(found.next) if found.next else None,
        },
    )


def _path(cursor: str | None) -> str:
    """The address of this filter's page that starts at the cursor, or of its first page."""
    kept = {name: request.args[name] for name in ("verb", "kind", "id") if request.args.get(name)}
    if cursor is not None:
        kept["after"] = cursor
    return url_for("audit.log") + (f"?{urlencode(kept)}" if kept else "")
