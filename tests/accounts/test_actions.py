from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forum.accounts import actions, passwords, queries, tokens
from forum.accounts.actions import Limit, Preferences, Profile, Registration
from forum.accounts.models import (
    Attempt,
    MailToken,
    RecoveryCode,
    SiteInvitation,
    Theme,
    User,
    UserSession,
    UserState,
)
from forum.core import clock
from forum.core.actor import VISITOR, SiteRole
from forum.core.db import db, transaction
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from forum.mail.models import Delivery
from tests import factories
from tests.support.pages import actor_of
from tests.support.people import NEW_PASSWORD, PASSWORD, rules


def nobody_vouches(_actor, _code):
    raise actions.refuse_code()


def register(given=None, vouch=nobody_vouches, **draft):
    given = given or rules()
    checked = actions.check_registration(
        given, Registration(**{"username": "amina", "display_name": "", **draft})
    )
    with transaction():
        return actions.register(given, checked, "a hash", vouch=vouch)


def count(model, *conditions):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions))


# Counting tries


def attempt(subject="x", limit=3):
    with transaction():
        actions.count_attempt("test", subject, limit=limit, minutes=15)


def test_tries_within_the_limit_pass_and_the_next_is_told_when_to_come_back(app):
    for _ in range(3):
        attempt()
    with pytest.raises(TooMany) as refused:
        attempt()
    assert 14 * 60 < refused.value.retry_after <= 15 * 60 + 1
    assert "15 minutes" in refused.value.message or "16 minutes" in refused.value.message


def test_tries_of_others_do_not_count(app):
    for _ in range(3):
        attempt("x")
    attempt("y")


def test_the_window_slides(app):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(3):
            attempt()
            traveller.shift(timedelta(minutes=5))
        traveller.shift(timedelta(seconds=1))
        attempt()
        with pytest.raises(TooMany):
            attempt()


def test_a_try_that_one_limit_refuses_counts_against_none(app):
    attempt("tight", limit=1)
    with pytest.raises(TooMany), transaction():
        actions.count_attempts([Limit("test", "wide", 5), Limit("test", "tight", 1)])
    assert count(Attempt, Attempt.subject == "wide") == 0


def test_tries_are_forgotten_after_a_day(app):
    with time_machine.travel(clock.now() - timedelta(hours=25)):
        attempt("old")
    attempt("new")
    assert count(Attempt, Attempt.subject == "old") == 0


# Registering


