"""Received sound and pictures in the page: live, and recorded beside a capture."""

import asyncio
import http.client

import pytest

from tests.web.page import Page, workbench

pytestmark = pytest.mark.slow

EBML = b"\x1a\x45\xdf\xa3"  # RFC 8794 section 8.1
SENDING = {"audio": "tone", "video": "bars"}


async def session(page: Page, name: str) -> dict:
    """Tell of a session, as the page's state does."""
    state = await page.call("state")
    return next(each for each in state["sessions"] if each["id"] == name)


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 -- it is the server's to say
            await asyncio.sleep(0.05)


async def code_of(page: Page, name: str) -> str:
    async def is_made() -> bool:
        code = (await session(page, name))["peer"]["code"]
        return bool(code and code["text"])

    await until(is_made)
    return (await session(page, name))["peer"]["code"]["text"]


async def open_pair(page: Page) -> tuple[dict, dict]:
    """Open two sessions, of which the second receives what the first sends."""
    offering = {"url": "webrtc:", "webrtc": SENDING}
    one = await page.call("open_session", {"endpoint": offering, "name": "one"})
    answering = {"url": await code_of(page, one["id"]), "webrtc": {"record": True}}
    other = await page.call("open_session", {"endpoint": answering, "name": "other"})
    code = await code_of(page, other["id"])
    await page.call("paste_code", {"code": code}, session=one["id"])

    async def is_shown() -> bool:
        peer = (await session(page, other["id"]))["peer"]
        return peer["can_watch"] and peer["recording"]["begun"]

    await until(is_shown)
    return one, other


async def test_a_call_is_watched_live_and_its_recording_is_given_in_ranges(tmp_path) -> None:
    async with workbench(tmp_path) as page:
        one, other = await open_pair(page)
        async with page.stream("session_media", session=other["id"]) as answer:
            live = await answer.content.readexactly(4000)
        await page.call("close_session", {}, session=one["id"])

        async def is_over() -> bool:
            return (await session(page, other["id"]))["phase"] == "closed"

        await until(is_over)
        captures = await page.call("captures")
        capture = next(each for each in captures if each["id"] == other["capture"])
        (file,) = capture["recordings"]
        path = {"capture": capture["id"], "recording": file["name"]}
        async with page.stream("recording", range_="bytes=0-3", **path) as part:
            begun = await part.read()
        async with page.stream("recording", **path) as whole:
            data = await whole.read()
    assert (answer.status, answer.content_type) == (http.client.OK, "video/webm")
    assert "content-disposition" not in answer.headers
    assert live[:4] == begun == data[:4] == EBML
    assert part.status == http.client.PARTIAL_CONTENT
    assert part.headers["content-range"] == f"bytes 0-3/{len(data)}"
    assert len(data) == file["bytes"]


async def test_who_asks_for_the_head_of_a_live_stream_or_goes_at_once_keeps_no_place(
    tmp_path,
) -> None:
    async with workbench(tmp_path) as page:
        _, other = await open_pair(page)
        head = await page.head("session_media", session=other["id"])
        for _ in range(8):
            await page.ask_and_go("session_media", session=other["id"])

        async def nobody_looks_on() -> bool:
            return (await session(page, other["id"]))["peer"]["watched_by"] == 0

        await until(nobody_looks_on)
    assert (head.status, head.body) == (http.client.OK, b"")


async def test_the_workbench_ends_while_somebody_looks_on(tmp_path) -> None:
    async with workbench(tmp_path) as page:
        _, other = await open_pair(page)
        live = page.stream("session_media", session=other["id"])
        answer = await live.__aenter__()
        await answer.content.readexactly(4)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 5
    await live.__aexit__(None, None, None)


async def test_media_that_is_not_there_is_said_to_be_missing(tmp_path) -> None:
    async with workbench(tmp_path) as page:
        state = await page.connect("/echo")
        for name, path, status in (
            ("session_media", {"session": "s9"}, http.client.NOT_FOUND),
            ("session_media", {"session": state["id"]}, http.client.BAD_REQUEST),
            (
                "recording",
                {"capture": state["capture"], "recording": "../wirescope.yaml"},
                http.client.NOT_FOUND,
            ),
        ):
            answer = await page.try_(name, **path)
            assert answer.status == status, (name, answer)
