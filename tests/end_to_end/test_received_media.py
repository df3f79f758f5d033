"""What a WebRTC connection receives plays in a browser: live, and from the recording."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.chromium import Watched
from tests.support.webrtc_newcomer import Watcher, built_in_host, show_view

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

ASK = """async ([path, body]) => {
  const options = body === null ? {} : {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
  };
  const answer = await fetch(path, options);
  return [answer.status, await answer.text()];
}"""

PLAY = """async (source) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = source;
  document.body.append(video);
  await video.play();
  const enough = performance.now() + 20000;
  const frames = () => video.getVideoPlaybackQuality().totalVideoFrames;
  while ((video.currentTime < 1.5 || frames() <= 20) && performance.now() < enough) {
    await new Promise((done) => setTimeout(done, 50));
  }
  const seen = {
    time: video.currentTime, width: video.videoWidth, seekable: video.seekable.length,
    frames: frames(),
  };
  if (Number.isFinite(video.duration)) {
    await new Promise((done) => {
      video.onseeked = done;
      video.currentTime = 0.5;
    });
    seen.sought = video.currentTime;
  }
  video.removeAttribute("src");
  video.load();
  video.remove();
  return seen;
}"""


def ask(page: Watched, path: str, body: object = None) -> dict:
    """Ask the workbench as the page does; POST where there is a body."""
    status, text = page.page.evaluate(ASK, [path, body])
    assert status == 200, text
    return json.loads(text)


def session(page: Watched, name: str) -> dict:
    return next(each for each in ask(page, "/api/state")["sessions"] if each["id"] == name)


def until(page: Watched, condition: Callable[[], object]) -> None:
    for _ in range(400):
        if condition():
            return
        page.page.wait_for_timeout(100)
    pytest.fail("It did not come about in time.")


@pytest.mark.quiet
def test_a_picture_over_whep_plays_live_and_its_recording_can_be_sought(opened: Watched) -> None:
    built_in = ask(opened, "/api/state")["built_in"]
    (url,) = [each["url"] for each in built_in if each["path"] == "/whep/picture"]
    again = {"retry": {"attempts": 5}}  # a machine that is busy refuses for lack of time
    endpoint = {"url": url, "webrtc": {"record": True}, "network": again}
    made = ask(opened, "/api/sessions", {"endpoint": endpoint, "name": "picture"})
    until(opened, lambda: session(opened, made["id"])["peer"]["can_watch"])
    live = opened.page.evaluate(PLAY, f"/api/sessions/{made['id']}/media")
    until(opened, lambda: session(opened, made["id"])["peer"]["recording"]["begun"])
    ask(opened, f"/api/sessions/{made['id']}/close", {})
    until(opened, lambda: session(opened, made["id"])["phase"] == "closed")
    until(opened, lambda: recordings(opened, made["capture"]))
    (file,) = recordings(opened, made["capture"])
    place = f"/api/captures/{made['capture']}/recordings/{file['name']}"
    recorded = opened.page.evaluate(PLAY, place)
    assert live["time"] >= 1.5
    assert live["width"] > 0
    assert live["frames"] > 20
    assert recorded["width"] == live["width"]
    assert recorded["sought"] == pytest.approx(0.5, abs=0.1)


HOLD = """(source) => {
  window.held = Array.from({ length: 4 }, () => {
    const control = new AbortController();
    fetch(source, { signal: control.signal }).catch(() => undefined);
    return control;
  });
}"""


def watching(opened: Watched) -> tuple[Watcher, str]:
    """Watch the built-in picture; who does, and the session's id."""
    watcher = Watcher(opened.page, f"http://{built_in_host(opened.page)}/whep/picture")
    watcher.paste()
    watcher.watch()
    (own,) = [each["id"] for each in ask(opened, "/api/state")["sessions"]]
    until(opened, lambda: session(opened, own)["peer"]["can_watch"])
    return watcher, own


@pytest.mark.quiet
def test_a_player_without_a_place_says_so_and_plays_once_there_is_one(opened: Watched) -> None:
    watcher, own = watching(opened)
    opened.page.evaluate(HOLD, f"/api/sessions/{own}/media")
    until(opened, lambda: session(opened, own)["peer"]["watched_by"] == 4)
    show_view(opened.page, "Media")
    told = opened.page.get_by_role("alert").filter(has_text="4 look on already.")
    expect(told).to_be_visible(timeout=20_000)
    opened.picture("player-without-a-place")
    opened.page.evaluate("() => window.held.forEach((each) => each.abort())")
    until(opened, lambda: session(opened, own)["peer"]["watched_by"] == 0)
    told.get_by_role("button", name="Try again").click()
    assert watcher.see()


@pytest.mark.quiet
def test_a_place_that_is_free_again_a_moment_later_is_taken_without_a_word(opened: Watched) -> None:
    watcher, own = watching(opened)
    opened.page.evaluate(HOLD, f"/api/sessions/{own}/media")
    until(opened, lambda: session(opened, own)["peer"]["watched_by"] == 4)
    refused = opened.page.expect_response(
        lambda each: each.request.resource_type == "fetch" and each.url.endswith("?attempt=0")
    )
    with refused as asked:
        show_view(opened.page, "Media")
    assert asked.value.status == 400
    opened.page.evaluate("() => window.held.forEach((each) => each.abort())")
    assert watcher.see()
    expect(opened.page.get_by_text("look on already")).to_have_count(0)


@pytest.mark.quiet
def test_a_stream_that_ends_while_the_connection_lives_begins_anew(opened: Watched) -> None:
    watcher, _ = watching(opened)
    assert watcher.see()
    watcher.video.evaluate("(video) => video.dispatchEvent(new Event('ended'))")
    expect(watcher.video).to_have_attribute("src", re.compile(r"attempt=1$"), timeout=10_000)
    assert watcher.see()


def recordings(page: Watched, capture: str) -> list[dict]:
    captures = ask(page, "/api/captures")
    return next(each["recordings"] for each in captures if each["id"] == capture)
