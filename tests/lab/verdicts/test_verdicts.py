"""Cells in, sentences out; the figures are those of a 50 ms round trip, where none is named."""

import pytest
from msgspec.structs import replace

from tests.lab.verdicts.telling import RELIABLE, UNRELIABLE, WEBSOCKET, cell, judge, only
from wirescope.lab.measures import Interval
from wirescope.lab.verdicts import INVALID, NO_DIFFERENCE, NOT_SURE


def test_without_loss_there_is_no_difference_and_other_things_decide():
    found = only(
        cell(WEBSOCKET, [25.6, 25.7, 26.1], setup_ms=101, wire=1.31, cpu_s=0.82),
        cell(RELIABLE, [25.6, 25.8, 25.7], setup_ms=310, wire=1.52, cpu_s=0.84),
        cell(UNRELIABLE, [25.6, 25.6, 25.7], setup_ms=312, wire=1.50, cpu_s=0.85),
    )
    assert found.winner == NO_DIFFERENCE
    assert found.why == (
        "No difference that matters: the p99 latency is 25.6 ms over the unreliable data channel, "
        "25.7 ms over WebSocket and 25.7 ms over the reliable data channel. What else decides: "
        "set-up time 101 ms over WebSocket, 310 ms over the reliable data channel and 312 ms over "
        "the unreliable data channel; bytes on the wire per useful byte 1.31 over WebSocket, 1.50 "
        "over the unreliable data channel and 1.52 over the reliable data channel; CPU time about "
        "the same (0.82 s to 0.85 s)."
    )


def test_one_percent_of_loss_the_unreliable_channel_wins_at_the_price_of_missing_messages():
    found = only(
        cell(WEBSOCKET, [95, 95, 96], link="loss-1", control="cubic", late_share=0.072),
        cell(RELIABLE, [136, 120, 136], link="loss-1", late_share=0.065),
        cell(UNRELIABLE, [25.7, 25.6, 25.8], link="loss-1", late_share=0.002, delivered=0.989),
    )
    assert (found.use_case, found.link, found.winner) == ("live ticker", "loss-1", UNRELIABLE)
    assert found.confidence == pytest.approx(0.9)
    assert found.why == (
        "The unreliable data channel has the lowest p99 latency, 25.7 ms (25.6 ms to 25.8 ms): "
        "3.7 times lower than over WebSocket on CUBIC (95.0 ms) and 5.3 times lower, 4.7 times at "
        "least, than over the reliable data channel (136 ms). That is 90 % sure. "
        "The price: 1.1 % of its messages never came. "
        "Who needs every message takes WebSocket on CUBIC (95.0 ms): there all of them came. "
        "Over WebSocket on CUBIC 7.2 % of the messages were more than 5 ms late, although only 1 % "
        "of the packets were lost: those behind a lost one wait until it was sent again "
        "(head-of-line blocking)."
    )
    assert found.headline == found.why.partition(" Over WebSocket on CUBIC 7.2 %")[0]


def test_five_percent_of_loss_the_unreliable_channel_wins_and_second_place_is_not_sure():
    found = only(
        cell(WEBSOCKET, [154, 188, 343], link="loss-5", late_share=0.305),
        cell(RELIABLE, [176, 161, 176], link="loss-5", late_share=0.27),
        cell(UNRELIABLE, [26, 26, 26], link="loss-5", late_share=0.001, delivered=0.95),
    )
    assert found.winner == UNRELIABLE
    assert "7.2 times lower, 5.9 times at least, than over WebSocket (188 ms)" in found.why
    assert "The price: 5 % of its messages never came." in found.why
    assert (
        "Who needs every message takes the reliable data channel (176 ms) or WebSocket (188 ms), "
        "of which none is surely the better one"
    ) in found.why


def on_five_percent_at_a_megabit():
    """The case where it turns round, and the same workload with less loss."""
    lossy = {"workload": "feed", "link": "loss-5", "wire": 1.08}
    less = {"workload": "feed", "link": "loss-1", "wire": 1.08}
    slow = {"p50_ms": 7_271, "drift_ms": 8_000, "delivered": 0.9}
    channel = {"p50_ms": 3_515, "drift_ms": 4_000, "delivered": 0.97}
    forgetting = {"p50_ms": 954, "drift_ms": 2_000, "delivered": 0.95}
    return [
        cell(WEBSOCKET, [13_709, 13_000, 14_000], control="cubic", **slow, **lossy),
        cell(WEBSOCKET, [138, 140, 130], control="bbr", p50_ms=27.7, **lossy),
        cell(RELIABLE, [7_643, 7_000, 8_000], **channel, **lossy),
        cell(UNRELIABLE, [3_995, 4_000, 3_000], **forgetting, **lossy),
        cell(WEBSOCKET, [168, 158, 178], control="cubic", late_share=0.2, **less),
        cell(UNRELIABLE, [54, 60, 61], delivered=0.989, **less),
    ]


