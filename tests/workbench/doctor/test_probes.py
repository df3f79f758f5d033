"""What needs connections of its own: Origin, Host, sizes, illegal frames, silence."""

import pytest

from tests.support.scripted import Scripted
from tests.workbench.doctor.examining import codes, examine, step
from wirescope.workbench.doctor import DoctorOptions

SOUND = {"checks_origin": True, "checks_host": True}


async def test_a_foreign_origin_that_is_accepted_is_a_warning():
    diagnosis = await examine(Scripted(checks_host=True))
    assert [(each.code, each.severity) for each in diagnosis.findings] == [("WS801", "warning")]
    assert step(diagnosis, "origin").facts["foreign"] == 101


async def test_where_cookies_count_it_is_an_error():
    diagnosis = await examine(Scripted(checks_host=True), cookies=("sid=1",))
    assert diagnosis.findings[0].severity == "error"


async def test_a_foreign_origin_that_is_refused_is_no_finding():
    diagnosis = await examine(Scripted(**SOUND))
    assert step(diagnosis, "origin").facts == {
        "without": 101, "own": 101, "foreign": 403, "given": None, "checked": True,
    }  # fmt: skip


async def test_an_origin_of_the_users_is_compared_with_none():
    server = Scripted(**SOUND)
    diagnosis = await examine(server, origin="http://127.0.0.1")
    facts = step(diagnosis, "origin").facts
    assert (facts["given"], facts["without"]) == (101, 101)


async def test_a_foreign_host_at_a_private_address_is_a_hint():
    diagnosis = await examine(Scripted(checks_origin=True))
    assert [(each.code, each.severity) for each in diagnosis.findings] == [("WS802", "info")]


async def test_a_limit_on_size_is_found_to_the_byte():
    orders = DoctorOptions(probe_limits=True, largest=1 << 18)
    diagnosis = await examine(Scripted(limit=65_536, **SOUND), orders=orders)
    facts = step(diagnosis, "limits").facts
    assert (facts["largest_taken"], facts["smallest_refused"]) == (65_536, 65_537)
    assert (
        "messages of 65,536 bytes are taken, of 65,537 are refused with 1009" in diagnosis.verdict
    )
    assert "raise the limit" in diagnosis.advice


async def test_a_limit_that_is_told_by_hanging_up_is_a_warning():
    orders = DoctorOptions(probe_limits=True, largest=1 << 18)
    diagnosis = await examine(Scripted(limit=5000, limit_code=0, **SOUND), orders=orders)
    assert [(each.code, each.severity) for each in diagnosis.findings] == [("WS807", "warning")]


async def test_no_limit_up_to_the_bound_is_a_hint():
    orders = DoctorOptions(probe_limits=True, largest=1 << 14)
    diagnosis = await examine(Scripted(**SOUND), orders=orders)
    assert step(diagnosis, "limits").message == "no limit on size up to 16,384 bytes"
    assert codes(diagnosis) == ["WS807"]


async def test_illegal_frames_that_are_refused_are_no_finding():
    orders = DoctorOptions(probe_protocol=True)
    diagnosis = await examine(Scripted(strict=True, **SOUND), orders=orders)
    assert codes(diagnosis) == []
    assert step(diagnosis, "protocol").message.startswith("5 of 5")


async def test_illegal_frames_that_are_tolerated_are_found_one_by_one():
    orders = DoctorOptions(probe_protocol=True)
    diagnosis = await examine(Scripted(**SOUND), orders=orders)
    assert codes(diagnosis) == ["WS808"] * 5
    assert any("text that is not UTF-8" in each.cause for each in diagnosis.findings)
    assert all(each.evidence for each in diagnosis.findings)


@pytest.mark.slow
async def test_the_limit_on_silence_is_measured():
    orders = DoctorOptions(idle_s=3)
    diagnosis = await examine(Scripted(idle_s=0.5, **SOUND), orders=orders)
    assert codes(diagnosis) == ["WS809"]
    assert 0.4 < step(diagnosis, "idle").facts["limit_s"] < 1


@pytest.mark.slow
async def test_no_limit_on_silence_says_up_to_where():
    diagnosis = await examine(Scripted(**SOUND), orders=DoctorOptions(idle_s=0.3))
    assert step(diagnosis, "idle").message == "no limit on silence up to 0.3 s"
