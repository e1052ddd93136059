"""What everybody may know of moderation, worked out from the audit log and from nothing else. Pure.

Four kinds of entries carry it. Whoever writes them gives `after` these keys, and their `case_id`:

- "case.open", by the forum: "lane", "subject_kind", "cause" and, where that is a report, its
  "reason": why it opened. Written again each time a case opens again.
- "case.first_look", by the first person who opens the case after that. No keys.
- "case.decide": "outcomes" and "reasons", lists of words; "lane"; "opened_at", as `plain` of the
  log writes a time.
- "appeal.decide": "verdict", one of upheld, changed and reversed.

Acts are shown with the role in which somebody acted and the month; with what they were done to
only where that is a thread that everybody reads and the act follows from no case. What was written,
and a reason in somebody's own words, is never shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from forum.audit.words import role_told, told
from forum.core.i18n import _, lazy, ngettext

OPEN, FIRST_LOOK, DECIDE, APPEAL = "case.open", "case.first_look", "case.decide", "appeal.decide"
COUNTED = (OPEN, FIRST_LOOK, DECIDE, APPEAL)
FEWEST = 5  # a group of fewer could be a person
PERIOD = timedelta(days=365)
# Acts on threads that anybody can see the effect of: only these say which thread it was.
_NAMED = frozenset(
    {"thread.close", "thread.reopen", "thread.move", "thread.merge", "thread.split", "thread.slow"}
)
LISTED = (
    *("case.decide", "case.undo", "appeal.decide", "sanction.give", "sanction.lift"),
    *("post.hide", "post.show", "post.remove", "post.restore", "thread.remove", "thread.restore"),
    *("thread.close", "thread.reopen", "thread.move", "thread.merge", "thread.split"),
    *("thread.slow", "thread.unslow", "word.add", "word.change", "word.remove"),
    "space.member_removed",
)
# What a case opened for, or was decided for: reasons of reports, and what makes a post wait.
REASONS = {
    "identifies": lazy("identifies someone"),
    "worried": lazy("worried about the author"),
    "blames": lazy("blames or doubts survivors"),
    "recruits": lazy("recruitment or a request for contact"),
    "graphic": lazy("graphic without a note"),
    "harasses": lazy("harassment or hate"),
    "spam": lazy("spam"),
    "off_topic": lazy("off-topic"),
    "other": lazy("something else"),
    "first_post": lazy("first post of an account"),
    "link": lazy("link in a first post"),
    "phone": lazy("telephone number in a first post"),
    "word": lazy("watched word"),
    "sanction": lazy("posts of the author are reviewed"),
    "edit": lazy("edited after a decision"),
}
LANES = {
    "privacy": lazy("privacy"),
    "wellbeing": lazy("wellbeing"),
    "rules": lazy("rules"),
    "waiting": lazy("held posts"),
    "appeals": lazy("appeals"),
}
OUTCOMES = {
    "no_action": lazy("no action"),
    "mended": lazy("mended by its author"),
    "publish": lazy("let through"),
    "note": lazy("kept with a content note"),
    "redact": lazy("identifying details taken out"),
    "hide": lazy("hidden"),
    "remove": lazy("removed"),
    "close": lazy("thread closed"),
    "sanction": lazy("sanction"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What of an entry is counted or shown."""

    at: datetime
    verb: str
    role: str = ""
    subject_kind: str = ""
    subject_id: int | None = None
    space_id: int | None = None
    case_id: int | None = None
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and times of a period. Times are None while fewer than FEWEST cases stand behind."""

    reasons: Mapping[str, int]
    outcomes: Mapping[str, int]
    to_first_look: timedelta | None
    to_decision: timedelta | None
    appeals: int
    reversals: int

    @property
    def reversed_percent(self) -> int | None:
        if self.appeals < FEWEST:
            return None
        return round(100 * self.reversals / self.appeals)


def figures(acts: Iterable[Act]) -> Figures:
    """Count acts, the oldest first, of the four kinds; others are passed over."""
    reasons: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    waiting: dict[int | None, datetime] = {}  # for a first look: when the case opened
    looks: list[timedelta] = []
    decisions: list[timedelta] = []
    for act in acts:
        case_id = _case_of(act)
        if act.verb == OPEN and act.after.get("lane") != "appeals":  # those are counted apart
            reasons[_reason(act.after)] += 1
            waiting[case_id] = act.at
        elif act.verb in {FIRST_LOOK, DECIDE}:
            opened_at = waiting.pop(case_id, None)
            if opened_at is not None:
                looks.append(act.at - opened_at)
        if act.verb == DECIDE:
            outcomes.update(_listed(act.after, "outcomes"))
            decided_after = _since(act.after.get("opened_at"), act.at)
            if decided_after is not None:
                decisions.append(decided_after)
        elif act.verb == APPEAL:
            verdicts[str(act.after.get("verdict", ""))] += 1
    return Figures(
        dict(reasons.most_common()),
        dict(outcomes.most_common()),
        _middle(looks),
        _middle(decisions),
        verdicts.total(),
        verdicts["reversed"],
    )


def _case_of(act: Act) -> int | None:
    return act.subject_id if act.case_id is None and act.subject_kind == "case" else act.case_id


def _reason(after: Mapping[str, Any]) -> str:
    return str(after.get("reason") or after.get("cause") or "other")


def _listed(after: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = after.get(name)
    return tuple(dict.fromkeys(map(str, value))) if isinstance(value, list) else ()


def _since(start: object, end: datetime) -> timedelta | None:
    """The time since a moment as the log writes it; None for what is none."""
    try:
        passed = end - datetime.fromisoformat(str(start))
    except (ValueError, TypeError):  # no moment, or one without a zone
        return None
    return passed if passed >= timedelta() else None


def _middle(times: list[timedelta]) -> timedelta | None:
    if len(times) < FEWEST:
        return None
    return timedelta(seconds=median(time.total_seconds() for time in times))


# -- As it is shown ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """An act as everybody sees it; `thread_id` None where it is not said what it was done to."""

    at: datetime  # only its month is shown
    who: str
    what: str
    about: tuple[str, ...]
    thread_id: int | None = None


def shown(act: Act, public_spaces: frozenset[int]) -> Shown:
    """An act without names, words and, mostly, without what it was done to."""
    about = tuple(_word(REASONS, reason) for reason in _listed(act.after, "reasons"))
    lane = act.after.get("lane")
    if not about and lane in LANES:
        about = (_word(LANES, str(lane)),)
    results = tuple(_word(OUTCOMES, outcome) for outcome in _listed(act.after, "outcomes"))
    is_named = (
        act.verb in _NAMED
        and act.subject_kind == "thread"
        and act.case_id is None
        and act.space_id in public_spaces
    )
    what = told(act.verb)
    return Shown(
        act.at,
        role_told(act.role),
        f"{what}: {', '.join(results)}" if results else what,
        about,
        act.subject_id if is_named else None,
    )


def counted(counts: Mapping[str, int], words: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Groups with their numbers in words; small ones are not told apart."""
    return tuple((_word(words, name), in_words(count)) for name, count in counts.items())


def in_words(count: int) -> str:
    if count < FEWEST:
        return _("fewer than %(fewest)s", fewest=FEWEST)
    return str(count)


def spell(time: timedelta | None) -> str:
    """About how long, as people say it."""
    if time is None:
        return _("not known: fewer than %(fewest)s cases", fewest=FEWEST)
    minutes = max(round(time.total_seconds() / 60), 1)
    hours = round(minutes / 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    if hours < 48:  # noqa: PLR2004 - two days
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    return ngettext("%(num)s day", "%(num)s days", round(hours / 24))


def _word(words: Mapping[str, object], name: str) -> str:
    """A word of ours for a name in the log; what is not known is "other", never shown as it is."""
    return str(words.get(name) or REASONS["other"])
