"""Pages to report something, and a member's own reports."""

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from forum.accounts import policy as account_policy
from forum.accounts.queries import get_account
from forum.cases.models import ReportReason, ReportState, SubjectKind
from forum.cases.queries import find_report
from forum.cases.words import REPORT_STATES, SHORT_REASONS
from forum.context_notes import policy as note_policy
from forum.context_notes import queries as note_queries
from forum.core import clock
from forum.core.actor import member_id
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.i18n import _
from forum.core.verdict import Verdict
from forum.moderation.actions import reporting
from forum.moderation.actions.reporting import NO_MOVE, Target
from forum.moderation.forms.reporting import after_reporting, report_form
from forum.moderation.queries import subjects
from forum.moderation.queries.reports import reports_by
from forum.moderation.queries.subjects import About
from forum.moderation.views.blueprint import blueprint
from forum.posts import policy as post_policy
from forum.posts.queries import has_answered
from forum.proposals import policy as proposal_policy
from forum.proposals.queries import facts_of_answer, facts_of_claim
from forum.services import policy as service_policy
from forum.services.queries import keeps
from forum.threads import policy as thread_policy
from forum.threads.queries import get_comment, post_facts
from forum.web.access import SIGNED_IN, access
from forum.web.forms import refusals
from forum.web.login import current_actor
from forum.web.pages import pages
from forum.web.templating import page


@blueprint.route("/t/<thread:thread_id>/report", methods=["GET", "POST"])
@blueprint.route("/t/<thread:thread_id>/c/<id:number>/report", methods=["GET", "POST"])
@access(SIGNED_IN)
def report_post(thread_id: int, number: int = 0) -> Response:
    """Report a comment, or the opening of a thread."""
    actor = current_actor()
    head, post = get_comment(actor, thread_id, number)
    verdict = post_policy.may_report(actor, post_facts(head, post))
    has_replied = has_answered(member_id(actor), post, clock.now() - NO_MOVE)
    return _reporting(subjects.about_post(head, post), verdict, has_replied=has_replied)


@blueprint.route("/u/<name:username>/report", methods=["GET", "POST"])
@access(SIGNED_IN)
def report_member(username: str) -> Response:
    """Report a profile or the name that somebody shows."""
    account = get_account(username)
    verdict = account_policy.may_report(current_actor(), account.facts)
    return _reporting(subjects.about_member(account), verdict)


@blueprint.route(
    "/t/<thread:thread_id>/suggestions/<id:suggestion_id>/report", methods=["GET", "POST"]
)
@access(SIGNED_IN)
def report_suggestion(thread_id: int, suggestion_id: int) -> Response:
    """Report suggested tags; whoever sees suggestions can."""
    actor = current_actor()
    head, suggestion = subjects.get_suggestion(actor, suggestion_id)
    if head.id != thread_id:
        raise NotFound
    verdict = thread_policy.may_report_suggestion(
        actor, head.facts, suggested_by_id=suggestion.suggested_by_id
    )
    return _reporting(subjects.about_suggestion(head, suggestion), verdict)


@blueprint.route("/services/<thread:service_id>/report", methods=["GET", "POST"])
@access(SIGNED_IN)
def report_service(service_id: int) -> Response:
    """Say that something in an entry of the directory is wrong."""
    actor = current_actor()
    service = subjects.get_service(service_id)
    verdict = service_policy.may_report(actor, service.facts, keeps=keeps(actor))
    return _reporting(subjects.about_service(service), verdict)


@blueprint.route(
    "/t/<thread:thread_id>/c/<id:number>/context/<id:note_id>/report", methods=["GET", "POST"]
)
@access(SIGNED_IN)
def report_note(thread_id: int, number: int, note_id: int) -> Response:
    """Report a context note."""
    actor = current_actor()
    head, post, note = subjects.get_note(actor, note_id)
    if (head.id, post.number) != (thread_id, number):
        raise NotFound
    verdict = note_policy.may_report(actor, note_queries.facts_of(head, post, note))
    return _reporting(subjects.about_note(head, post, note), verdict)


@blueprint.route("/t/<thread:thread_id>/exists/<id:claim_id>/report", methods=["GET", "POST"])
@access(SIGNED_IN)
def report_claim(thread_id: int, claim_id: int) -> Response:
    """Report what somebody says of a service that they show, or what is answered to that."""
    actor = current_actor()
    head, claim, service_name = subjects.get_claim(actor, claim_id)
    if head.id != thread_id:
        raise NotFound
    verdict = proposal_policy.may_report(actor, head, facts_of_claim(claim))
    return _reporting(subjects.about_claim(head, claim, service_name), verdict)


@blueprint.route("/t/<thread:thread_id>/answer/<id:answer_id>/report", methods=["GET", "POST"])
@access(SIGNED_IN)
def report_answer(thread_id: int, answer_id: int) -> Response:
    """Report what somebody answers to a proposal."""
    actor = current_actor()
    head, answer = subjects.get_answer(actor, answer_id)
    if head.id != thread_id:
        raise NotFound
    verdict = proposal_policy.may_report(actor, head, facts_of_answer(answer))
    return _reporting(subjects.about_answer(head, answer), verdict)


def _reporting(about: About, verdict: Verdict, *, has_replied: bool = False) -> Response:
    """The form, and what it sends. Whether it may be sent is asked again when all is locked."""
    actor = current_actor()
    if verdict.hidden or request.method == "GET":
        verdict.enforce()
    form = report_form(about.kind)
    if form.accepted():
        with refusals(form):
            statement = form.to_statement()
            with transaction():
                reporting.report(
                    actor,
                    Target(about.kind, about.id),
                    statement,
                    per_day=current_app.config["REPORTS_PER_DAY"],
                )
            flash(_thanks(statement.reason))
            return redirect(_after(about), 303)
    before = find_report(about.kind, about.id, member_id(actor))
    return page(
        "moderation/report.html",
        form=form,
        about=about,
        after=after_reporting(about.kind),
        has_replied=has_replied,
        is_reported=before is not None and before.state is ReportState.OPEN,
    )


def _after(about: About) -> str:
    """Back to where it stands; a thread may be out of sight by now, for its reporter as well."""
    is_opening = about.kind is SubjectKind.POST and not about.number
    return url_for("moderation.own_reports") if is_opening else about.path


def _thanks(reason: ReportReason) -> str:
    if reason is ReportReason.WORRIED:
        return _(
            "Thank you for looking out for them. Somebody will read your report soon, and you will"
            " hear here what came of it."
        )
    return _("Thank you. Your report has arrived, and you will hear here what came of it.")


@blueprint.get("/reports")
@access(SIGNED_IN)
def own_reports() -> Response:
    """What the member reported, and what came of it."""
    found = reports_by(current_actor(), request.args.get("after"))
    return page(
        "moderation/reports.html",
        rows=found.rows,
        reasons=SHORT_REASONS,
        states=REPORT_STATES,
        pages=pages(found, url_for("moderation.own_reports")),
    )


@blueprint.post("/reports/<id:report_id>/withdraw")
@access(SIGNED_IN)
def withdraw_report(report_id: int) -> Response:
    with transaction():
        reporting.withdraw(current_actor(), report_id)
    flash(_("Your report is taken back."))
    return redirect(url_for("moderation.own_reports"), 303)
