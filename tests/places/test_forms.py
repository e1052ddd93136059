"""Choosing places in forms that need no script."""

import pytest
from flask import render_template_string
from werkzeug.datastructures import MultiDict

from forum.core.i18n import lazy
from forum.places.forms import PlaceField, PlacesField
from forum.places.models import PlaceKind
from forum.places.queries import ANYWHERE, place_options
from forum.web.forms import Form
from tests import factories


class _Form(Form):
    class Meta(Form.Meta):
        csrf = False

    place = PlaceField(lazy("Where"), anywhere=lazy("Serves people anywhere"))
    places = PlacesField(lazy("Where"), description=lazy("Leave it empty for anywhere."))


@pytest.fixture
def form(app):
    spain = factories.country("ES")
    region = factories.place("catalonia", parent=spain, kind=PlaceKind.REGION)
    factories.place("girona", parent=region)

    def make(*pairs) -> _Form:
        with app.test_request_context(method="POST"):
            made = _Form(MultiDict(pairs))
            for field in (made.place, made.places):
                field.offer(place_options({spain.id}))
            made.validate()
            return made

    return make


def _page(app, form) -> str:
    with app.test_request_context():
        return render_template_string(
            '{% from "components/field.html" import field %}'
            '{% from "places/_field.html" import places_field %}'
            "{{ field(form.place) }}{{ places_field(form.places) }}",
            form=form,
        )


def test_one_place_is_chosen_from_groups(app, form):
    made = form(("place", "girona"))
    assert (made.place.data, list(made.place.errors)) == ("girona", [])
    page = _page(app, made)
    assert '<optgroup label="Spain">' in page
    assert '<option selected value="girona">Catalonia: Girona</option>' in page


@pytest.mark.parametrize("value", ["", ANYWHERE])
def test_no_place_is_a_choice(form, value):
    made = form(("place", value))
    assert (made.place.data, list(made.place.errors)) == (value, [])


def test_a_place_that_is_not_there_is_refused(form):
    made = form(("place", "nowhere"), ("places", "nowhere"))
    assert made.place.errors
    assert made.places.errors


def test_several_places_are_taken_once_each_and_empty_selects_left_out(app, form):
    made = form(("places", "girona"), ("places", ""), ("places", "fiji"), ("places", "girona"))
    assert (made.places.data, list(made.places.errors)) == (["girona", "fiji"], [])
    page = _page(app, made)
    assert 'value="girona" id="places-girona" checked' in page
    assert "Girona, Catalonia, Spain" in page


def test_no_place_at_all_is_anywhere(app, form):
    made = form()
    assert (made.places.data, list(made.places.errors)) == ([], [])
    assert "Anywhere, or choose a place" in _page(app, made)


def test_too_many_places_are_refused(form):
    slugs = [option.slug for option in place_options()][:41]
    assert form(*(("places", slug) for slug in slugs)).places.errors
