"""What each kind of notification says: plain words around the values that were kept with it.

A kind has a title and paragraphs. A paragraph that stands around a value is left out where the
value is missing or empty. What follows a colon is a variant, named by the value `variant`; a
variant that is not known reads as its kind does, and a kind of a later version reads as NEUTRAL.
Names that end in "until" or "_at" are times. `why` is one of WHY, or a text of its own.
Whoever reported reads nothing about the other person, and nobody reads who reported.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.core.actor import Actor
from forum.core.i18n import language, lazy
from forum.core.moments import moment

_PLACE = re.compile(r"%\((\w{1,40})\)s")


@dataclass(frozen=True, slots=True)
class Words:
    """Templates, or what became of them: a title and paragraphs."""

    title: str
    texts: tuple[str, ...] = ()


NEUTRAL = Words(lazy("Something happened that concerns you"), (lazy("Open it to see what it is."),))

# Why a post is out of sight or was decided about, by the reason that reports give.
WHY = {
    "identifies": lazy("It may tell who or where somebody is."),
    "worried": lazy("Somebody was worried about you."),
    "blames": lazy("It may sound as if survivors were to blame, or were not believed."),
    "recruits": lazy("It may try to recruit people, or to reach them outside of here."),
    "graphic": lazy("It may show violence without a content note."),
    "harasses": lazy("It may hurt or threaten somebody."),
    "spam": lazy("It may be advertising."),
    "off_topic": lazy("It may belong somewhere else."),
    "first_post": lazy("The first posts of a new account are read before others see them."),
    "watched": lazy("It holds words that are read before others see them."),
    "contact": lazy("It holds a link or a number, which is read before others see it."),
    "sanction": lazy("Your posts are read before others see them for now."),
}

_REASON = lazy("The reason: %(why)s")
_ASKED = lazy("They ask: %(why)s")
_NOTE = lazy("They add: %(note)s")
_TITLE = lazy("It is called “%(title)s”.")
_MEND = lazy("You can change it at any time; nobody else sees it until it is reviewed.")
_APPEAL = lazy(
    "If you think that this is wrong, you can appeal until %(appeal_until)s. Somebody else will"
    " decide about it."
)
_IN_SPACE = lazy("This holds in the space %(space)s.")
_UNTIL = lazy("It ends by itself: %(until)s.")
_NAMED_BY = lazy("By %(name)s.")
_ORGANISATION = lazy("Organisation: %(organisation)s")
_STAYS_PAST = lazy("On what you wrote with it, it is marked as past.")
_ABOUT = (_IN_SPACE, _REASON, _UNTIL, _APPEAL)
_DECIDED = (_REASON, _NOTE, _APPEAL)

KINDS: dict[str, Words] = {
    # To whoever reported.
    "report.closed": Words(
        lazy("Your report was looked at"),
        (lazy("Thank you for it. What was decided is in your reports."),),
    ),
    "report.closed:upheld": Words(
        lazy("Something was done about what you reported"),
        (lazy("Thank you. Your report helped to keep this place safe."),),
    ),
    "report.closed:not_upheld": Words(
        lazy("Your report was looked at, and nothing had to change"),
        (lazy("It was right to ask. If you see something new, please report it again."),),
    ),
    # To the author.
    "post.hidden": Words(
        lazy("A post of yours waits for a review"),
        (lazy("It was reported, so nobody else sees it for now."), _REASON, _MEND),
    ),
    "post.mend": Words(
        lazy("You are asked to change a post of yours"),
        (_ASKED, lazy("When you have changed it, somebody looks at it again.")),
    ),
    "post.noted": Words(
        lazy("A post of yours was given a content note"),
        (_REASON, lazy("Readers see the note first. Your words are as you wrote them.")),
    ),
    "post.published": Words(
        lazy("A post of yours can be read again"),
        (lazy("It was reviewed, and everybody who may see its thread can read it."),),
    ),
    "post.published:withdrawn": Words(
        lazy("A post of yours can be read again"),
        (lazy("What was reported about it was taken back."),),
    ),
    "decision.made": Words(lazy("Something was decided about a post of yours"), _DECIDED),
    "decision.made:no_action": Words(
        lazy("A post of yours was reviewed, and nothing had to change"), (_NOTE,)
    ),
    "decision.made:mended": Words(
        lazy("Your change was accepted"),
        (lazy("Thank you for mending your post. It can be read again."), _NOTE),
    ),
    "decision.made:publish": Words(
        lazy("A post of yours can be read now"), (lazy("It was reviewed. Thank you."), _NOTE)
    ),
    "decision.made:note": Words(lazy("A post of yours was given a content note"), _DECIDED),
    "decision.made:redact": Words(
        lazy("Details were taken out of a post of yours"),
        (lazy("They could have told who or where somebody is."), *_DECIDED),
    ),
    "decision.made:hide": Words(
        lazy("A post of yours is hidden"),
        (*_DECIDED[:2], lazy("You can change it; then it is reviewed again."), _APPEAL),
    ),
    "decision.made:remove": Words(lazy("A post of yours was removed"), _DECIDED),
    "decision.made:close": Words(lazy("A thread of yours was closed"), _DECIDED),
    "decision.undone": Words(
        lazy("A decision about a post of yours was taken back"),
        (lazy("Everything is as it was before."), _NOTE),
    ),
    "appeal.received": Words(
        lazy("Your appeal has arrived"),
        (lazy("Somebody who did not make the decision will read it, and you will hear here."),),
    ),
    "appeal.decided": Words(lazy("Your appeal was decided"), (_REASON, _NOTE)),
    "appeal.decided:upheld": Words(
        lazy("Your appeal was decided: the decision stays"), (_REASON, _NOTE)
    ),
    "appeal.decided:changed": Words(
        lazy("Your appeal was decided: the decision was changed"), (_REASON, _NOTE)
    ),
    "appeal.decided:reversed": Words(
        lazy("Your appeal was decided: the decision was taken back"),
        (lazy("Everything is as it was before."), _REASON, _NOTE),
    ),
    "sanction.given": Words(lazy("What you can do here has changed"), _ABOUT),
    "sanction.given:notice": Words(
        lazy("The moderators ask you to take care"),
        (lazy("Nothing else changes for you."), _IN_SPACE, _REASON, _APPEAL),
    ),
    "sanction.given:slow": Words(
        lazy("You can write once every 30 minutes"),
        (lazy("Between two posts of yours there is some time now."), *_ABOUT),
    ),
    "sanction.given:hold": Words(
        lazy("Your posts are read before others see them"),
        (lazy("You can write as always; each post waits for a review."), *_ABOUT),
    ),
    "sanction.given:mute": Words(
        lazy("You cannot write for a while"),
        (lazy("You can read, agree, and take your own words back."), *_ABOUT),
    ),
    "sanction.given:suspend": Words(
        lazy("You cannot take part for a while"),
        (lazy("Your own words stay yours: you can take them back."), *_ABOUT),
    ),
    "sanction.given:exclude": Words(
        lazy("You cannot take part any more"),
        (lazy("Your own words stay yours: you can take them back."), *_ABOUT),
    ),
    "sanction.lifted": Words(
        lazy("You can take part as before"),
        (lazy("What kept you from it was lifted."), _IN_SPACE, _REASON),
    ),
    # About context notes.
    "context.added": Words(
        lazy("Somebody added context to a post of yours"),
        (
            _NAMED_BY,
            _TITLE,
            lazy("It stands beneath your words, with its source. You can answer it once."),
        ),
    ),
    "context.answered": Words(lazy("A note of yours was answered"), (_TITLE,)),
    "context.disputed": Words(
        lazy("A note of yours is disputed"), (_TITLE, lazy("The reason stands with the note."))
    ),
    # About badges.
    "badge.decided": Words(lazy("Your request for a badge was answered"), (_ORGANISATION, _NOTE)),
    "badge.decided:granted": Words(
        lazy("You have a badge"),
        (
            _ORGANISATION,
            lazy("You can choose for each post whether to show it. It holds until %(until)s."),
            _NOTE,
        ),
    ),
    "badge.decided:refused": Words(
        lazy("Your request for a badge was refused"),
        (_ORGANISATION, _NOTE, lazy("You can ask again.")),
    ),
    "badge.expires": Words(
        lazy("A badge of yours ends soon"),
        (
            _ORGANISATION,
            lazy("It ends on %(until)s. If it still holds true, you can ask for it again."),
        ),
    ),
    "badge.ended": Words(lazy("A badge of yours has ended"), (_ORGANISATION, _REASON, _STAYS_PAST)),
    "badge.ended:expired": Words(
        lazy("A badge of yours has ended"),
        (_ORGANISATION, _STAYS_PAST, lazy("If it still holds true, you can ask for it again.")),
    ),
    # To the authors and followers of a proposal.
    "proposal.state": Words(lazy("The state of a proposal changed"), (_TITLE,)),
    "proposal.state:open": Words(lazy("A proposal is open again"), (_TITLE,)),
    "proposal.state:gathering": Words(lazy("A proposal gathers evidence now"), (_TITLE,)),
    "proposal.state:refining": Words(lazy("A proposal is being refined"), (_TITLE,)),
    "proposal.state:adopted": Words(lazy("A proposal was adopted in a brief"), (_TITLE,)),
    "proposal.state:exists": Words(lazy("What a proposal asks for exists already"), (_TITLE,)),
    "proposal.state:merged": Words(lazy("A proposal was merged into another"), (_TITLE,)),
    "proposal.state:withdrawn": Words(lazy("A proposal was withdrawn"), (_TITLE,)),
    # About quotes in briefs.
    "quote.asked": Words(
        lazy("Somebody asks whether they may quote you"),
        (
            lazy("It is for a brief: a document for those who can act on what is missing."),
            lazy("You can say yes or no, and change your mind at any time."),
        ),
    ),
    "quote.answered": Words(lazy("Somebody answered whether you may quote them")),
    "quote.answered:given": Words(
        lazy("You may quote somebody"),
        (lazy("The quote stands in your brief with the next publication."),),
    ),
    "quote.answered:refused": Words(
        lazy("Somebody does not want to be quoted"),
        (lazy("Their words stand in no brief."),),
    ),
    # About the directory of services.
    "service.listed": Words(
        lazy("A service that you suggested is in the directory"),
        (lazy("Thank you. Others find “%(name)s” there now."),),
    ),
    "service.declined": Words(
        lazy("A service that you suggested was not taken into the directory"),
        (lazy("It was about “%(name)s”."), _NOTE),
    ),
    "service.stale": Words(
        lazy("Can you make sure of an entry in the directory?"),
        (
            lazy("Nobody has made sure of “%(name)s” for a long time."),
            lazy("If you know that it is still so, say so on its page, or change what is not."),
        ),
    ),
    "proposal.raised": Words(
        lazy("A comment of yours was raised as a proposal"),
        (_TITLE, lazy("You can become a co-author. Nothing happens if you do not answer.")),
    ),
    "proposal.invited": Words(
        lazy("You are invited to become a co-author of a proposal"),
        (_TITLE, lazy("%(name)s invites you. Nothing happens if you do not answer.")),
    ),
    "proposal.joined": Words(
        lazy("A proposal of yours has a new co-author"), (_TITLE, lazy("It is %(name)s."))
    ),
    "proposal.claimed": Words(
        lazy("Somebody shows a service that may be what you propose"),
        (_TITLE, lazy("They show: %(service)s."), lazy("You can say whether it is enough.")),
    ),
    "proposal.claim_answered": Words(
        lazy("The authors of a proposal answered what you showed them"), (_TITLE,)
    ),
    "proposal.claim_answered:accepted": Words(
        lazy("A service that you showed is what a proposal asked for"),
        (_TITLE, lazy("You showed: %(service)s.")),
    ),
    "proposal.claim_answered:not_enough": Words(
        lazy("A service that you showed is not enough, say the authors of a proposal"),
        (_TITLE, lazy("You showed: %(service)s.")),
    ),
    "proposal.answered": Words(
        lazy("A proposal was answered"),
        (_TITLE, lazy("A practitioner or facilitator wrote the answer.")),
    ),
    # To those who ask for a condition, or support a proposal.
    "condition.adopted": Words(
        lazy("A condition that you ask for is in the text"),
        (_TITLE, lazy("Please look whether it is what you meant, and keep or change your stance.")),
    ),
    "condition.declined": Words(
        lazy("A condition that you ask for was not taken up"),
        (_TITLE, lazy("The authors say why. You can keep or change your stance.")),
    ),
    "condition.removed": Words(lazy("A condition that you ask for was removed"), (_TITLE, _REASON)),
    "stance.carry": Words(
        lazy("A proposal that you support was retired in favour of another"),
        (
            _TITLE,
            lazy("The other is “%(other)s”. You decide whether you carry your stance over."),
        ),
    ),
    # To those who moderate.
    "case.handed_over": Words(lazy("A case was handed over to you"), (_NOTE,)),
}


def told(actor: Actor, kind: str, values: Mapping[str, Any]) -> Words:
    """What a notification says to this reader, in the language of the moment."""
    words = KINDS.get(f"{kind}:{values.get('variant')}") or KINDS.get(kind, NEUTRAL)
    shown = {name: _shown(actor, name, value) for name, value in values.items()}
    texts = [str(text) for text in words.texts]
    return Words(
        str(words.title),
        tuple(
            text % shown for text in texts if all(shown.get(name) for name in _PLACE.findall(text))
        ),
    )


def _shown(actor: Actor, name: str, value: object) -> str:
    if name == "why":
        return str(WHY.get(str(value), value or ""))
    if value and name.endswith(("until", "_at")):
        return moment(datetime.fromisoformat(str(value)), actor.timezone, language())
    return "" if value is None else str(value)
