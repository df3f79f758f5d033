"""What a WebRTC connection receives plays in a browser: live, and from the recording."""

import json
from collections.abc import Callable

import pytest

from tests.support.chromium import Watched

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
  while (video.currentTime < 1.5 && performance.now() < enough) {
    await new Promise((done) => setTimeout(done, 50));
  }
  const seen = {
    time: video.currentTime, width: video.videoWidth, seekable: video.seekable.length,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
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


def recordings(page: Watched, capture: str) -> list[dict]:
    captures = ask(page, "/api/captures")
    return next(each["recordings"] for each in captures if each["id"] == capture)
