"""The workbench's own TURN server in the rows of the page."""

import asyncio
from pathlib import Path

from tests.web.page import Page, workbench

RELAYED = {"own_ice_server": True, "relay_only": True}


async def found(page: Page, capture: str, kind: str) -> list[dict]:
    """Wait for rows of a type of event."""
    view = {"capture": capture, "fold": False, "filter": f'type == "{kind}"'}
    async with asyncio.timeout(20):
        while True:
            window = await page.call("rows", {"view": view})
            if window["rows"]:
                return window["rows"]
            await asyncio.sleep(0.02)


async def test_what_the_workbenchs_own_server_relays_is_in_the_sessions_rows(
    tmp_path: Path,
) -> None:
    async with workbench(tmp_path) as page:
        session = await page.connect("/webrtc/echo", webrtc=RELAYED)
        (allocated, *_) = await found(page, session["capture"], "relay.allocated")
        await page.call("close_session", {}, session=session["id"])
        (ended, *_) = await found(page, session["capture"], "relay.ended")
    assert allocated["text"].startswith("Own TURN server relays at 127.0.0.1:")
    assert ended["text"].startswith("Own TURN server relays no more at 127.0.0.1:")
