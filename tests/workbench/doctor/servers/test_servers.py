"""The doctor at STUN and TURN servers: what its steps say, and what is recorded."""

import json
import re

import pytest

from tests.support.authority import Authority
from tests.support.local_coturn import PASSWORD, coturn
from tests.support.turn_faults import COTURN, FAULTY, GIVEN, Visit, relays_inside
from tests.workbench.doctor.servers.examining import examined, step_of
from wirescope.analysis import Analyzer, scope_of
from wirescope.capture import open_capture
from wirescope.errors import InvalidURLError
from wirescope.events import ConnectionOpening, Finding, IceCandidate
from wirescope.transports.turn import Timers, Trust, TurnOptions
from wirescope.transports.turn.opening import local_address
from wirescope.workbench.doctor import Brake, ServerOrders, diagnose_server

pytestmark = [pytest.mark.requires("turnserver"), pytest.mark.slow]
TWO = ("127.0.0.1", "127.0.0.2")
PATIENCE = Timers(deadline_s=5)


async def test_each_step_has_its_facts():
    async with coturn(hosts=TWO) as server:
        diagnosis = await examined(Visit(url=server.turn))
    names = [step.name for step in diagnosis.steps]
    assert names == [
        *("resolve", "udp", "tcp", "credentials", "allocate", "lifetime", "permission"),
        *("channel", "relay", "throughput", "other ways", "nat"),
    ]
    assert all(step.ok for step in diagnosis.steps)
    first, second = step_of(diagnosis, "allocate").facts["exchanges"]
    assert (first["code"], first["signed"]) == (401, False)
    assert "no failure" in first["meaning"]
    assert (second["code"], second["signed"]) == (None, True)
    relay = step_of(diagnosis, "relay").facts
    assert (relay["sent"], relay["returned"], relay["loss"]) == (50, 50, 0)
    assert 0 < relay["round_trip_ms"] <= relay["worst_ms"]
    assert step_of(diagnosis, "throughput").facts["megabits_per_s"] > 1
    assert step_of(diagnosis, "lifetime").facts["longest_s"] == 3600
    nat = step_of(diagnosis, "nat").facts
    assert (nat["mapping"], len(nat["connects_with"])) == ("endpoint-independent", 9)
    json.dumps(diagnosis.as_json())


async def test_a_stun_server_is_asked_for_no_relay():
    async with coturn(hosts=TWO) as server:
        diagnosis = await diagnose_server(server.stun)
    assert [step.name for step in diagnosis.steps] == ["resolve", "udp", "nat"]
    assert diagnosis.verdict.startswith("Healthy: it answers over UDP in ")


async def test_without_credentials_the_401_is_what_should_come():
    async with coturn() as server:
        diagnosis = await diagnose_server(server.turn)
    assert "asks for credentials, as it should" in diagnosis.verdict
    assert "-u USER:PASSWORD" in diagnosis.advice
    assert diagnosis.where_next == "wirescope explain TURN113 says more."
    assert [each.code for each in diagnosis.findings] == ["TURN113"]
    assert step_of(diagnosis, "allocate").ok is None
    assert step_of(diagnosis, "relay").message == "not reached"
    assert diagnosis.failure is None


async def test_a_silent_way_says_how_long_another_address_was_waited_for(tmp_path):
    fault = next(each for each in FAULTY if each.name == "answers from another address")
    async with fault.stage(tmp_path) as visit:
        from_elsewhere = step_of(await examined(visit), "udp").message
    fault = next(each for each in COTURN if each.name == "UDP is swallowed")
    async with fault.stage(tmp_path) as visit:
        silent = step_of(await examined(visit), "udp").message
    assert re.search(
        r"did not answer the Binding within \S+ s; asked again, 127\.\S+ answered instead$",
        from_elsewhere,
    )
    assert re.search(
        r"did not answer the Binding within \S+ s, nor did another address in \S+ s more$", silent
    )


async def test_where_nothing_comes_back_no_step_of_it_is_well_and_all_are_named(tmp_path):
    fault = next(each for each in FAULTY if each.name == "nothing comes back")
    async with fault.stage(tmp_path) as visit:
        diagnosis = await examined(visit)
    flood = step_of(diagnosis, "throughput")
    assert (flood.ok, flood.facts["arrived"]) == (False, 0)
    assert flood.message == f"none of {flood.facts['sent']} datagrams of 1,100 bytes arrived"
    assert "The steps relay and throughput below show how far" in diagnosis.where_next