def test_a_member_without_an_address_gets_ten_codes_of_which_digests_are_kept(app):
    made = register()
    assert len(made.codes) == 10
    kept = set(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    assert kept == {tokens.code_digest(code) for code in made.codes}


def test_a_member_with_an_address_gets_a_link_and_no_codes(app, mailing):
    made = register(email="Amina@Example.org")
    assert made.codes == ()
    delivery = db.session.scalars(sa.select(Delivery)).one()
    assert delivery.kind == "confirm-address"
    assert delivery.context["link"].startswith("https://forum.example/confirm-address/")


def test_a_member_without_a_shown_name_is_shown_by_the_user_name(app):
    user = db.session.get(User, register(username="Zoë").user_id)
    assert user.display_name == "Zoë"


def test_an_address_that_is_somebodys_gets_a_mail_and_the_answer_stays_the_same(
    app, member, mailing
):
    member("first", email="amina@example.org")
    made = register(email="amina@example.org")
    assert made.codes == ()
    delivery = db.session.scalars(sa.select(Delivery)).one()
    assert delivery.kind == "address-in-use"
    assert "confirm-address" not in delivery.context["link"]


def test_an_address_that_nobody_confirmed_blocks_nobody(app, member, mailing):
    member("first", email="amina@example.org", email_confirmed_at=None)
    register(email="amina@example.org")
    assert db.session.scalars(sa.select(Delivery)).one().kind == "confirm-address"


@pytest.mark.parametrize(
    ("username", "words"),
    [("AMINA", "taken"), ("arnina", "too much like")],
    ids=["same key", "same look"],
)
def test_a_user_name_like_another_is_refused(app, username, words):
    register(username="amina")
    with pytest.raises(Invalid, match=words) as refused:
        register(username=username)
    assert refused.value.field == "username"


def test_a_closed_site_registers_nobody(app):
    with pytest.raises(Forbidden):
        register(rules(registration="closed"))


def test_an_address_is_asked_for_where_the_site_requires_one(app):
    with pytest.raises(Invalid) as refused:
        register(rules(is_email_required=True))
    assert refused.value.field == "email"


def test_what_is_no_address_is_refused(app):
    with pytest.raises(Invalid) as refused:
        register(email="not an address")
    assert refused.value.field == "email"


# Invitations


@pytest.fixture
def host(app):
    return actor_of(factories.moderator("host"))


def invite(host, uses=1, days=7):
    with transaction():
        return actions.invite(host, uses=uses, days=days)


def test_an_invitation_lets_in_as_many_as_it_says(host):
    code = invite(host, uses=2)
    given = rules(registration="invite")
    register(given, username="one.person", code=code)
    register(given, username="two.persons", code=code.upper())
    with pytest.raises(Invalid) as refused:
        register(given, username="three.persons", code=code)
    assert refused.value.field == "code"
    assert count(User, User.username == "three.persons") == 0


def test_registration_by_invitation_asks_for_a_code(app):
    with pytest.raises(Invalid) as refused:
        register(rules(registration="invite"))
    assert refused.value.field == "code"


def test_an_invitation_ends_with_its_days(host):
    code = invite(host, days=7)
    with time_machine.travel(clock.now() + timedelta(days=8)), pytest.raises(Invalid):
        register(rules(registration="invite"), code=code)


def test_a_revoked_invitation_lets_nobody_in_and_revoking_twice_is_harmless(host):
    code = invite(host)
    invitation = db.session.scalars(sa.select(SiteInvitation)).one()
    for _ in range(2):
        with transaction():
            actions.revoke_invitation(host, invitation.id)
    with pytest.raises(Invalid):
        register(rules(registration="invite"), code=code)


def test_a_code_that_is_no_invitation_is_left_to_who_can_vouch(app):
    asked = []
    register(
        rules(registration="invite"),
        code="JOINCODE",
        vouch=lambda actor, code: asked.append((actor.username, code)),
    )
    assert asked == [("amina", "JOINCODE")]


@pytest.mark.parametrize("days_and_uses", [(0, 1), (91, 1), (1, 0), (1, 201)])
def test_invitations_have_limits(host, days_and_uses):
    days, uses = days_and_uses
    with pytest.raises(Invalid):
        invite(host, uses=uses, days=days)


@pytest.mark.parametrize("role", [None, SiteRole.MEMBER], ids=["visitor", "member"])
def test_who_is_no_moderator_invites_nobody(app, role):
    actor = VISITOR if role is None else actor_of(factories.user())
    with pytest.raises(NotFound):
        invite(actor)


# Sessions


def test_a_sign_in_with_a_password_changed_meanwhile_is_refused(member):
    user = member()
    checked = queries.find_credentials("amina")
    user.password_hash = passwords.hash_password(NEW_PASSWORD)
    db.session.commit()
    with pytest.raises(Conflict), transaction():
        actions.sign_in(rules(), checked, device="", counted=(), rehashed=None)


def test_signing_in_brings_a_deactivated_account_back(member):
    user = member(state=UserState.DEACTIVATED)
    with transaction():
        actions.sign_in(
            rules(), queries.find_credentials("amina"), device="", counted=(), rehashed=None
        )
    assert user.state is UserState.ACTIVE


def test_signing_in_forgets_sessions_that_are_over(member):
    user = member()
    with time_machine.travel(clock.now() - timedelta(days=20)):
        factories.session_token(user)
    with transaction():
        actions.sign_in(
            rules(), queries.find_credentials("amina"), device="", counted=(), rehashed=None
        )
    assert count(UserSession) == 1


def test_nobody_ends_anothers_session(member):
    factories.session_token(member())
    session = db.session.scalars(sa.select(UserSession)).one()
    with pytest.raises(NotFound), transaction():
        actions.end_session(actor_of(member("bruno")), session.id)


# New passwords


def reset_token(user):
    account = queries.get_account_by_id(user.id)
    with transaction():
        link = actions.make_reset_link_from_command_line(rules(), account)
    return link.rpartition("/")[2]


def test_a_reset_ends_every_session(member):
    user = member()
    factories.session_token(user)
    link = queries.find_link(queries.RESET, reset_token(user))
    with transaction():
        actions.reset_with_link(rules(), link, passwords.hash_password(NEW_PASSWORD))
    assert count(UserSession) == 0


def test_a_link_found_twice_works_once(member):
    link = queries.find_link(queries.RESET, reset_token(member()))
    with transaction():
        actions.reset_with_link(rules(), link, "hash one")
    with pytest.raises(Conflict), transaction():
        actions.reset_with_link(rules(), link, "hash two")


def test_a_newer_link_ends_the_earlier(member):
    user = member()
    first, second = reset_token(user), reset_token(user)
    assert queries.find_link(queries.RESET, first) is None
    assert queries.find_link(queries.RESET, second) is not None


def test_a_recovery_code_found_twice_works_once(app):
    made = register()
    code = queries.find_code("amina", made.codes[0])
    with transaction():
        actions.reset_with_code(rules(), code, "hash one")
    assert queries.find_code("amina", made.codes[0]) is None
    with pytest.raises(Conflict), transaction():
        actions.reset_with_code(rules(), code, "hash two")


def test_new_codes_end_the_earlier_ones(app):
    made = register()
    actor = actor_of(db.session.get(User, made.user_id))
    with transaction():
        actions.reissue_codes(actor, rules())
    assert queries.find_code("amina", made.codes[0]) is None
    assert queries.unused_codes(actor) == 10


def test_nobody_is_mailed_at_an_address_that_is_not_confirmed(member, mailing):
    member(email="amina@example.org", email_confirmed_at=None)
    with transaction():
        actions.mail_reset_link(rules(), queries.find_account("amina"))
    assert count(Delivery) == 0
    assert count(MailToken) == 0


# Settings


def test_ones_own_words_are_rendered_and_stored(member):
    user = member()
    with transaction():
        actions.edit_profile(actor_of(user), Profile("Amina K.", "I know *housing*."))
    assert user.display_name == "Amina K."
    assert "<em>housing</em>" in user.about_html
    assert user.about_render_version > 0


def test_an_unknown_time_zone_is_refused(member):
    with pytest.raises(Invalid), transaction():
        actions.edit_preferences(actor_of(member()), Preferences("Mars/Base", Theme.DARK))


def test_the_address_that_was_is_told_about_the_new_one(member, mailing):
    user = member(email="old@example.org")
    with transaction():
        actions.change_address(actor_of(user), rules(), "new@example.org")
    sent = {row.recipient: row.kind for row in db.session.scalars(sa.select(Delivery))}
    assert sent == {"old@example.org": "address-changed", "new@example.org": "confirm-address"}
    assert user.email_confirmed_at is None


def test_naming_the_same_confirmed_address_again_changes_nothing(member, mailing):
    user = member(email="old@example.org")
    with transaction():
        actions.change_address(actor_of(user), rules(), "OLD@example.org")
    assert user.email_confirmed_at is not None
    assert count(Delivery) == 0


def test_an_address_confirmed_by_two_belongs_to_the_first(member, mailing):
    one, two = member("one.person"), member("two.persons")
    links = []
    for user in (one, two):
        with transaction():
            actions.change_address(actor_of(user), rules(), "shared@example.org")
        path = db.session.scalars(sa.select(Delivery).order_by(Delivery.id.desc())).first()
        links.append(queries.find_link(queries.CONFIRM, path.context["link"].rpartition("/")[2]))
    with transaction():
        actions.confirm_address(links[0])
    with pytest.raises(Conflict), transaction():
        actions.confirm_address(links[1])


def test_an_address_can_be_removed_and_removing_none_is_harmless(member, mailing):
    user = member(email="old@example.org")
    for _ in range(2):
        with transaction():
            actions.remove_address(actor_of(user), rules())
    assert user.email is None
    assert count(Delivery) == 1


def test_an_address_that_the_site_requires_cannot_be_removed(member):
    with pytest.raises(Invalid), transaction():
        actions.remove_address(
            actor_of(member(email="a@example.org")), rules(is_email_required=True)
        )


def test_deleting_an_account_leaves_nothing_personal(member):
    user = member(email="amina@example.org", about_source="me", about_html="<p>me</p>")
    factories.session_token(user)
    with transaction():
        actions.reissue_codes(actor_of(user), rules())
        actions.delete_account(actor_of(user))
    row = db.session.execute(sa.select(User.__table__).where(User.id == user.id)).one()
    assert row.state is UserState.DELETED
    assert "amina" not in str(tuple(row)).casefold()
    assert row.password_hash is None
    assert count(UserSession) == count(RecoveryCode) == count(MailToken) == 0


def test_a_name_is_free_again_after_its_account_is_deleted(member):
    with transaction():
        actions.delete_account(actor_of(member()))
    register(username="amina")


def test_the_only_administrator_stays(app):
    only = factories.administrator("chief")
    with pytest.raises(Forbidden), transaction():
        actions.delete_account(actor_of(only))


# Members


def test_a_role_is_set_by_an_administrator_and_setting_it_again_changes_nothing(member):
    chief, user = factories.administrator(), member()
    for _ in range(2):
        with transaction():
            actions.set_role(actor_of(chief), user.id, SiteRole.MODERATOR)
    assert user.role is SiteRole.MODERATOR


@pytest.mark.parametrize("make", [factories.user, factories.moderator])
def test_nobody_else_sets_roles_or_ends_sessions(member, make):
    actor, user = actor_of(make()), member()
    with pytest.raises(NotFound), transaction():
        actions.set_role(actor, user.id, SiteRole.MODERATOR)
    with pytest.raises(NotFound), transaction():
        actions.end_sessions_of(actor, user.id)


def test_a_member_who_is_not_there_is_not_found(app):
    chief = actor_of(factories.administrator())
    with pytest.raises(NotFound), transaction():
        actions.set_role(chief, 10**6, SiteRole.MODERATOR)


def test_checked_credentials_hold_for_the_password_they_were_checked_for(member):
    user = member()
    checked = queries.find_credentials("amina")
    assert passwords.verify(checked.password_hash, PASSWORD)
    user.password_hash = "another"
    db.session.commit()
    with pytest.raises(Conflict), transaction():
        actions.change_password(
            actor_of(user), rules(), checked, password_hash="new", end_others=True
        )
