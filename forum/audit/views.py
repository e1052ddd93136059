"""The audit log for administrators."""

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from forum.accounts.queries import names_of
from forum.audit.forms import FilterForm
from forum.audit.queries import EVERYTHING, entries
from forum.web.access import ADMINISTRATOR, access
from forum.web.pages import pages
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
        pages=pages(
            found,
            url_for("audit.log"),
            **{name: request.args.get(name) for name in ("verb", "kind", "id")},
        ),
    )
