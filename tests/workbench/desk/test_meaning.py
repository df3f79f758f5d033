"""What captures mean: findings while a connection is open, cures, what a change has proven."""

import asyncio
from random import Random

import pytest

from tests.support.authority import Authority
from tests.workbench.desk.benches import SECOND, Maker, bench, desk_in, resolvers, until
from wirescope.events import Finding
from wirescope.playground import serve_endpoints
from wirescope.workbench.desk import Outgoing
from wirescope.workbench.desk.cures import Circumstances, cure_of
from wirescope.workbench.workspace import TLS, Endpoint


async def settled(desk, capture):
    while True:
        analysis = await desk.analysis(capture)
        if analysis.complete:
            return analysis


def pushing(count, *, compressible=True):
    """Make a feed in which nothing was compressed, though the client offered nothing."""
    maker = Maker()
    maker.opened()
    generator = Random(1)
    for number in range(count):
        text = f'{{{"quantity" * 12}:1,"price":{number}}}'
        maker.message(text if compressible else generator.randbytes(20))
    return maker


async def test_a_stored_capture_is_analysed_to_its_end(tmp_path):
    maker = pushing(1000)
    maker.closed(code=1011)
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        analysis = await settled(desk, "made")
        (state,) = await desk.captures()
    codes = [finding.code for finding in analysis.findings]
    assert {"WS210", "WS501"} <= set(codes)
    assert "1011" in analysis.verdict
    assert analysis.metrics["overall"]["received"]["messages"] == 1000
    assert analysis.rules > 50
    assert state.verdict == analysis.verdict
    assert sum(state.findings.values()) == len(codes)


