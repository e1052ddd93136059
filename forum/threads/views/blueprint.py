"""The blueprint that the views of threads hang on."""

from flask import Blueprint

blueprint = Blueprint("threads", __name__)
