"""What follows from changes of accounts: the index knows the people whom members can look up."""

from forum.accounts.models import User, UserState
from forum.index.actions import put_names, remove_names
from forum.index.models import Named


def index_person(user: User) -> None:
    """Let a person be found by their names, while their account is in use."""
    if user.state is UserState.ACTIVE:
        put_names(Named.PERSON, user.id, (user.username, user.display_name))
    else:
        remove_names(Named.PERSON, user.id)
