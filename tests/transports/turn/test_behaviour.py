"""RFC 5780 against coturn, our own server and one that lies; real NATs are elsewhere."""

import pytest

from tests.support.either_server import EITHER
from tests.support.lying_stun import Lies, lying_stun
from wirescope.errors import ConnectError
from wirescope.transports.turn import (
    Behaviour,
    Timers,
    TurnOptions,
    binding_lifetime,
    discover,
    parse_server_url,
)
from wirescope.wire.stun import Attribute, ErrorCode

pytestmark = pytest.mark.slow
either = pytest.mark.parametrize("serving", EITHER)
TWO = ("127.0.0.1", "127.0.0.2")


INDEPENDENT = Behaviour.ENDPOINT_INDEPENDENT


def at(server):
    return parse_server_url(server.stun)[0]


async def report_of(mapping, filtering, lies=None):
    async with lying_stun(mapping, filtering, lies) as server:
        host, port = server.address
        url, _ = parse_server_url(f"stun:{host}:{port}")
        return await discover(url)


@either
async def test_where_there_is_no_nat_everything_is_endpoint_independent(serving):
    async with serving(hosts=TWO) as server:
        report = await discover(at(server))
    assert report.behaviour is not None
    assert report.behaviour.mapping is Behaviour.ENDPOINT_INDEPENDENT
    assert report.behaviour.filtering is Behaviour.ENDPOINT_INDEPENDENT
    assert report.behaviour.hairpins
    assert not report.has_nat


@either
async def test_a_server_with_one_address_cannot_tell(serving):
    async with serving() as server:
        report = await discover(at(server))
    assert report.behaviour is None
    assert "second address" in report.problem


async def test_a_server_that_does_not_answer_is_an_error():
    url, _ = parse_server_url("stun:127.0.0.1:9")
    with pytest.raises(ConnectError):
        await discover(url, options=TurnOptions(timers=Timers(deadline_s=0.5)))


@either
async def test_a_mapping_that_is_kept_is_found_out_by_answers_to_another_port(serving):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async with serving(hosts=TWO) as server:
        kept_s = await binding_lifetime(at(server), at_most_s=40, sleep=sleep)
    assert (kept_s, slept) == (40, [0, 10, 20, 40])


@pytest.mark.parametrize("mapping", Behaviour)
@pytest.mark.parametrize("filtering", Behaviour)
async def test_every_mapping_and_every_filter_is_told(mapping, filtering):
    report = await report_of(mapping, filtering)
    assert report.behaviour is not None
    assert (report.behaviour.mapping, report.behaviour.filtering) == (mapping, filtering)
    assert report.has_nat
    assert not report.behaviour.hairpins


@pytest.mark.each_loop
@pytest.mark.parametrize("host", ["::1", "0.0.0.0", "224.0.0.1", "255.255.255.255"])
async def test_another_address_that_cannot_be_asked_is_a_problem(host):
    report = await report_of(INDEPENDENT, INDEPENDENT, Lies(other=(host, 3479)))
    assert report.behaviour is None
    assert "none that could be asked" in report.problem


@pytest.mark.each_loop
async def test_another_address_without_a_port_is_a_problem():
    report = await report_of(INDEPENDENT, INDEPENDENT, Lies(other=("127.0.0.2", 0)))
    assert "none that could be asked" in report.problem


@pytest.mark.each_loop
async def test_a_mapped_address_of_the_other_family_is_not_sent_to():
    report = await report_of(INDEPENDENT, INDEPENDENT, Lies(outer="2001:db8::7"))
    assert report.behaviour is not None
    assert not report.behaviour.hairpins


@pytest.mark.parametrize(
    "lies",
    [
        Lies(stays=True),
        Lies(refuses=Attribute(ErrorCode.TYPE, b"\0\0\4\x14")),
        Lies(refuses=Attribute(ErrorCode.TYPE, b"\0\0")),
    ],
    ids=["stays", "refuses", "refuses without a code"],
)
async def test_a_server_that_does_not_answer_from_elsewhere_tells_no_filter(lies):
    report = await report_of(INDEPENDENT, INDEPENDENT, lies)
    assert report.behaviour is None
    assert "does not answer from it" in report.problem


async def test_a_server_that_stops_answering_tells_no_filter():
    report = await report_of(INDEPENDENT, INDEPENDENT, Lies(answers=2))
    assert report.behaviour is None
    assert "stopped answering" in report.problem


async def test_an_answer_that_comes_again_is_no_hairpinning():
    report = await report_of(INDEPENDENT, INDEPENDENT, Lies(repeats=True, outer="127.0.0.9"))
    assert report.behaviour is not None
    assert not report.behaviour.hairpins


async def test_an_answer_that_comes_again_is_no_mapping_that_was_kept():
    async def sleep(_):
        pass

    async with lying_stun(INDEPENDENT, INDEPENDENT, Lies(repeats=True)) as server:
        host, port = server.address
        url, _ = parse_server_url(f"stun:{host}:{port}")
        assert await binding_lifetime(url, at_most_s=4, sleep=sleep) is None
