"""What a policy wants drivers to be told: each step on or off, with its numbers, and nobody woken in quiet hours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.decision import decide
from enforcement.folding import fold
from enforcement.policy import Policy
from enforcement.policy_document import PolicyError
from enforcement.steps import Step
from enforcement.warnings import expected, next_notice, notices
from tests.conftest import minutes
from tests.support.builders import NETWORK, after_noon, bay, charged, clause, policy, session, told
from tests.support.builders import Told as Decided

ZONE = "America/Toronto"
RUNNING = charged(0, 60)
# Noon is noon in Toronto: 22:00 is minute 600, 07:00 minute 1140.
QUIET = 'quiet = "22:00-07:00"\n'


def under(messages: str, *clauses: str, **fields: str) -> Policy:
    return policy(*(clauses or (clause("idle", grace="20m", **fields),)), f"[messages]\n{messages}")


def due(facts: list, at: float, messages: str) -> list[str]:
    law = under(messages)
    found = told(facts, at, under=law)
    return [
        notice.identity(violation).rpartition("idle/")[2]
        for violation in found.decision.violations
        for notice in notices(violation, minutes(at), law.messages, ZONE)
    ]


def look(facts: list, at: float, messages: str) -> float | None:
    found = told(facts, at, under=under(messages)).decision.next_look
    return None if found is None else after_noon(found)


def test_each_step_can_be_silent() -> None:
    assert due(RUNNING, 61, "finished = false") == []
    assert due([*RUNNING, session(81)], 81, "fee_runs = false") == []
    assert due(charged(0, 60, 100), 101, "left = false") == []


def test_the_fee_is_announced_so_long_before_it() -> None:
    assert due(RUNNING, 74, 'fee_in = "5m"') == ["grace_running"]
    assert look(RUNNING, 61, 'fee_in = "5m"') == 75
    assert due(RUNNING, 75, 'fee_in = "5m"') == ["grace_running", "fee_near"]
    assert due(RUNNING, 61, 'fee_in = "30m"') == ["grace_running"], "it would say the same twice"
    assert due(RUNNING, 61, 'fee_in = "30m"\nfinished = false') == ["fee_near"]


def test_a_running_fee_is_told_every_so_often() -> None:
    every = 'every = "30m"\nfee_runs = false'
    assert due([*RUNNING, session(100)], 100, every) == []
    assert look([*RUNNING, session(100)], 100, every) == 110
    assert due([*RUNNING, session(111)], 111, every) == ["fee_running/1"]
    assert due([*RUNNING, session(141)], 141, every) == ["fee_running/2"]
    assert due([*RUNNING, session(138)], 138, every) == [], "old news by then"


def test_a_fee_that_stands_still_is_not_told_again() -> None:
    """After two hours without news of the session nobody knows; its stay is given up after a week."""
    every = 'every = "30m"'
    silent = [*RUNNING, session(100)]
    assert due(silent, 200, every) == ["fee_running/4"]
    assert look(silent, 200, every) == 220
    assert due(silent, 230, every) == []
    assert look(silent, 230, every) == 100 + 7 * 24 * 60
    assert due([*silent, session(235)], 235, every) == ["fee_running/5"], "it is heard of again"
    assert look([*silent, session(235)], 235, every) == 260


def test_a_fee_at_its_cap_is_not_told_again() -> None:
    law = under('every = "30m"', clause("idle", grace="20m", cap="20"))  # 0.40 a minute: 50 minutes after minute 80
    facts = [*RUNNING, *(session(minute) for minute in (115, 145, 190))]
    told_at = {}
    for at in (115, 145, 190):
        found = told([fact for fact in facts if fact.at <= minutes(at)], at, under=law)
        told_at[at] = [n.number for n in notices(found.only, minutes(at), law.messages, ZONE) if n.number]
    assert (told_at, found.only.fee.net_minor) == ({115: [1], 145: [], 190: []}, 2000)
    assert found.decision.next_look == minutes(310), "the session's watchdog"


def test_a_fee_at_the_cap_of_a_day_is_told_again_the_next_day() -> None:
    """0.40 a minute after minute 80, 20.00 a day: nothing after minute 130 until midnight, minute 720."""
    law = under('every = "1h"', clause("idle", grace="20m", cap_day="20"))
    facts = [*RUNNING, *(session(minute) for minute in range(100, 900, 10))]
    told_at = {}
    for at in (140, 320, 740):
        found = told([fact for fact in facts if fact.at <= minutes(at)], at, under=law)
        told_at[at] = [n.number for n in notices(found.only, minutes(at), law.messages, ZONE) if n.number]
        assert found.decision.next_look is not None
    assert (told_at, found.only.fee.net_minor) == ({140: [], 320: [], 740: [11]}, 2800)
    full = told([fact for fact in facts if fact.at <= minutes(320)], 320, under=law).decision
    assert full.next_look == minutes(380), "to see whether it grows again"


def test_a_tier_that_is_free_is_not_told() -> None:
    """The first hour of the fee costs nothing."""
    law = under(
        'every = "30m"',
        '[[clause]]\nkind = "idle"\ngrace = "20m"\n[[clause.tier]]\nfrom = "1h"\nrate = "1"\nper = "1m"\n',
    )
    facts = [*RUNNING, *(session(minute) for minute in (100, 111, 171))]
    told_at = {}
    for at in (111, 171):
        found = told([fact for fact in facts if fact.at <= minutes(at)], at, under=law)
        told_at[at] = [n.number for n in notices(found.only, minutes(at), law.messages, ZONE) if n.number]
    assert told_at == {111: [], 171: [3]}


def test_nothing_is_told_in_hours_that_cost_nothing() -> None:
    law = under('every = "30m"', clause("idle", grace="20m", windows=(("12:00", "14:00"), ("16:00", "18:00"))))
    facts = [*RUNNING, *(session(minute) for minute in (100, 190, 270))]
    told_at = {}
    for at in (115, 130, 205, 270):
        found = told([fact for fact in facts if fact.at <= minutes(at)], at, under=law)
        told_at[at] = [n.number for n in notices(found.only, minutes(at), law.messages, ZONE) if n.number]
        assert found.decision.next_look is not None
    assert told_at == {115: [1], 130: [], 205: [], 270: [6]}
    closed = told([*RUNNING, session(190)], 190, under=law).decision
    assert closed.next_look == minutes(240), "when it costs again"


def test_nothing_is_told_in_quiet_hours_and_what_is_still_true_in_the_morning() -> None:
    late = charged(480, 570)  # finished at 21:30, the grace ends at 21:50
    assert due([*late, session(595)], 595, QUIET) == ["fee_started"]
    night = charged(480, 610)
    assert due([*night, session(615)], 615, QUIET) == []
    assert due([*night, session(700)], 700, QUIET) == []
    law = under(QUIET)
    asleep = told([*night, session(700)], 700, under=law).only
    assert next_notice(asleep, minutes(700), law.messages, ZONE) == minutes(1140)
    assert due([*night, session(1140)], 1140, QUIET) == ["fee_started"]
    assert due([*night, session(1160)], 1160, QUIET) == [], "in the morning too, news grow old"


def test_what_has_not_left_when_quiet_hours_begin_expires_and_comes_again() -> None:
    law = under(QUIET, grace_anchor="warning")
    found = told(charged(480, 595), 598, under=law).only
    (notice,) = notices(found, minutes(598), law.messages, ZONE)
    assert notice.not_after == minutes(600)
    morning = told([*charged(480, 595), session(1141)], 1141, under=law).only
    assert [n.step for n in notices(morning, minutes(1141), law.messages, ZONE)] == [Step.GRACE_RUNNING]


def test_a_sum_is_written_at_night_and_waits_for_the_morning() -> None:
    law = under(QUIET)
    found = told(charged(480, 610, 660), 661, under=law).only
    (notice,) = notices(found, minutes(661), law.messages, ZONE)
    assert (notice.step, notice.not_before) == (Step.FEE_ENDED, minutes(1140))
    assert notice.not_after == minutes(1140 + 360)


def test_times_that_fall_into_quiet_hours_are_left_out() -> None:
    facts = [*charged(480, 560), session(700)]
    assert due(facts, 700, QUIET + 'every = "30m"') == []
    awake = [*charged(480, 560), session(1155)]
    assert due(awake, 1155, QUIET + 'every = "30m"') == ["fee_running/19"]


def test_quiet_hours_start_no_fee_if_the_policy_says_so() -> None:
    law = under(QUIET + "quiet_starts_no_fee = true")
    night = [*charged(480, 610), session(1150)]
    asleep = told(night, 1150, under=law).only
    assert (asleep.state, after_noon(asleep.grace_ends_at)) == ("watched", 1160)
    assert [n.step for n in notices(asleep, minutes(1150), law.messages, ZONE)] == [Step.GRACE_RUNNING]
    later = told([*charged(480, 610), session(1180)], 1180, under=law).only
    assert after_noon(later.violated_at) == 1160
    assert later.fee.billable == timedelta(minutes=20)
    warned = told([*charged(480, 590), session(700)], 700, under=law).only
    assert after_noon(warned.violated_at) == 610, "its warning could leave, at 21:50"
    gone = told(charged(480, 610, 1130), 1131, under=law).only
    assert (gone.violated_at, gone.fee.total_minor) == (None, 0)


def test_a_waived_grace_reaches_back_to_the_morning_only() -> None:
    law = under(QUIET + "quiet_starts_no_fee = true", grace_mode="waive")
    found = told([*charged(480, 610), session(1180)], 1180, under=law).only
    assert found.fee.billable == timedelta(minutes=20)


TORONTO = ZoneInfo(ZONE)
MIDDAYS = [datetime(2026, month, day, 12, tzinfo=TORONTO) for month, day in ((3, 7), (6, 1), (10, 31), (12, 31))]


@given(
    st.sampled_from(MIDDAYS),
    st.integers(0, 1300),
    st.integers(1, 1500),
    st.integers(0, 90),
    st.sampled_from(["22:00-07:00", "01:30-03:30", "00:00-02:00", "02:30-02:45", "13:00-14:00"]),
    st.sampled_from(["deduct", "waive"]),
    st.sampled_from(["idle", "overtime"]),
)
def test_quiet_hours_never_make_a_fee_dearer_and_no_fee_begins_without_a_warning_that_could_leave(
    noon: datetime, finished: int, stays: int, grace: int, quiet: str, mode: str, kind: str
) -> None:
    """On usual days and on both days on which the clock changes."""
    shift = noon.astimezone(UTC) - minutes(0)
    facts = [
        replace(
            fact,
            at=fact.at + shift,
            seen_at=fact.seen_at + shift,
            started_at=fact.started_at and fact.started_at + shift,
            ended_at=fact.ended_at and fact.ended_at + shift,
            periods=tuple(replace(each, start=each.start + shift) for each in fact.periods),
        )
        for fact in charged(0, finished, finished + stays)
    ]
    now = minutes(finished + stays + 60) + shift
    text = clause(kind, grace=f"{grace}m", grace_mode=mode)
    plain = policy(text)
    held = policy(text, f'[messages]\nquiet = "{quiet}"\nquiet_starts_no_fee = true\n')
    where, heard = bay(), {NETWORK: [(minutes(-10_000), now)]}
    usual, spared = (Decided(decide(fold(facts, where), where, heard, (law,), now)).only for law in (plain, held))
    assert spared.fee.total_minor <= usual.fee.total_minor
    if usual.violated_at is None or held.messages.quiet is None:
        return
    warned_at = (
        usual.clock_started_at if kind == "idle" else max(usual.clock_started_at, usual.violated_at - 15 * MINUTE)
    )
    around = held.messages.quiet.around(warned_at, ZONE)
    if around is None:
        assert spared.fee == usual.fee
    elif spared.violated_at is not None:
        assert spared.violated_at == around[1] + (usual.violated_at - warned_at)


MINUTE = timedelta(minutes=1)


def charging(until: float) -> list:
    """A vehicle whose power falls from the 20th minute on."""
    energy, out = 0.0, [session(0, started=0, energy_wh=0)]
    for n in range(1, int(until // 3) + 1):
        energy += 5000 * (1 if 3 * n <= 20 else 2.718 ** (-(3 * n - 20) / 9))
        out.append(session(3 * n, energy_wh=int(energy)))
    return out


def test_who_is_about_to_finish_is_told_once_and_only_where_it_is_sure_enough() -> None:
    law = under('about_to_finish = "10m"')
    steps: list[str] = []
    for at in range(3, 60, 3):
        found = told(charging(at), at, under=law).decision
        (stay,) = found.stays
        if stay.expected is not None:
            told_now = [n.identity(stay.expected) for n in expected(stay.expected, minutes(at), law.messages, ZONE)]
            steps += told_now
            assert told_now or found.next_look is not None
            assert stay.violations == ()
    assert set(steps) == {"ca*abc*x1/idle/about_to_finish"}
    assert told(charging(15), 15, under=law).decision.stays[0].expected is None
    assert told(charging(36), 36, under=policy(clause("idle"))).decision.stays[0].expected is None, "nobody asks"


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        ('every = "1m"', "line 13: every = '1m': not from 5 minutes to 1440 minutes"),
        ('about_to_finish = "2h"', "not from 1 minutes to 60 minutes"),
        ("finished = 1", "not true or false"),
        ('quiet = "22:00"', 'not local times like "22:00-07:00"'),
        ('quiet = "22:00-22:00"', "begins when it ends"),
        ('quiet = "25:00-07:00"', "line 13"),
        ("quiet_starts_no_fee = true", "goes with quiet hours"),
        ("finnished = true", "unknown field 'finnished'"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_line(messages: str, fault: str) -> None:
    with pytest.raises(PolicyError, match="line 1") as raised:
        under(messages)
    assert fault in str(raised.value)


def test_a_grace_that_begins_with_the_warning_needs_the_warning() -> None:
    with pytest.raises(PolicyError, match="needs it"):
        under("finished = false", grace_anchor="warning")
