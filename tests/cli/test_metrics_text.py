"""What `wirescope analyze` prints of metrics: tables that line up, and sentences below them."""

import pytest

from tests.analysis.findings import traffic
from wirescope.analysis import Analyzer
from wirescope.cli.escape import text_width
from wirescope.cli.metrics_text import lines_of


def told(*stories, width=80):
    analyzer = Analyzer()
    for events in stories:
        analyzer.feed(events)
    analyzer.finish()
    return list(lines_of(analyzer.metrics(), width=width))


def named(events, name):
    """Give the events to a connection of that name."""
    return [
        type(event)(
            event.seq,
            event.at_ns,
            name,
            *(getattr(event, field) for field in event.__struct_fields__[3:]),
        )
        for event in events
    ]


def row(lines, label):
    (line,) = [line for line in lines if line.strip().startswith(label)]
    return line.split(label)[1].split()


@pytest.mark.parametrize("code", sorted(traffic.STORIES))
def test_no_line_is_wider_than_80_columns(code):
    lines = told(traffic.STORIES[code][0]())
    assert all(text_width(line) <= 80 for line in lines)


def test_counts_rates_and_compression_stand_by_direction():
    lines = told(traffic.healthy())
    assert row(lines, "> sent") == ["50", "2,272", "693", "1.2", "55.4", "3.28", "x"]
    assert row(lines, "< received")[:3] == ["250", "15,520", "3,222"]


def test_sizes_gaps_round_trips_and_latencies_have_percentiles():
    lines = told(traffic.healthy())
    assert row(lines, "< size B") == ["250", "67", "68", "68", "68", "68"]
    assert row(lines, "> gap")[:3] == ["49", "820", "ms"]
    assert row(lines, "ping round trip")[:3] == ["3", "10.0", "ms"]
    assert row(lines, "> answered in")[:3] == ["50", "20.0", "ms"]


def test_numbers_end_under_their_heads():
    head, *rows = told(traffic.healthy())[5:10]
    assert {len(line) for line in rows} == {len(head)}


def test_requests_without_an_answer_are_counted():
    lines = told(traffic.ws604())
    assert "  Requests > (jsonrpc): 57 answered, 3 unanswered, 0 unmatched." in lines


def test_pings_and_heartbeats_are_told():
    lines = told(traffic.ws403())
    assert "  Pings: 2 sent, 1 of them unanswered; 0 received." in lines
    heartbeats = [line for line in told(traffic.near_ws401()) if "Heartbeat" in line]
    assert heartbeats == ['  Heartbeat > every 20.0 s, 12 times: {"type":"ping"}']


def test_of_several_connections_all_come_first_and_then_each():
    lines = told(named(traffic.quiet(), "c1"), named(traffic.ws604(), "c2"))
    heads = [line.split()[:2] for line in lines if "data B" in line]
    assert heads == [["all", "2"], ["c1", "messages"], ["c2", "messages"]]


def test_of_many_connections_some_are_told():
    lines = told(*(named(traffic.quiet(), f"c{number}") for number in range(20)))
    assert lines[-1] == "12 more connections; --format json has their figures."


def test_nothing_is_told_where_nothing_passed():
    assert told(traffic.Traffic().failed("tcp", "refused", "Nobody listens.")) == []


def test_hostile_text_steers_no_terminal():
    story = traffic.Traffic().begin()
    for _ in range(6):
        story.wait(5).message("received", "\x1b[2J\x07\r\n")
    text = "".join(told(named(story.end(), "\x1b[31m"), named(traffic.quiet(), "c2")))
    assert text.isprintable()
