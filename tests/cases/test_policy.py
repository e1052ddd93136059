"""How urgent a case is, and what a report weighs."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.cases.models import Lane, ReportReason
from forum.cases.policy import PATIENCE, Record, due_at, lane_of, more_urgent

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_every_lane_has_its_patience():
    assert set(PATIENCE) == set(Lane)


@pytest.mark.parametrize(
    ("reason", "lane"),
    [
        (ReportReason.IDENTIFIES, Lane.PRIVACY),
        (ReportReason.WORRIED, Lane.WELLBEING),
        *(
            (reason, Lane.RULES)
            for reason in ReportReason
            if reason not in {ReportReason.IDENTIFIES, ReportReason.WORRIED}
        ),
    ],
)
def test_a_reason_leads_to_its_lane(reason: ReportReason, lane: Lane):
    assert lane_of(reason) is lane


def test_a_case_moves_only_to_a_more_urgent_lane():
    assert more_urgent(Lane.RULES, Lane.PRIVACY) is Lane.PRIVACY
    assert more_urgent(Lane.PRIVACY, Lane.RULES) is Lane.PRIVACY


def test_one_report_waits_as_long_as_its_lane_may():
    assert due_at(Lane.RULES, AT, 100) == AT + timedelta(hours=24)


def test_more_reports_make_a_case_due_sooner():
    assert due_at(Lane.RULES, AT, 300) == AT + timedelta(hours=8)


def test_a_report_of_little_weight_waits_no_longer_than_a_whole_one():
    assert due_at(Lane.RULES, AT, 50) == due_at(Lane.RULES, AT, 100)


def test_an_old_case_of_a_calm_lane_comes_before_a_new_one_of_an_urgent_lane():
    yesterday = AT - timedelta(hours=25)

    assert due_at(Lane.RULES, yesterday, 100) < due_at(Lane.PRIVACY, AT, 100)


@pytest.mark.parametrize(
    ("record", "weight"),
    [
        (Record(upheld=0, unfounded=0), 100),
        (Record(upheld=4, unfounded=0), 100),
        (Record(upheld=5, unfounded=0), 150),
        (Record(upheld=5, unfounded=1), 100),
        (Record(upheld=0, unfounded=2), 100),
        (Record(upheld=9, unfounded=3), 50),
    ],
    ids=str,
)
def test_a_report_weighs_what_its_reporters_record_says(record: Record, weight: int):
    assert record.weight == weight


def test_three_unfounded_reports_cost_the_right_to_hide_at_once():
    assert Record(upheld=0, unfounded=2).is_good
    assert not Record(upheld=0, unfounded=3).is_good