def test_a_megabit_at_five_percent_of_loss_turns_it_round_and_the_window_is_why():
    lossy, less = judge(*on_five_percent_at_a_megabit())
    assert (lossy.winner, less.winner) == (WEBSOCKET, UNRELIABLE)
    assert lossy.why.startswith("WebSocket on BBR has the lowest p99 latency, 138 ms")
    for sentence in (
        "Worse for sure: 13.7 s over WebSocket on CUBIC.",
        "Here it turns round: half of the messages took at least 954 ms over the unreliable data "
        "channel, 3.5 s over the reliable data channel and 7.3 s over WebSocket on CUBIC, while "
        "the link alone takes 25.0 ms, so they waited in a queue before it.",
        "It still grew, from the first third of the messages to the last by 2.0 s over",
        "A sender that takes loss for congestion keeps about 1.05 Mbit/s at 5 % loss and 50.0 ms "
        "round trip (Mathis et al. 1997), and the workload is 1.08 Mbit/s with all headers: what "
        "the congestion window does not let out waits, and the next message behind it.",
        "By the same estimate it would change below about 1.2 % loss, or below about 526 kbit/s.",
        "The unreliable data channel sends nothing again, but its sender obeys a congestion window "
        "all the same.",
        "The median stayed near the link's with WebSocket on BBR (27.7 ms), as BBR does not take "
        "loss alone for congestion.",
        "It changes with the link: the unreliable data channel wins on loss-1 (1 % loss).",
    ):
        assert sentence in lossy.why
    assert "It changes with the link: WebSocket wins on loss-5 (5 % loss)." in less.why
    assert "turns round" not in less.why


def test_a_link_narrower_than_the_workload_is_named_as_the_reason():
    full = {"workload": "feed", "link": "narrow", "wire": 1.08, "p50_ms": 9_000}
    found = only(
        cell(WEBSOCKET, [15_000, 15_100, 15_200], **full),
        cell(RELIABLE, [15_300, 15_000, 15_100], **full),
    )
    assert found.winner == NO_DIFFERENCE
    assert (
        "Here they pile up: half of the messages took at least 9.0 s over WebSocket"
    ) in found.why
    assert (
        "The workload is 1.08 Mbit/s with all headers, more than the 500 kbit/s that the link "
        "carries: the queue grows whatever carries it. No transport kept up."
    ) in found.why


def test_waiting_that_no_setting_of_the_link_explains_is_said_to_be_unexplained():
    found = only(
        cell(WEBSOCKET, [400, 410, 420], p50_ms=300),
        cell(RELIABLE, [30, 31, 32]),
    )
    assert "Neither the link's rate nor its loss explains it" in found.why
    assert "stayed near the link's with the reliable data channel (25.3 ms)." in found.why


def test_spreads_that_overlap_are_not_sure():
    found = only(
        cell(WEBSOCKET, [154, 188, 343], link="loss-5"),
        cell(RELIABLE, [176, 161, 176], link="loss-5"),
    )
    assert (found.winner, found.confidence) == (NOT_SURE, 0)
    assert found.why == (
        "Not sure: the spreads of the p99 latency overlap, 176 ms over the reliable data channel "
        "(161 ms to 176 ms) and 188 ms over WebSocket (154 ms to 343 ms); more repeats may tell."
    )


def test_one_repeat_is_not_sure_unless_its_interval_is_narrow():
    narrow, other = Interval(25.5, 27.0), Interval(60.0, None)
    channel = {"delivered": 0.99, "link": "loss-1"}
    assert only(cell(WEBSOCKET, [95], link="loss-1"), cell(UNRELIABLE, [26], **channel)).winner == (
        NOT_SURE
    )
    found = only(
        cell(WEBSOCKET, [95], link="loss-1", interval=other),
        cell(UNRELIABLE, [26], interval=narrow, **channel),
    )
    assert (found.winner, found.confidence) == (UNRELIABLE, 0.95)


def test_what_is_worse_for_sure_is_said_where_the_best_is_not_sure():
    found = only(
        cell(WEBSOCKET, [60, 65, 90], link="loss-1"),
        cell(RELIABLE, [136, 120, 136], link="loss-1"),
        cell(UNRELIABLE, [55, 64, 80], link="loss-1", delivered=0.99),
    )
    assert found.winner == NOT_SURE
    assert "Worse for sure: 136 ms over the reliable data channel." in found.why


