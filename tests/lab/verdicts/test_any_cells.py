"""Whatever was measured: a verdict is a sentence, and never one that the figures forbid."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lab.verdicts.telling import LINKS, RELIABLE, UNRELIABLE, WEBSOCKET, cell, judge
from wirescope.lab.verdicts import INVALID, NO_DIFFERENCE, NOT_SURE
from wirescope.lab.workloads import WORKLOADS

SHARES = st.floats(0, 1) | st.just(1.0)
LATENCIES = st.floats(0.1, 20_000)


@st.composite
def cells(draw):
    delivered = draw(SHARES)
    came = delivered > 0
    repeats = draw(st.lists(LATENCIES if came else st.none(), min_size=1, max_size=4))
    return cell(
        draw(st.sampled_from([WEBSOCKET, RELIABLE, UNRELIABLE])),
        repeats,
        workload=draw(st.sampled_from(sorted(WORKLOADS))),
        link=draw(st.sampled_from(sorted(LINKS))),
        stack=draw(st.sampled_from(["wirescope", "chromium"])),
        control=draw(st.sampled_from(["", "bbr", "cubic"])),
        problem=draw(st.sampled_from(["", "", "", "the delay was 60 ms"])),
        setup_ms=draw(st.none() | LATENCIES),
        wire=draw(st.none() | st.floats(1, 3)),
        delivered=delivered,
        p50_ms=draw(LATENCIES) if came else None,
        drift_ms=draw(st.none() | st.floats(-1_000, 1_000)),
        late_share=draw(st.none() | SHARES),
        in_time=draw(st.none() | SHARES),
        goodput_bps=draw(st.floats(1, 1e9)) if came else None,
        age_p99_ms=draw(st.none() | LATENCIES),
    )


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(st.lists(cells(), max_size=8))
def test_a_verdict_is_about_what_was_measured(measured):
    for verdict in judge(*measured):
        assert verdict.why
        assert verdict.why[0].isupper()
        assert verdict.why.endswith(".")
        of_it = [
            each
            for each in measured
            if (each.workload, each.link) == (verdict.workload, verdict.link)
        ]
        assert verdict.winner in {
            *(each.transport for each in of_it if each.valid and each.delivered),
            INVALID,
            NO_DIFFERENCE,
            NOT_SURE,
        }
        assert (verdict.confidence is None) == (verdict.winner == INVALID)
        assert verdict.confidence is None or 0 <= verdict.confidence <= 1


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(st.lists(cells(), max_size=8))
def test_the_verdicts_do_not_depend_on_the_order_of_the_cells(measured):
    def by_place(found):
        return {(each.workload, each.link): (each.winner, each.confidence) for each in found}

    assert by_place(judge(*measured)) == by_place(judge(*reversed(measured)))