async def test_findings_come_while_the_connection_is_open(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/push?count=3000&size=200&interval_ms=1")
        codes = []
        while "WS501" not in codes:
            await asyncio.sleep(0.02)
            analysis = await at.desk.analysis(state.capture)
            codes = [finding.code for finding in analysis.findings]
        assert at.state(state.id).phase == "open"
        (finding,) = [each for each in analysis.findings if each.code == "WS501"]
        assert finding.before_bytes > finding.after_bytes > 0
        await at.desk.close_session(state.id)
        await at.over(state.id)
        final = await settled(at.desk, state.capture)
    assert [each.code for each in final.findings].count("WS501") == 1
    (finding,) = [each for each in final.findings if each.code == "WS501"]
    assert finding.seq > 0


async def test_the_revision_rises_only_when_something_changed(tmp_path):
    pushing(50).save(tmp_path)
    async with desk_in(tmp_path) as desk:
        one = await settled(desk, "made")
        other = await desk.analysis("made")
    assert one.revision == other.revision > 0


async def test_a_watcher_is_told_that_an_analysis_went_on(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        watcher = at.desk.watcher()
        watcher.watch(1, at.view(state), tail=1)
        revisions = {}
        while not revisions:
            await asyncio.sleep(0.01)
            revisions = (await watcher.changes()).analyses
    assert revisions == {state.capture: 1}


# Cures


def finding(code, cause="", fix="", severity="error"):
    return Finding(0, 0, "c1", code, severity, "", cause, fix, [1])


REQUEST = "GET / HTTP/1.1\r\nOrigin: https://a.test\r\n\r\n"


@pytest.mark.parametrize(
    ("found", "url", "request_head", "change"),
    [
        (finding("WS103"), "ws://a.test/", REQUEST, {"origin": None}),
        (
            finding("WS103"),
            "wss://a.test/x",
            "GET / HTTP/1.1\r\n\r\n",
            {"origin": "https://a.test"},
        ),
        (finding("TLS106"), "wss://a.test/x?y", "", {"url": "ws://a.test/x?y"}),
        (finding("TLS107"), "ws://a.test/x", "", {"url": "wss://a.test/x"}),
        (finding("WS209"), "", "", {"limits": {"max_message_size": 256 << 20}}),
        (finding("WS201"), "", "", {"heartbeat": {"interval_s": 20}}),
        (
            finding("WS201", "Closed by the network after 20.0 s of silence, no Close frame."),
            *("", "", {"heartbeat": {"interval_s": 10}}),
        ),
        (
            finding("WS402", fix="Send it every 7.5 s at most."),
            *("", "", {"heartbeat": {"interval_s": 7}}),
        ),
        (finding("WS113"), "", "", {"subprotocols": []}),
        (
            finding("WS501", "The client did not offer it. The messages"),
            *("", "", {"compression": {"offer": True}}),
        ),
    ],
)
def test_a_cure_changes_the_endpoint(found, url, request_head, change):
    cure = cure_of(found, Circumstances(url, request_head))
    assert cure.change == change
    assert cure.button


@pytest.mark.parametrize(
    "found",
    [
        finding("WS210"),
        finding("WS501", "The server did not accept it. The messages"),
        finding("WS105", severity="info"),
        finding("WS405", "The peer sends a ping every 100 ms"),
        finding("WS503", "server_no_context_takeover was agreed on."),
    ],
)
def test_what_the_server_has_to_change_has_no_button(found):
    assert cure_of(found, Circumstances("ws://a.test/")) is None


def test_an_address_that_was_redacted_is_no_cure():
    assert cure_of(finding("TLS107"), Circumstances("ws://a.test/?token=[redacted]")) is None


async def test_a_refused_origin_has_a_button(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/reject?status=403", origin="https://elsewhere.test")
        await at.over(state.id)
        analysis = await settled(at.desk, state.capture)
    (found,) = [each for each in analysis.findings if each.code == "WS103"]
    assert found.button == "Connect without Origin"
    assert found.change == {"origin": None}


async def cured(folder, maker, code):
    """Analyse what a maker made with the rules as they are; the change that a finding asks for."""
    maker.save(folder)
    async with desk_in(folder) as desk:
        findings = (await settled(desk, "made")).findings
    (found,) = [each for each in findings if each.code == code]
    return found.change


async def test_the_words_of_the_rules_are_those_that_cures_look_for(tmp_path):
    not_offered = pushing(1000)
    assert await cured(tmp_path / "1", not_offered, "WS501") == {"compression": {"offer": True}}
    too_often = Maker()
    too_often.opened()
    for number in range(200):
        too_often.ping(b"%d" % number, after_ns=SECOND // 2)
        too_often.pong(b"%d" % number)
    assert await cured(tmp_path / "2", too_often, "WS405") == {"heartbeat": {"interval_s": 20}}
    too_rare = Maker()
    too_rare.opened()
    for number in range(4):
        too_rare.ping(b"%d" % number, after_ns=100 * SECOND)
        too_rare.pong(b"%d" % number)
    too_rare.at_ns += 30 * SECOND
    too_rare.closed(code=1006)
    assert await cured(tmp_path / "3", too_rare, "WS402") == {"heartbeat": {"interval_s": 15}}


# Proofs and comparisons


def dated(day, name="feed"):
    return f"2026-11-{day:02}T10-00-00 {name}"


async def test_a_finding_that_is_gone_is_proven_with_both_figures(tmp_path):
    pushing(1000).save(tmp_path, dated(1))
    pushing(1000, compressible=False).save(tmp_path, dated(2))
    async with desk_in(tmp_path) as desk:
        await desk.analysis(dated(2))
        proven = []
        while not proven:
            await asyncio.sleep(0.01)
            proven = (await settled(desk, dated(2))).proven
    (proof,) = [each for each in proven if each.code == "WS501"]
    assert "B a message on the wire" in proof.before
    assert "B a message on the wire" in proof.after
    assert float(proof.before.split()[0]) > float(proof.after.split()[0])
    assert "less" in proof.promised


async def test_a_capture_without_messages_proves_nothing(tmp_path):
    pushing(1000).save(tmp_path, dated(1))
    pushing(3).save(tmp_path, dated(2))
    async with desk_in(tmp_path) as desk:
        await desk.compare_captures(dated(1), dated(2))
        await desk.analysis(dated(2))
        await until(lambda: desk.has_looked_before(dated(2)))
        analysis = await settled(desk, dated(2))
    assert analysis.proven == []
    lacking = {each.code: each.lacks for each in analysis.unproven}
    assert lacking["WS501"] == "It takes 500 messages; there are 3."


async def test_a_finding_that_is_gone_is_not_said_to_be_unproven(tmp_path):
    pushing(1000).save(tmp_path, dated(1))
    pushing(1000, compressible=False).save(tmp_path, dated(2))
    async with desk_in(tmp_path) as desk:
        await desk.analysis(dated(2))
        await until(lambda: desk.has_looked_before(dated(2)))
        analysis = await settled(desk, dated(2))
    assert "WS501" not in {each.code for each in analysis.unproven}


async def test_captures_of_another_endpoint_prove_nothing(tmp_path):
    pushing(1000).save(tmp_path, dated(1, "other"))
    pushing(1000, compressible=False).save(tmp_path, dated(2))
    async with desk_in(tmp_path) as desk:
        await desk.analysis(dated(2))
        await until(lambda: desk.has_looked_before(dated(2)))
        assert (await settled(desk, dated(2))).proven == []


async def test_two_captures_are_put_side_by_side(tmp_path):
    pushing(1000).save(tmp_path, "one")
    maker = pushing(20)
    maker.message("late", after_ns=100 * SECOND)
    maker.save(tmp_path, "other")
    async with desk_in(tmp_path) as desk:
        compared = await desk.compare_captures("one", "other")
    figures = {name: (before, after) for name, before, after in compared.figures}
    assert figures["Messages received"] == ("1,000", "21")
    assert any(each.startswith("WS501") for each in compared.gone)
    assert any(each.startswith("WS401") for each in compared.new)


# Openings


async def test_an_opening_has_its_steps_and_its_heads(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/deflate?count=1&server_no_context_takeover=1")
        await until(lambda: at.desk.session(state.id).tally.received == 2)
        await at.saved(state.id)
        (opening,) = await at.desk.openings(state.capture)
    assert [step.name for step in opening.steps] == ["dns", "tcp", "upgrade", "message"]
    assert all(step.duration_ns >= 0 and not step.failed for step in opening.steps)
    assert opening.status == 101
    assert opening.request.startswith("GET /deflate")
    assert [each.text for each in opening.extensions] == [
        "permessage-deflate",
        "server_no_context_takeover",
    ]
    assert "empty window" in opening.extensions[1].meaning
    assert opening.failure == {}


async def test_a_failed_opening_shows_where_it_broke(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/reject?status=503")
        await at.over(state.id)
        (opening,) = await at.desk.openings(state.capture)
    assert [(step.name, step.failed) for step in opening.steps] == [
        ("dns", False),
        ("tcp", False),
        ("upgrade", True),
    ]
    assert opening.status == 503
    assert opening.failure["kind"] == "status"
    assert opening.failure["hint"]


async def test_an_opening_that_goes_on_has_a_step_without_an_end(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.saved(state.id)
        (opening,) = await at.desk.openings(state.capture)
        await at.desk.send(state.id, Outgoing(body="x"), resolvers=resolvers)
    assert (opening.steps[-1].name, opening.steps[-1].duration_ns) == ("message", -1)


@pytest.mark.each_loop
async def test_an_opening_says_whom_it_reached_and_how_it_is_secured(tmp_path):
    authority = Authority(tmp_path)
    tls = authority.server("127.0.0.1")
    async with serve_endpoints(ssl=tls) as server, bench(tmp_path) as at:
        endpoint = Endpoint(url=f"{server.url}/echo", tls=TLS(ca=str(authority.ca_file)))
        opened = await at.desk.open_session(endpoint, resolvers=resolvers)
        state = await at.reach(opened.id, "failed", "open")
        await at.saved(opened.id)
        (opening,) = await at.desk.openings(state.capture)
    assert f"wss://{opening.reached.address}:{opening.reached.port}" == server.url
    assert opening.tls.version == "TLSv1.3"
    assert opening.tls.verified
    assert not opening.tls.refused
    assert opening.tls.certificates[0].names == ["127.0.0.1"]


async def test_a_refused_certificate_is_shown_as_refused(tmp_path):
    tls = Authority(tmp_path).server("127.0.0.1")
    async with serve_endpoints(ssl=tls) as server, bench(tmp_path) as at:
        opened = await at.desk.open_session(Endpoint(url=server.url), resolvers=resolvers)
        state = await at.over(opened.id)
        (opening,) = await at.desk.openings(state.capture)
    assert opening.failure["kind"] == "certificate-untrusted"
    assert opening.tls.refused
    assert opening.tls.certificates[0].names == ["127.0.0.1"]


async def test_of_a_capture_without_the_facts_nothing_is_said_of_them(tmp_path):
    maker = Maker()
    maker.opened()
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        (opening,) = await desk.openings("made")
    assert opening.reached is None
    assert opening.tls is None
