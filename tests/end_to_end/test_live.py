"""The live socket as a browser has it."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

_CLOSE_CODE = """() => new Promise((done) => {
  const socket = new WebSocket("/api/live", "wirescope.live.0");
  socket.onclose = (event) => done(event.code);
})"""


def test_a_page_of_another_version_is_told_from_one_without_a_server(opened):
    assert opened.page.evaluate(_CLOSE_CODE) == 4000