def test_nothing_follows_from_a_link_that_missed_its_settings():
    found = only(
        cell(WEBSOCKET, [95, 95, 96], link="loss-1", problem="3.2 % were lost instead of 1 %"),
        cell(UNRELIABLE, [26, 26, 26], link="loss-1", delivered=0.99),
    )
    assert (found.winner, found.confidence) == (INVALID, None)
    assert found.why == (
        "No verdict: fewer than two transports were measured on a link that kept its settings. The "
        "cell of WebSocket does not count: 3.2 % were lost instead of 1 %."
    )
    assert found.headline == found.why.partition(" The cell of")[0]


def test_the_valid_cells_decide_without_the_invalid_one():
    found = only(
        cell(WEBSOCKET, [95, 95, 96], link="loss-1"),
        cell(RELIABLE, [9, 9, 9], link="loss-1", problem="3.2 % were lost instead of 1 %"),
        cell(UNRELIABLE, [26, 26, 26], link="loss-1", delivered=0.99),
    )
    assert found.winner == UNRELIABLE
    assert found.why.endswith(
        "The cell of the reliable data channel does not count: 3.2 % were lost instead of 1 %."
    )


def test_who_needs_every_message_does_not_get_a_transport_that_loses_some():
    found = only(
        cell(WEBSOCKET, [95, 95, 96], link="loss-1", workload="chat"),
        cell(UNRELIABLE, [26, 26, 26], link="loss-1", workload="chat", delivered=0.989),
    )
    assert found.winner == WEBSOCKET
    assert found.why == (
        "Only WebSocket delivered every message; its p99 latency is 95.0 ms (95.0 ms to 96.0 ms). "
        "The unreliable data channel is out: 1.1 % of its messages never came, and chat needs "
        "every one."
    )


def test_of_several_that_deliver_everything_the_quicker_one_wins():
    found = only(
        cell(WEBSOCKET, [95, 95, 96], link="loss-1", workload="chat"),
        cell(RELIABLE, [136, 120, 136], link="loss-1", workload="chat"),
        cell(UNRELIABLE, [26, 26, 26], link="loss-1", workload="chat", delivered=0.989),
    )
    assert found.winner == WEBSOCKET
    assert found.why.startswith(
        "Of those that delivered every message, WebSocket has the lowest p99 latency, 95.0 ms"
    )


def test_a_quicker_transport_is_no_better_for_who_only_needs_messages_in_time():
    found = only(
        cell(WEBSOCKET, [95, 95, 96], link="loss-1", workload="voice", in_time=0.998),
        cell(
            UNRELIABLE,
            [26, 26, 26],
            link="loss-1",
            workload="voice",
            delivered=0.989,
            in_time=0.989,
        ),
    )
    assert found.winner == UNRELIABLE
    assert (
        "Within the 150 ms that a message is of use came 98.9 % over the unreliable data channel "
        "and 99.8 % over WebSocket. Who only needs them by then does as well with WebSocket."
    ) in found.why


def test_of_a_state_it_is_said_how_old_what_is_known_gets():
    found = only(
        cell(WEBSOCKET, [95, 95, 96], link="loss-1", age_p99_ms=110),
        cell(UNRELIABLE, [26, 26, 26], link="loss-1", delivered=0.989, age_p99_ms=46),
    )
    assert (
        "For 99 % of the time what was known was no older than 46.0 ms over the unreliable data "
        "channel and 110 ms over WebSocket."
    ) in found.why


def test_of_requests_it_is_said_how_long_the_answers_took():
    answered = {"workload": "request-response", "link": "loss-1"}
    found = only(
        cell(WEBSOCKET, [95, 95, 96], answer_p99_ms=190, **answered),
        cell(RELIABLE, [136, 120, 136], answer_p99_ms=270, **answered),
    )
    assert (
        "Of the answers 99 % were there within 190 ms over WebSocket and 270 ms over the reliable "
        "data channel."
    ) in found.why


def test_of_bulk_the_goodput_decides():
    bulk = {"workload": "file", "link": "narrow"}
    found = only(
        cell(WEBSOCKET, [9_000, 9_000, 9_000], goodput_bps=480_000, **bulk),
        cell(RELIABLE, [9_000, 9_000, 9_000], goodput_bps=240_000, **bulk),
    )
    assert found.winner == WEBSOCKET
    assert found.why.startswith(
        "WebSocket has the highest goodput, 480 kbit/s: 2.0 times higher than over the reliable "
        "data channel (240 kbit/s). That is 90 % sure."
    )
    assert (
        "Of the 500 kbit/s that the link carries these are 96 % over WebSocket and 48 % over the "
        "reliable data channel."
    ) in found.why


def test_with_few_messages_the_highest_percentile_that_all_have_decides():
    found = only(
        cell(WEBSOCKET, [95, 95, 96], link="loss-1", p95_ms=60.0),
        cell(UNRELIABLE, [None, None, None], link="loss-1", p95_ms=26.0, delivered=0.989),
    )
    assert found.winner == UNRELIABLE
    assert "has the lowest p95 latency, 26.0 ms" in found.why


