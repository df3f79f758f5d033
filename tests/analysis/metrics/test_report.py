import re
from pathlib import Path

import msgspec
import pytest

from tests.analysis.findings import call_stories, traffic
from wirescope.analysis import Analyzer, by_paths, connection_metrics, overall_metrics
from wirescope.analysis.allowance import Allowance

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"


def metrics_of(events, **options):
    analyzer = Analyzer(**options)
    analyzer.feed(events)
    analyzer.finish()
    return analyzer.metrics()


def test_the_metrics_of_a_conversation_are_ready_for_json():
    metrics = metrics_of(traffic.ws601())
    assert msgspec.json.decode(msgspec.json.encode(metrics)) == metrics


def test_rates_sizes_and_gaps_are_those_of_the_messages():
    story = traffic.Traffic().begin()
    for number in range(101):
        story.message("received", b"x" * (100 + number))
        story.wait(0.1)
    flow = metrics_of(story.end())["connections"]["c1"]["received"]
    assert (flow["messages"], flow["binary"], flow["bytes"]) == (101, 101, 15_150)
    assert flow["sizes"] == {
        "p50": 150,
        "p90": 190,
        "p95": 195,
        "p99": 199,
        "p999": 199.9,
        "mean": 150.0,
        "max": 200,
    }
    assert flow["gaps_ms"]["p50"] == flow["gaps_ms"]["max"] == 100
    assert flow["per_second"]["messages"] == pytest.approx(10)
    assert flow["per_second"]["bytes"] == pytest.approx(1505)
    assert flow["per_second"]["busiest_messages"] == 10
    assert flow["per_second"]["busiest_bytes"] == sum(190 + n for n in range(10))


def test_compression_is_told_as_a_ratio():
    flow = metrics_of(traffic.healthy())["connections"]["c1"]["received"]
    compression = flow["compression"]
    assert compression["messages"] == flow["messages"]
    assert compression["ratio"] == pytest.approx(flow["bytes"] / flow["wire_bytes"], abs=0.001)
    assert metrics_of(traffic.quiet())["connections"]["c1"]["sent"]["compression"] is None


def test_latencies_are_matched_and_summed_up():
    metrics = metrics_of(traffic.ws604())
    requests = metrics["connections"]["c1"]["requests"]
    assert (requests["protocol"], requests["inferred"]) == ("jsonrpc", False)
    assert (requests["sent"]["answered"], requests["sent"]["unanswered"]) == (57, 3)
    assert requests["sent"]["latency_ms"]["p50"] == 20
    assert metrics["overall"]["latencies_ms"]["sent"]["count"] == 57


def test_pings_have_a_period_and_round_trips():
    pings = metrics_of(traffic.near_ws404())["connections"]["c1"]["pings"]
    assert pings["period_ms"] == {"sent": 20_610, "received": None}
    assert (pings["round_trips_ms"]["count"], pings["round_trips_ms"]["p50"]) == (20, 610)


def test_a_heartbeat_of_the_application_is_told():
    (heartbeat,) = metrics_of(traffic.near_ws401())["connections"]["c1"]["heartbeats"]
    assert (heartbeat["example"], heartbeat["period_ms"]) == ('{"type":"ping"}', 20_000)


def test_a_stall_and_its_burst_are_told():
    stalls = metrics_of(traffic.ws603())["connections"]["c1"]["received"]["stalls"]
    assert stalls["count"] == 1
    assert stalls["first"][0]["gap_ms"] == pytest.approx(600.5)


def test_a_user_can_name_the_key():
    story = traffic.Traffic().begin()
    for number in range(3):
        story.message("sent", f'{{"q":{{"n":"a{number}"}}}}')
        story.wait(0.25).message("received", f'{{"re":"a{number}"}}')
    metrics = metrics_of(story.end(), protocol=by_paths("q.n", "re"))
    requests = metrics["connections"]["c1"]["requests"]
    assert (requests["protocol"], requests["field"]) == ("json-path", "q.n -> re")
    assert requests["sent"]["latency_ms"]["max"] == 250


def test_what_was_passed_over_is_stated():
    sampled = metrics_of(traffic.ws504(), content_rate=100)["connections"]["c1"]["sampled"]
    assert sampled == {"read": 101, "passed_over": 899}


def test_without_anything_the_figures_say_nothing():
    assert overall_metrics([])["overall"]["sent"]["messages"] == 0
    analyzer = Analyzer()
    analyzer.feed(traffic.Story().events)
    metrics = connection_metrics(analyzer.conversations[0])
    assert metrics["received"]["sizes"]["p50"] is None
    assert metrics["requests"] is None


def keys(value):
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from keys(each)


def call():
    return call_stories.two_families()


def lost():
    return [*call_stories.refused(401)[:-1], *call_stories.lost(back=True)[1:]]


def test_every_field_is_documented():
    words = set(re.findall(r"[\w]+", PAGE.read_text("utf-8")))
    stories = (traffic.ws601, traffic.ws603, traffic.healthy, traffic.near_ws401, call, lost)
    assert {key for tell in stories for key in keys(metrics_of(tell()))} - words == set()


def busy(count, *, rounds):
    """Connections that all talk at once, each of them about something else."""
    story = traffic.Traffic()
    story.events.clear()
    for number in range(rounds * count):
        name = story.connection = f"c{number % count}"
        round_trip = f'{{"jsonrpc":"2.0","id":{number},"of":"{name}"'
        story.message("sent", f'{round_trip},"method":"m"}}')
        story.wait(0.001 * (number % 97 + 1)).message("received", f'{round_trip},"result":1}}')
    return story.events


def test_many_connections_have_one_allowance_for_what_is_kept():
    analyzer = Analyzer(allowance=Allowance(20_000))
    analyzer.feed(busy(20, rounds=1))
    kept = [message for each in analyzer.conversations for message in each.received.sample]
    assert 0 < len(kept) < 20


def test_when_the_allowance_is_spent_counts_stay_right_and_what_was_not_read_is_said():
    analyzer = Analyzer(allowance=Allowance(30_000))
    events = busy(40, rounds=50)
    for start in range(0, len(events), 500):
        analyzer.feed(events[start : start + 500])
    overall = analyzer.metrics()["overall"]
    assert overall["sent"]["messages"] == overall["received"]["messages"] == 2000
    requests = overall["latencies_ms"]["sent"]["count"]
    assert 0 < overall["messages_not_read"] < 4000
    assert requests <= (4000 - overall["messages_not_read"]) // 2
    assert "WS604" not in [each.code for each in analyzer.finish()]


def test_figures_are_given_of_the_first_connections_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr("wirescope.analysis.metrics.report.DETAILED", 3)
    analyzer = Analyzer()
    analyzer.feed(busy(5, rounds=2))
    metrics = analyzer.metrics()
    assert list(metrics["connections"]) == ["c0", "c1", "c2"]
    assert metrics["overall"]["connections_not_detailed"] == 2
    assert metrics["overall"]["sent"]["messages"] == 10


def test_of_a_long_payload_nothing_is_remembered_but_samples():
    analyzer = Analyzer(allowance=Allowance(0))
    story = traffic.Traffic()
    story.message("received", "x" * 5000)
    analyzer.feed(story.events)
    flow = analyzer.conversations[0].received
    assert flow.longest.length == 5000
    held = (flow.first, flow.last, flow.longest, flow.last_frame)
    assert [each.payload for each in held] == [b""] * 4
    assert not flow.last_frame.incomplete
