"""The blueprint that the views of proposals hang on."""

from flask import Blueprint

blueprint = Blueprint("proposals", __name__)