def test_a_transport_over_which_nothing_came_is_named():
    found = only(
        cell(WEBSOCKET, [25.5, 25.6, 25.7]),
        cell(RELIABLE, [35, 36, 37]),
        cell(UNRELIABLE, [None, None, None], p50_ms=None, delivered=0.0),
    )
    assert found.winner == WEBSOCKET
    assert "Nothing came over the unreliable data channel." in found.why


def test_when_nothing_came_at_all_there_is_no_verdict():
    silent = {"p50_ms": None, "delivered": 0.0}
    found = only(cell(WEBSOCKET, [None], **silent), cell(RELIABLE, [None], **silent))
    assert (found.winner, found.confidence) == (INVALID, None)
    assert found.why == "No verdict: too few messages came to compare."


def test_implementations_that_agree_make_one_verdict():
    lossy = {"link": "loss-1"}
    found = only(
        cell(WEBSOCKET, [95, 95, 96], **lossy),
        cell(UNRELIABLE, [26, 26, 26], delivered=0.99, **lossy),
        cell(WEBSOCKET, [97, 98, 99], stack="chromium", **lossy),
        cell(UNRELIABLE, [27, 28, 29], stack="chromium", delivered=0.99, **lossy),
    )
    assert found.winner == UNRELIABLE
    assert found.why.startswith("Wirescope and chromium agree; the figures are those of wirescope.")
    assert found.headline == found.why


def test_implementations_that_disagree_make_it_not_sure():
    lossy = {"link": "loss-1"}
    found = only(
        cell(WEBSOCKET, [95, 95, 96], **lossy),
        cell(UNRELIABLE, [26, 26, 26], delivered=0.99, **lossy),
        cell(WEBSOCKET, [97, 98, 99], stack="chromium", **lossy),
        cell(UNRELIABLE, [270, 280, 290], stack="chromium", delivered=0.99, **lossy),
    )
    assert (found.winner, found.confidence) == (NOT_SURE, 0)
    assert found.why.startswith(
        "It depends on the implementation (wirescope: the unreliable data channel wins; chromium: "
        "WebSocket wins). Of wirescope: The unreliable data channel has the lowest p99 latency"
    )
    assert found.headline.startswith("It depends on the implementation")


def test_one_transport_alone_has_no_verdict():
    assert judge(cell(WEBSOCKET, [95, 95, 96], control="cubic")) == []


def test_each_path_has_its_verdict():
    both = [
        cell(transport, [p99] * 3, path=path)
        for path in ("direct", "server")
        for transport, p99 in ((WEBSOCKET, 26), (RELIABLE, 26 if path == "direct" else 90))
    ]
    assert [(each.path, each.winner) for each in judge(*both)] == [
        ("direct", NO_DIFFERENCE),
        ("server", WEBSOCKET),
    ]


def test_where_it_would_change_names_the_links_without_a_difference():
    clean, lossy = judge(
        cell(WEBSOCKET, [26, 26, 26]),
        cell(UNRELIABLE, [26, 26, 26]),
        cell(WEBSOCKET, [95, 95, 96], link="loss-1"),
        cell(UNRELIABLE, [26, 26, 26], link="loss-1", delivered=0.99),
    )
    assert lossy.why.endswith(
        "It changes with the link: there is no difference on clean (0 % loss)."
    )
    assert clean.why.endswith(
        "It changes with the link: the unreliable data channel wins on loss-1 (1 % loss)."
    )


def test_what_differs_for_sure_but_hardly_is_not_told_to_overlap() -> None:
    verdict = only(
        cell(WEBSOCKET, [25.5, 25.6, 25.7], control="cubic"),
        cell(UNRELIABLE, [26.2, 26.3, 46.0]),
    )
    assert (verdict.winner, verdict.confidence) == (NOT_SURE, 0)
    assert "differs, but perhaps by too little to matter" in verdict.why


def test_one_run_each_says_too_little() -> None:
    verdict = only(cell(WEBSOCKET, [25.5], control="cubic"), cell(UNRELIABLE, [26.2]))
    assert "one run says too little of the p99 latency" in verdict.why


def test_a_connection_that_did_not_live_to_the_end_is_told() -> None:
    broken = cell(UNRELIABLE, [500.0, 501.0, 502.0], delivered=0.4)
    runs = tuple(replace(each, broke="The connection ended.") for each in broken.repeats[:2])
    broken = replace(broken, repeats=(*runs, broken.repeats[2]))
    verdict = only(cell(WEBSOCKET, [25.0, 26.0, 27.0], control="cubic"), broken)
    assert "the connection ended in 2 of 3 runs: The connection ended." in verdict.why
