import io
import re

import pytest
import sqlalchemy as sa

from forum.core.db import db
from forum.imports.actions import run_import
from forum.imports.models import ImportRun
from forum.threads.models import Thread
from tests import factories


def upload(browser, data, name="blog.xml", **fields):
    return browser.post(
        "/imports/new",
        {
            "format": "blogger",
            "space": "evening-course",
            "file": (io.BytesIO(data), name),
            **fields,
        },
        content_type="multipart/form-data",
    )


@pytest.fixture
def admin(browser, space):
    return browser.sign_in(factories.administrator())


def test_an_administrator_uploads_a_file_and_sees_what_became_of_it(admin, blogger):
    response = upload(admin, blogger)
    assert response.status_code == 303
    path = response.headers["Location"]
    assert "Waiting for its turn" in admin.get(path).text
    run_import({"run": db.session.scalar(sa.select(ImportRun.id))})
    assert "What happened" in admin.get(path).text
    assert "blog.xml" in admin.get("/imports").text


def test_a_dry_run_says_what_would_happen(admin, blogger):
    path = upload(admin, blogger, is_dry="y").headers["Location"]
    run_import({"run": db.session.scalar(sa.select(ImportRun.id))})
    assert "What would happen" in admin.get(path).text
    assert db.session.scalar(sa.select(Thread.id)) is None


def test_a_form_without_a_file_says_so_beside_the_field(admin):
    response = upload(admin, b"", name="")
    assert response.status_code == 422
    assert "Please choose a file." in response.text


def test_a_refused_file_is_explained_on_its_page(admin):
    path = upload(admin, b"<html>no</html>").headers["Location"]
    run_import({"run": db.session.scalar(sa.select(ImportRun.id))})
    assert "Nothing was written." in admin.get(path).text


@pytest.mark.parametrize("path", ["/imports", "/imports/new", "/imports/1"])
def test_imports_do_not_exist_for_others(browser, space, path):
    assert browser.sign_in(factories.moderator()).get(path).status_code == 404


def test_a_facilitator_hands_an_imported_author_over(app, browser, space, blogger):
    admin = browser.sign_in(factories.administrator())
    upload(admin, blogger)
    run_import({"run": db.session.scalar(sa.select(ImportRun.id))})
    facilitator = type(browser)(app).sign_in(factories.facilitator(space))
    listed = facilitator.get("/s/evening-course/imported-authors").text
    action = re.search(r'formaction="(/s/evening-course/imported-authors/\d+)"', listed)[1]
    shown = facilitator.post(action)
    link = re.search(r"/claim/[\w-]+", shown.text)[0]
    person = type(browser)(app).sign_in(factories.user("river"))
    assert "Are these your posts?" in person.get(link).text
    assert person.post(link).status_code == 303
    assert person.get(link).status_code == 404
