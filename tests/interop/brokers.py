"""Brokers from the system's packages, on loopback: Mosquitto for MQTT, RabbitMQ for STOMP."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from wirescope.clock import SystemClock

_READY_WITHIN_S = 60


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def mosquitto(folder: Path, require: Callable[[str], str]) -> Iterator[str]:
    """Run Mosquitto with a WebSocket listener."""
    port, other = free_port(), free_port()
    configuration = folder / "mosquitto.conf"
    configuration.write_text(
        # Version 2.0.11 starts with no WebSocket listener alone, nor on 127.0.0.1 with IPv6.
        f"listener {other} 127.0.0.1\nlistener {port} 127.0.0.1\nsocket_domain ipv4\n"
        "protocol websockets\nallow_anonymous true\npersistence false\nlog_dest none\n"
    )
    command = [require("mosquitto"), "-c", str(configuration)]
    with _running(command, port, {}):
        yield f"ws://127.0.0.1:{port}/mqtt"


@contextlib.contextmanager
def rabbitmq(folder: Path, require: Callable[[str], str]) -> Iterator[str]:
    """Run RabbitMQ with web-stomp, its node and its port mapper on loopback too."""
    server = require("rabbitmq-server")
    port, distribution, mapper = free_port(), free_port(), free_port()
    (folder / "rabbitmq.conf").write_text(
        "listeners.tcp = none\nstomp.listeners.tcp = none\n"
        f"web_stomp.tcp.ip = 127.0.0.1\nweb_stomp.tcp.port = {port}\n"
        "web_stomp.ws_frame = binary\n"  # as text, it would send bytes that are none
    )
    (folder / "enabled_plugins").write_text("[rabbitmq_web_stomp].")
    environment = {
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(mapper),
        "RABBITMQ_NODENAME": "wirescope@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": str(folder / "log.txt"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    # A port mapper of its own would outlive the broker; this one is ended here.
    with (
        _running([require("epmd"), "-address", "127.0.0.1", "-port", str(mapper)], mapper, {}),
        _running([server], port, environment),
    ):
        yield f"ws://127.0.0.1:{port}/ws"


@contextlib.contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(port, process)
        yield
    finally:
        for end in (_terminate, _kill):
            end(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
                break


def _terminate(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 15)  # a shell script may stand before the broker


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    clock = SystemClock()
    end_ns = clock.monotonic_ns() + _READY_WITHIN_S * 1_000_000_000
    while clock.monotonic_ns() < end_ns:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            break
    raise SystemExit(f"{process.args!r} does not listen on port {port}")
