"""The first call of a process: the engine is loaded before anything of the connection begins."""

from tests.support.programs import run_program

CALLS = """
import asyncio, sys, threading
from wirescope.events import ConnectionOpening, Timeline
from wirescope.playground import serve_endpoints
from wirescope.workbench.calling import open_call

importers = set()

def hook(event, arguments):
    if event == "import" and arguments[0] == "webrtc":
        importers.add(threading.current_thread() is threading.main_thread())

sys.addaudithook(hook)

def sink(emissions):
    for each in emissions:
        if isinstance(each, ConnectionOpening):
            engine = sys.modules.get("webrtc")
            print(each.transport, hasattr(engine, "allow_loopback"))

async def main():
    async with serve_endpoints() as server:
        print("at first", "webrtc" in sys.modules)
        url = f"webrtc+{server.url.rstrip('/')}/webrtc/echo"
        async with open_call(url, timeline=Timeline(), sink=sink) as call:
            await call.wait_open()
    print("on the loop", *importers)

asyncio.run(main())
"""


def test_the_engine_is_there_before_the_signaling_opens_and_loaded_off_the_loop() -> None:
    done = run_program(CALLS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "at first False",
        "websocket True",
        "webrtc True",
        "on the loop False",
    ]
