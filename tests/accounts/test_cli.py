import pytest
import sqlalchemy as sa

from forum.accounts import passwords, queries
from forum.accounts.models import SiteInvitation, User
from forum.core.actor import SiteRole
from forum.core.db import db
from tests.support.people import NEW_PASSWORD, PASSWORD


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def invoke(*args, **kwargs):
        db.session.commit()
        return runner.invoke(args=["user", *args], **kwargs)

    return invoke


def user(username="amina"):
    return db.session.scalars(sa.select(User).where(User.username == username)).one_or_none()


def test_the_first_administrator_comes_from_the_command_line(run):
    result = run(
        "add", "amina", "--role", "administrator", "--password-stdin", input=f"{PASSWORD}\n"
    )
    assert result.exit_code == 0, result.output
    assert user().role is SiteRole.ADMINISTRATOR
    assert passwords.verify(user().password_hash, PASSWORD)


def test_a_password_can_be_made_and_is_printed_once(run):
    result = run("add", "amina", "--display-name", "Amina K.", "--generate")
    password = result.output.rpartition("Password: ")[2].strip()
    assert passwords.verify(user().password_hash, password)
    assert user().display_name == "Amina K."


def test_a_password_is_asked_for_twice(run):
    result = run("add", "amina", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [("admin", PASSWORD, "kept for the site"), ("amina", "password1", "easy to guess")],
)
def test_the_rules_for_names_and_passwords_hold_here_too(run, name, password, words):
    result = run("add", name, "--password-stdin", input=password)
    assert result.exit_code == 1
    assert words in result.output
    assert user(name) is None


def test_one_way_to_give_a_password_is_enough(run):
    assert run("add", "amina", "--generate", "--password-stdin").exit_code == 2


def test_a_member_is_given_a_role(run, member):
    member()
    result = run("promote", "AMINA", "moderator")
    assert result.exit_code == 0
    assert user().role is SiteRole.MODERATOR


@pytest.mark.parametrize("command", [("promote", "moderator"), ("reset-link",)])
def test_who_is_not_there_is_named(run, command):
    result = run(command[0], "nobody.here", *command[1:])
    assert result.exit_code == 1
    assert "no member called nobody.here" in result.output


def test_a_reset_link_starts_with_the_configured_address_and_works(run, member, browser, mailing):
    member()
    link = run("reset-link", "amina").output.strip()
    assert link.startswith("https://forum.example/reset/")
    path = link.removeprefix("https://forum.example")
    assert browser.post(path, {"password": NEW_PASSWORD}).status_code == 303
    assert passwords.verify(queries.find_credentials("amina").password_hash, NEW_PASSWORD)


def test_an_account_that_nobody_can_use_gets_no_link(run, member):
    member(state="placeholder")
    result = run("reset-link", "amina")
    assert result.exit_code == 1
    assert "no use" in result.output


def test_an_invitation_is_printed(run):
    result = run("invite", "--uses", "3", "--days", "2")
    assert result.exit_code == 0
    assert db.session.scalars(sa.select(SiteInvitation)).one().uses_left == 3


def test_an_invitation_has_limits(run):
    assert run("invite", "--uses", "0").exit_code == 1
