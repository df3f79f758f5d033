"""Wirescope: see, test, compare and fix WebSocket and WebRTC connections.

::

    async with wirescope.connect("wss://example.com/chat", capture="chat.wscope") as connection:
        await connection.send("hello")
        async for message in connection:
            print(message.text)

    async with wirescope.call("whep+https://example.com/stream", record=Path("it.webm")) as call:
        await asyncio.sleep(10)

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from wirescope.analysis import Verdict as Verdict
    from wirescope.analysis import explain as explain
    from wirescope.capture import Capture as Capture
    from wirescope.capture import open_capture as open_capture
    from wirescope.errors import ConnectError as ConnectError
    from wirescope.errors import ConnectionClosedError as ConnectionClosedError
    from wirescope.errors import HandshakeError as HandshakeError
    from wirescope.errors import SignalingError as SignalingError
    from wirescope.errors import UpgradeRefusedError as UpgradeRefusedError
    from wirescope.errors import WirescopeError as WirescopeError
    from wirescope.lab.compare import ComparisonPlan as ComparisonPlan
    from wirescope.lab.compare import compare as compare
    from wirescope.transports.webrtc import ChannelOptions as ChannelOptions
    from wirescope.transports.webrtc import IceServer as IceServer
    from wirescope.transports.websocket import BasicAuth as BasicAuth
    from wirescope.transports.websocket import BearerAuth as BearerAuth
    from wirescope.transports.websocket import ConnectOptions as ConnectOptions
    from wirescope.transports.websocket import DigestAuth as DigestAuth
    from wirescope.transports.websocket import RetryPolicy as RetryPolicy
    from wirescope.transports.websocket import TLSOptions as TLSOptions
    from wirescope.workbench import LiveConnection as LiveConnection
    from wirescope.workbench import Report as Report
    from wirescope.workbench import analyze as analyze
    from wirescope.workbench import connect as connect
    from wirescope.workbench.calling import CallOptions as CallOptions
    from wirescope.workbench.calling import LiveCall as LiveCall
    from wirescope.workbench.calling import call as call
    from wirescope.workbench.doctor import Diagnosis as Diagnosis
    from wirescope.workbench.doctor import DoctorOptions as DoctorOptions
    from wirescope.workbench.doctor import diagnose as diagnose
    from wirescope.workbench.doctor import diagnose_server as diagnose_server

_HOMES = {
    "BasicAuth": "wirescope.transports.websocket",
    "BearerAuth": "wirescope.transports.websocket",
    "CallOptions": "wirescope.workbench.calling",
    "Capture": "wirescope.capture",
    "ChannelOptions": "wirescope.transports.webrtc",
    "ComparisonPlan": "wirescope.lab.compare",
    "ConnectError": "wirescope.errors",
    "ConnectOptions": "wirescope.transports.websocket",
    "ConnectionClosedError": "wirescope.errors",
    "Diagnosis": "wirescope.workbench.doctor",
    "DigestAuth": "wirescope.transports.websocket",
    "DoctorOptions": "wirescope.workbench.doctor",
    "HandshakeError": "wirescope.errors",
    "IceServer": "wirescope.transports.webrtc",
    "LiveCall": "wirescope.workbench.calling",
    "LiveConnection": "wirescope.workbench",
    "Report": "wirescope.workbench",
    "RetryPolicy": "wirescope.transports.websocket",
    "SignalingError": "wirescope.errors",
    "TLSOptions": "wirescope.transports.websocket",
    "UpgradeRefusedError": "wirescope.errors",
    "Verdict": "wirescope.analysis",
    "WirescopeError": "wirescope.errors",
    "analyze": "wirescope.workbench",
    "call": "wirescope.workbench.calling",
    "compare": "wirescope.lab.compare",
    "connect": "wirescope.workbench",
    "diagnose": "wirescope.workbench.doctor",
    "diagnose_server": "wirescope.workbench.doctor",
    "explain": "wirescope.analysis",
    "open_capture": "wirescope.capture",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'wirescope' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
