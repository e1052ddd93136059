"""The style page, on every forum that is not in production."""

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from forum.core.errors import NotFound
from forum.styleguide.samples import samples
from forum.web.access import PUBLIC, access
from forum.web.templating import page

blueprint = Blueprint("styleguide", __name__)


@blueprint.get("/styleguide")
@access(PUBLIC)
def show() -> Response:
    """Every component in every state; `?dir=rtl` in the order of Arabic and Hebrew."""
    if current_app.config["ENV"] == "production":
        raise NotFound
    return page("styleguide/show.html", sample=samples(), is_rtl=request.args.get("dir") == "rtl")
