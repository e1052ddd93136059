"""What the log's verbs and kinds are called on a page; the log itself keeps the short names."""

VERBS = {
    "account.add": "Account made by command",
    "account.change_address": "Address changed",
    "account.change_password": "Password changed",
    "account.confirm_address": "Address confirmed",
    "account.deactivate": "Account put to rest",
    "account.delete": "Account deleted",
    "account.download": "Own data downloaded",
    "account.end_sessions": "Sessions ended",
    "account.make_codes": "New recovery codes made",
    "account.make_reset_link": "Link for a new password made",
    "account.reactivate": "Account in use again",
    "account.register": "Registered",
    "account.remove_address": "Address removed",
    "account.set_role": "Role changed",
    "account.sign_in": "Signed in",
    "account.sign_in_refused": "Sign-in refused",
    "demo.filled": "Demo content written",
    "import.start": "Import started",
    "job.retry": "Work tried again",
    "placeholder.claim": "Imported posts claimed",
    "placeholder.link": "Link to claim imported posts made",
    "post.remove": "Comment removed",
    "post.restore": "Comment restored",
    "site_invitation.create": "Invitation made",
    "site_invitation.revoke": "Invitation revoked",
    "space.code_made": "Join code made",
    "space.code_revoked": "Join code revoked",
    "space.created": "Space made",
    "space.edited": "Space changed",
    "space.invited": "Member invited to a space",
    "space.member_removed": "Member taken out of a space",
    "space.role_changed": "Role in a space changed",
    "tag.created": "Tag made",
    "tag.edited": "Tag changed",
    "tag.merged": "Tag merged into another",
    "thread.close": "Thread closed",
    "thread.merge": "Thread merged into another",
    "thread.move": "Thread moved to another space",
    "thread.pin": "Thread pinned",
    "thread.remove": "Thread removed",
    "thread.reopen": "Thread reopened",
    "thread.restore": "Thread restored",
    "thread.split": "Comments split off into a thread",
    "thread.tags": "Tags of a thread changed",
    "thread.tags.decline": "Suggested tags declined",
    "thread.unpin": "Thread unpinned",
}


def told(verb: str) -> str:
    """The verb in plain words; a verb of a later version, as it is written."""
    return VERBS.get(verb, verb)


def spaced(name: str) -> str:
    """The name of a kind or a value, without the marks that only code needs."""
    return name.replace("_", " ")
