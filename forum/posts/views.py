"""Pages of posts."""

from flask import Blueprint

blueprint = Blueprint("posts", __name__)
