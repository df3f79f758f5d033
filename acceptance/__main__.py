"""Show that a promise holds: `just show 2.3` prints the figures and fails when they fall short.

The number before the dot is a slice of the work, the one after it the promise within it.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SHOWN_BY: dict[str, tuple[str, list[str]]] = {
    "2.1": ("a fresh clone needs Python and git only", ["acceptance.spine_1_fresh_clone"]),
    "2.2": ("four foreign servers, plain and TLS", ["acceptance.spine_2_foreign_servers"]),
    "2.3": (
        "all of the Autobahn testsuite, both roles",
        ["tests.conformance.autobahn", "both", "--cases", "all"],
    ),
    "2.4": (
        "bytes typed are bytes sent",
        ["pytest", "-v", "--no-header", "tests/transports/websocket/test_bytes_on_the_wire.py"],
    ),
    "2.5": ("a million messages received and recorded", ["benchmarks.receive"]),
    "2.6": ("200 kills and a full disk lose nothing acknowledged", ["acceptance.spine_6_kept"]),
    "2.7": ("a deflate bomb costs little memory", ["benchmarks.deflate_bomb"]),
    "2.8": ("five million events are searched quickly", ["benchmarks.capture_query"]),
    "2.9": ("a person can read it in a terminal", ["acceptance.spine_9_terminal"]),
    "3.1": ("staged faults are named, healthy ones are not", ["acceptance.meaning_1_faults"]),
    "3.2": (
        "ten subprotocols are read as their own parsers read them",
        ["acceptance.meaning_2_subprotocols"],
    ),
    "3.3": ("requests and their answers are paired", ["acceptance.meaning_3_latency"]),
    "3.4": ("the predicted gain of compression is exact", ["acceptance.meaning_4_compression"]),
    "3.5": ("other programs read every format", ["acceptance.meaning_5_exchange"]),
    "3.6": ("five million events are analysed quickly", ["benchmarks.analysis"]),
    "3.7": ("the doctor names cause and fix", ["acceptance.meaning_7_doctor"]),
    "3.8": ("hostile payloads and hostile decoders harm nothing", ["acceptance.meaning_8_hostile"]),
    "3.9": ("each finding has a page that opens by its code", ["acceptance.meaning_9_pages"]),
    "4.1": ("a newcomer's path to a proven gain", ["acceptance.page_1_newcomer"]),
    "4.2": ("a million rows scroll smoothly", ["benchmarks.page_rows"]),
    "4.3": ("a feed at full speed is followed and kept", ["acceptance.page_3_rate"]),
    "4.4": ("hostile text, hostile pages and secrets", ["acceptance.page_4_hostile"]),
    "4.5": ("the server dies under an open page", ["acceptance.page_5_restart"]),
    "4.6": (
        "two people's edits of a workspace merge with git",
        ["pytest", "-v", "--no-header", "tests/workbench/workspace/test_merging.py"],
    ),
    "4.7": ("axe, the keyboard alone, and a page that is there soon", ["acceptance.page_7_access"]),
    "4.8": ("pictures of every view, to be looked at", ["acceptance.page_8_looks"]),
    "4.9": ("a wheel holds the page and needs no Node", ["acceptance.page_9_wheel"]),
    "5.1": (
        "messages and media both ways with Chromium",
        ["acceptance.webrtc_1_media"],
    ),
    "5.2": (
        "stacks and clients of others, each way",
        ["acceptance.webrtc_2_stacks"],
    ),
    "5.3": ("data channels are fast, and our layer costs little", ["benchmarks.channels"]),
    "5.4": ("one publisher, ten viewers, nothing decoded", ["acceptance.webrtc_4_forwarding"]),
    "5.5": ("nothing is left of a WebRTC connection", ["acceptance.webrtc_5_lifetime"]),
    "5.6": (
        "a connection survives what changes under it, or says why it ended",
        ["acceptance.webrtc_6_changes"],
    ),
    "5.7": (
        "WebSocket, data channel and memory carry messages alike",
        ["pytest", "-v", "--no-header", "tests/transports/test_message_connections.py"],
    ),
    "5.8": ("a stream watched and a chat by codes, in the page", ["acceptance.webrtc_8_page"]),
    "5.9": ("no session description harms a peer", ["acceptance.webrtc_9_descriptions"]),
    "6.1": ("peers find each other wherever they can", ["acceptance.paths_1_nat_table"]),
    "6.2": (
        "the STUN and TURN server serves the tools and stacks of others",
        ["acceptance.paths_2_server"],
    ),
    "6.3": (
        "the TURN server refuses what it has to, within a budget",
        ["acceptance.paths_3_refusals"],
    ),
    "6.4": ("the doctor names what is wrong with a TURN server", ["acceptance.paths_4_doctor"]),
    "6.5": (
        "the report of a NAT is what it does, and pairs connect as that predicts",
        ["acceptance.paths_5_behaviour"],
    ),
    "6.6": (
        "a call survives what changes between it and its routers, or says why it ended",
        ["acceptance.paths_6_changes"],
    ),
    "6.7": ("the connect ladder, watched live in the page", ["acceptance.paths_7_ladder"]),
    "7.1": (
        "the whole table in a minute and a half, on a fresh clone, without rights",
        ["acceptance.lab_1_quick"],
    ),
    "7.2": (
        "messages wait behind a lost one, and where that turns round",
        ["acceptance.lab_2_blocking"],
    ),
    "7.3": ("the emulated link does what its settings say", ["acceptance.link_machine"]),
    "7.4": (
        "how much of each link bulk fills, and what keeps it from more",
        ["acceptance.lab_4_bulk"],
    ),
    "7.5": (
        "sound and pictures at 5 % bursty loss, to be heard and seen",
        ["acceptance.lab_5_media"],
    ),
    "7.6": ("the quick comparison says the same three times", ["acceptance.lab_6_again"]),
    "7.7": (
        "what the n-th participant costs, foretold and then measured",
        ["acceptance.lab_7_scale"],
    ),
    "7.8": ("a report that can be looked at, and traced", ["acceptance.lab_8_report"]),
    "7.10": ("a published result, repeated and explained", ["acceptance.lab_10_published"]),
}


def main() -> int:
    """Run what shows the item that was asked for; without one, list them."""
    item, *arguments = sys.argv[1:] or [""]
    if item not in SHOWN_BY:
        for number, (promise, _) in SHOWN_BY.items():
            print(f"{number}  {promise}")
        return 2 if item else 0
    promise, (module, *own) = SHOWN_BY[item]
    print(f"{item}: {promise}", flush=True)
    command = [sys.executable, "-m", module, *own, *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"{item}: {'holds' if code == 0 else 'falls short'}")
    return 1 if code else 0


if __name__ == "__main__":
    sys.exit(main())
