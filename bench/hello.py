"""A bare Flask view with a compiled one-line template: the floor that pages are compared with."""

from flask import Flask, render_template

app = Flask(__name__)
_page = app.jinja_env.from_string("<!doctype html><title>hello</title><p>Hello, {{ name }}!</p>")


@app.get("/")
def hello() -> str:
    return render_template(_page, name="world")
