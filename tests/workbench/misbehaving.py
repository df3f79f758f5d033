"""Decoders that do what no decoder should, and one that is as it should be."""

import os
import subprocess
import sys
import threading

from wirescope.decoders import Decoded, Payload
from wirescope.errors import ComposeError, DecodeError


class Good:
    """Counts the payloads of a connection."""

    name = "good"
    priority = 7
    subprotocols = ("good.v1",)

    def recognises(self, payload):
        return 0.9 if payload.data.startswith(b"good") else 0.0

    def conversation(self):
        return Counting()

    def compose(self, value):
        if not isinstance(value, bytes):
            raise ComposeError("Bytes are wanted.", where="here")
        return [Payload(data=value, kind="binary", direction="sent")]


class Counting:
    count = 0

    def decode(self, payload):
        self.count += 1
        if payload.data == b"bad":
            raise DecodeError("It is bad.", where="byte 0")
        value = [self.count, payload.data, payload.direction, 2**70]
        nested = Decoded(format="inner", summary="inner", value=None)
        return Decoded(
            format="good", summary=f"number {self.count}", value=value, role="request",
            correlation="1", nested=nested, parts=(nested,),
        )  # fmt: skip


class Misbehaving(Good):
    priority = 0
    subprotocols = ()

    def conversation(self):
        return self

    def decode(self, payload):
        return self.misbehave()


class Throws(Misbehaving):
    name = "throws"

    def misbehave(self):
        raise ZeroDivisionError("by nothing \x1b[31m")


class Loops(Misbehaving):
    name = "loops"

    def misbehave(self):
        while True:
            pass


class TakesLong(Misbehaving):
    """Needs most of its second for each payload."""

    name = "takes-long"

    def misbehave(self):
        threading.Event().wait(0.5)
        return Decoded(format="takes-long", summary="done", value=None)


class LoopsWhileItLooks(Misbehaving):
    name = "loops-while-it-looks"

    def recognises(self, payload):
        while True:
            pass


class Garbage(Misbehaving):
    name = "garbage"

    def misbehave(self):
        return {"format": 7}


class Allocates(Misbehaving):
    name = "allocates"

    def misbehave(self):
        held = []
        while True:
            held.append(bytearray(16 << 20))


class Exits(Misbehaving):
    name = "exits"

    def misbehave(self):
        os._exit(3)


class Forks(Misbehaving):
    """Leaves a process behind that holds what it holds."""

    name = "forks"

    def misbehave(self):
        subprocess.Popen(
            [sys.executable, "-c", "import signal; signal.pause()"], close_fds=False, pass_fds=()
        )
        while True:
            pass


class Prints(Good):
    name = "prints"

    def recognises(self, payload):
        sys.stdout.write("\x1b[2J" * 1000)
        sys.stdout.flush()
        os.write(1, b"\xff" * 100)
        return 0.75


class Recurses(Misbehaving):
    name = "recurses"

    def misbehave(self):
        return self.misbehave()


class Forges(Misbehaving):
    """Writes an answer of its own where the answers go."""

    name = "forges"

    def misbehave(self):
        for descriptor in range(3, 20):
            try:
                os.write(descriptor, b"\xff\xff\xff\xff")
            except OSError:
                continue
        return Decoded(format="forges", summary="", value=None)


class ForgesMany(Misbehaving):
    """Writes an answer of its own that would unfold to millions of lists."""

    name = "forges-many"

    def misbehave(self):
        count = 8 << 20
        answer = b"\xdd" + count.to_bytes(4, "big") + b"\x90" * count
        frame = len(answer).to_bytes(4, "big") + answer
        for descriptor in range(3, 20):
            try:
                while frame:
                    frame = frame[os.write(descriptor, frame) :]
            except OSError:
                continue
        return Decoded(format="forges-many", summary="", value=None)


AN_OBJECT = Good()
NOT_A_DECODER = 7

__all__ = [
    "AN_OBJECT",
    "NOT_A_DECODER",
    "Allocates",
    "Exits",
    "Forges",
    "ForgesMany",
    "Forks",
    "Garbage",
    "Good",
    "Loops",
    "LoopsWhileItLooks",
    "Prints",
    "Recurses",
    "TakesLong",
    "Throws",
]
