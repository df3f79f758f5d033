"""What the desk tells of the ways of WebRTC connections."""

import pytest

from tests.analysis.findings.call_making import STUN, TURN, healthy, tried
from tests.analysis.findings.call_stories import STORIES
from tests.workbench.desk.benches import Maker, desk_in
from wirescope.errors import UnknownConnectionError
from wirescope.events import AnyEvent, ConnectionOpening


def kept(events: list[AnyEvent]) -> Maker:
    maker = Maker()
    maker.events = list(events)
    return maker


async def ways_of(folder, events, connection="c1"):
    view = kept(events).save(folder)
    async with desk_in(folder) as desk:
        return await desk.ways(view.capture, connection)


async def test_servers_addresses_pairs_and_paths_are_told(tmp_path):
    view = await ways_of(tmp_path, healthy())
    assert [each.url for each in view.servers] == [None, STUN, TURN]
    stun = view.servers[1]
    assert (stun.asked_ms, stun.first_candidate_ms, stun.last_candidate_ms) == (0, 20, 20)
    assert [each.reach for each in view.candidates] == ["private", "public", "public", "public"]
    reasons = [each.reason for each in view.untried.reasons]
    assert (len(view.pairs), reasons) == (1, ["redundant", "unseen"])
    (path,) = view.selected
    assert (path.relayed, path.over, path.server) == (False, "udp", None)
    assert view.losses == []


async def test_errors_have_their_meaning_and_a_first_401_is_normal(tmp_path):
    story = tried(TURN).error(TURN, 401)
    story.candidate("local", "198.51.100.2", kind="relay", url=TURN).error(TURN, 486, "Quota")
    view = await ways_of(tmp_path, story.events)
    first, second = next(each for each in view.servers if each.url == TURN).errors
    assert (first.normal, first.advice) == (True, "")
    assert (second.normal, second.message) == (False, "Quota")
    assert "as many allocations as it may have" in second.meaning


async def test_untried_pairs_and_losses_are_told(tmp_path):
    view = await ways_of(tmp_path, STORIES["ICE202"][0]())
    (why,) = view.untried.reasons
    assert (why.reason, why.count, why.first) == ("family", 1, view.untried.first[0])
    assert (why.first.local, why.first.remote) == (
        "host udp 192.168.1.4:5000",
        "host udp [2001:db8::9]:5000",
    )


@pytest.mark.parametrize(("code", "lasted_ms"), [("ICE301", 8_000), ("ICE302", None)])
async def test_times_without_a_path_are_told(tmp_path, code, lasted_ms):
    view = await ways_of(tmp_path, STORIES[code][0]())
    assert [each.lasted_ms for each in view.losses] == [lasted_ms]


@pytest.mark.parametrize("connection", ["c1", "c9", "../x"])
async def test_another_connection_has_no_ways(tmp_path, connection):
    events: list[AnyEvent] = [ConnectionOpening(1, 0, "c1", "ws://a.test/", "websocket")]
    with pytest.raises(UnknownConnectionError):
        await ways_of(tmp_path, events, connection)
