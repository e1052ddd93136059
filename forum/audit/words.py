"""What the log's verbs and kinds are called on a page; the log itself keeps the short names."""

from forum.core.i18n import lazy

VERBS = {
    "account.add": lazy("Account made by command"),
    "account.change_address": lazy("Address changed"),
    "account.change_password": lazy("Password changed"),
    "account.confirm_address": lazy("Address confirmed"),
    "account.deactivate": lazy("Account put to rest"),
    "account.delete": lazy("Account deleted"),
    "account.download": lazy("Own data downloaded"),
    "account.end_sessions": lazy("Sessions ended"),
    "account.make_codes": lazy("New recovery codes made"),
    "account.make_feed": lazy("Private feed made"),
    "account.make_reset_link": lazy("Link for a new password made"),
    "account.reactivate": lazy("Account in use again"),
    "account.register": lazy("Registered"),
    "account.remove_address": lazy("Address removed"),
    "account.revoke_feed": lazy("Private feed revoked"),
    "account.set_role": lazy("Role changed"),
    "account.sign_in": lazy("Signed in"),
    "account.sign_in_refused": lazy("Sign-in refused"),
    "appeal.decide": lazy("Appeal answered"),
    "case.ask_seal": lazy("Asked to open what was taken out"),
    "case.decide": lazy("Case decided"),
    "case.escalate": lazy("Second person asked for"),
    "case.first_look": lazy("Case looked at for the first time"),
    "case.hand_over": lazy("Case handed over"),
    "case.open": lazy("Case opened"),
    "case.open_seal": lazy("What was taken out was opened"),
    "case.release": lazy("Case let go"),
    "case.take": lazy("Case taken"),
    "case.undo": lazy("Decision undone"),
    "case.wait": lazy("Author asked to change a post"),
    "condition.remove": lazy("Condition of a proposal removed"),
    "demo.filled": lazy("Demo content written"),
    "import.start": lazy("Import started"),
    "job.retry": lazy("Work tried again"),
    "placeholder.claim": lazy("Imported posts claimed"),
    "placeholder.link": lazy("Link to claim imported posts made"),
    "place.add": lazy("Place added"),
    "place.rename": lazy("Place renamed"),
    "post.hide": lazy("Post hidden until a review"),
    "post.note": lazy("Content note added"),
    "post.remove": lazy("Comment removed"),
    "post.restore": lazy("Comment restored"),
    "post.show": lazy("Post in sight again"),
    "proposal.retire": lazy("Proposal retired in favour of another"),
    "reason.add": lazy("Reason added"),
    "reason.edit": lazy("Reason changed"),
    "sanction.give": lazy("Sanction given"),
    "sanction.lift": lazy("Sanction lifted"),
    "site_invitation.create": lazy("Invitation made"),
    "site_invitation.revoke": lazy("Invitation revoked"),
    "space.code_made": lazy("Join code made"),
    "space.code_revoked": lazy("Join code revoked"),
    "space.created": lazy("Space made"),
    "space.edited": lazy("Space changed"),
    "space.invited": lazy("Member invited to a space"),
    "space.member_removed": lazy("Member taken out of a space"),
    "space.role_changed": lazy("Role in a space changed"),
    "tag.created": lazy("Tag made"),
    "tag.edited": lazy("Tag changed"),
    "tag.merged": lazy("Tag merged into another"),
    "thread.close": lazy("Thread closed"),
    "thread.merge": lazy("Thread merged into another"),
    "thread.move": lazy("Thread moved to another space"),
    "thread.pin": lazy("Thread pinned"),
    "thread.remove": lazy("Thread removed"),
    "thread.reopen": lazy("Thread reopened"),
    "thread.restore": lazy("Thread restored"),
    "thread.slow": lazy("Thread slowed down"),
    "thread.split": lazy("Comments split off into a thread"),
    "thread.tags": lazy("Tags of a thread changed"),
    "thread.tags.decline": lazy("Suggested tags declined"),
    "thread.unpin": lazy("Thread unpinned"),
    "thread.unslow": lazy("Slow mode of a thread ended"),
    "word.add": lazy("Watched word added"),
    "word.change": lazy("Watched word changed"),
    "word.remove": lazy("Watched word removed"),
}

ROLES = {
    "administrator": lazy("administrator"),
    "facilitator": lazy("facilitator"),
    "forum": lazy("the forum itself"),
    "member": lazy("member"),
    "moderator": lazy("moderator"),
}


def role_told(role: str) -> str:
    """The role in plain words; empty for an entry that does not say it."""
    return str(ROLES.get(role, role))


def told(verb: str) -> str:
    """The verb in plain words; a verb of a later version, as it is written."""
    return str(VERBS.get(verb, verb))


def spaced(name: str) -> str:
    """The name of a kind or a value, without the marks that only code needs."""
    return name.replace("_", " ")