async def test_credentials_in_the_address_are_used_and_not_shown():
    async with coturn() as server:
        url = server.turn.replace("turn:", f"turn:ada:{PASSWORD}@")
        diagnosis = await diagnose_server(url, orders=ServerOrders(throughput_s=0))
    assert diagnosis.verdict.startswith("Healthy")
    assert PASSWORD not in json.dumps(diagnosis.as_json())


async def test_it_relays_to_itself_through_a_socket_of_this_machine_where_a_quota_is_used_up():
    async with coturn("--user-quota", "1") as server:
        diagnosis = await examined(Visit(url=f"{server.turn}?transport=udp"))
    assert step_of(diagnosis, "permission").facts["far_end"] == "a socket of this machine"
    assert step_of(diagnosis, "relay").facts["returned"] == 50
    assert [each.code for each in diagnosis.found("warning")] == ["TURN120"]
    assert "a second one was not" in diagnosis.findings[0].cause


async def test_over_ipv6_it_is_the_same():
    async with coturn(hosts=["::1"]) as server:
        diagnosis = await examined(Visit(url=server.turn))
    assert diagnosis.verdict.startswith("Healthy")


async def test_a_relayed_address_from_inside_is_found():
    own = local_address(("192.0.2.1", 9))
    if scope_of(own).words == "loopback":
        pytest.skip("this machine has no address of its own")
    async with coturn(hosts=[own], relay_to="127.0.0.1") as server:
        diagnosis = await examined(Visit(url=server.turn))
    assert diagnosis.findings[0].code == "TURN125"
    assert f"reached at {own}" in diagnosis.verdict


async def test_a_certificate_that_is_not_checked_is_looked_at_all_the_same(tmp_path):
    files = Authority(tmp_path).server_files("localhost")
    async with coturn(certificate=files) as server:
        options = TurnOptions(credentials=GIVEN, trust=Trust(insecure=True), timers=PATIENCE)
        diagnosis = await diagnose_server(server.turns, options=options)
    assert diagnosis.verdict.startswith("It works, but take care: the issuer")
    assert [(each.code, each.severity) for each in diagnosis.findings] == [("TURN104", "warning")]
    assert "accepted because of -k" in step_of(diagnosis, "tls").message
    assert "--cacert" in diagnosis.advice
    assert "-k" not in diagnosis.advice.split()
    assert step_of(diagnosis, "relay").ok


async def test_a_silent_mapping_is_looked_at_where_that_is_asked_for():
    async with coturn(hosts=TWO) as server:
        diagnosis = await diagnose_server(server.stun, orders=ServerOrders(idle_s=0.4))
    assert step_of(diagnosis, "idle").message == "a mapping is kept for 0.4 s of silence"


async def test_addresses_inside_are_asked_for_only_where_the_server_is_one_s_own(tmp_path):
    async with relays_inside(tmp_path) as visit:
        asked = await examined(visit)
        unasked = await examined(Visit(url=visit.url))
    peers = {each["address"]: each["granted"] for each in step_of(asked, "peers").facts["peers"]}
    assert peers["127.0.0.1"]
    assert peers["169.254.169.254"]
    assert "peers" not in [step.name for step in unasked.steps]
    assert not unasked.findings


async def test_what_happens_is_recorded_without_the_password(tmp_path):
    path = tmp_path / "visit.wirescope"
    async with coturn("--max-bps", "2000") as server:
        diagnosis = await examined(Visit(url=server.turn), capture=path)
    assert PASSWORD.encode() not in path.read_bytes()
    with open_capture(path) as capture:
        events = list(capture.events())
    assert {each.url for each in events if isinstance(each, ConnectionOpening)} == {
        f"{server.turn}"
    }
    kinds = {each.kind for each in events if isinstance(each, IceCandidate)}
    assert kinds == {"srflx", "relay"}
    kept = [each for each in events if isinstance(each, Finding)]
    assert [each.code for each in kept] == [each.code for each in diagnosis.findings]
    numbers = {each.seq: each.connection for each in events}
    assert all(numbers[seq] == each.connection for each in kept for seq in each.evidence)
    analyzer = Analyzer()
    assert not [*analyzer.feed(events), *analyzer.finish()]


async def test_a_brake_ends_it_with_what_was_seen():
    brake = Brake()

    def on_begin(name):
        if name == "relay":
            brake.pull()

    async with coturn() as server:
        diagnosis = await examined(Visit(url=server.turn), on_begin=on_begin, brake=brake)
    assert diagnosis.verdict == "You ended it in the step relay."
    assert step_of(diagnosis, "channel").ok


async def test_an_address_of_something_else_is_refused():
    with pytest.raises(InvalidURLError):
        await diagnose_server("ws://127.0.0.1/")
