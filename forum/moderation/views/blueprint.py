"""The blueprint that the views of moderation hang on."""

from flask import Blueprint

blueprint = Blueprint("moderation", __name__)
