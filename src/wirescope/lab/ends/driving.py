"""An end as the one who gives it orders sees it: a process that is started, told and stopped.

It may move into the network namespace of an emulated host. Every order has a deadline. An end that
does not keep to it is killed, since what it would say then belongs to no order any more.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Sequence
from typing import IO, Self, TypeVar

import msgspec

from wirescope.errors import LabError
from wirescope.lab.ends.obeying import LINE_LIMIT
from wirescope.lab.ends.order import Order
from wirescope.lab.ends.orders import Failed, Nothing, Quit, Ready
from wirescope.processes import Process, Start, spawn

MODULE = "wirescope.lab.ends"
ENTER, REAL_TIME = "--enter", "--real-time"

START_S = 60.0
STOP_S = 10.0

EXIT_S = 5.0
"""Seconds from the end of its orders, or from its last answer, until a process has to be gone."""

GRACE_S = 15.0
"""Seconds beyond an order's own deadline in which the end has to have said that it has passed."""

LAST_WORDS = 2_000
"""Bytes of what an end has printed that are told of it."""

A = TypeVar("A", bound=msgspec.Struct)


class End:
    """A process that sends and receives; `start` makes it.

    Attributes:
        name: what it is called in errors.
        pid: its number.
        real_time: whether it goes before all ordinary processes of the machine.
    """

    def __init__(self, name: str, process: Process, printed: IO[bytes]) -> None:
        self.name = name
        self.pid = process.pid
        self.real_time = False
        self._process = process
        self._printed = printed
        self._turn = asyncio.Lock()
        self._unheard = 0  # answers that are still to come

    @classmethod
    async def start(
        cls,
        name: str,
        *,
        program: Sequence[str] = (MODULE,),
        spaces: Sequence[str] = (),
        start: Start = spawn,
        real_time: bool = False,
        timeout_s: float = START_S,
    ) -> Self:
        """Start an end.

        Args:
            name: what it is called in errors.
            program: another module that takes orders, and its arguments.
            spaces: the namespaces that it moves into, as `Network.spaces` gives those of a host.
            start: starts its process.
            real_time: ask for a real-time priority, where the system gives one, so that what else
                runs on the machine makes no message late. What emulates the link needs a higher
                one then, or bulk leaves it no time.
            timeout_s: how long it may take.

        Raises:
            LabError: it could not be started.
        """
        printed = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the process
        asked = [word for each in spaces for word in (ENTER, each)]
        if real_time:
            asked.append(REAL_TIME)
        try:
            process = await start(*program, *asked, stderr=printed.fileno(), limit=LINE_LIMIT)
        except (OSError, TimeoutError) as error:
            printed.close()
            raise LabError(f"The end {name} could not be started: {error}.") from None
        except asyncio.CancelledError:
            printed.close()
            raise
        end = cls(name, process, printed)
        try:
            ready = msgspec.json.decode(await end._answer(timeout_s, "was not ready"), type=Ready)
            end.real_time = ready.real_time
        except BaseException:
            await end.kill()
            printed.close()
            raise
        return end

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Stop it; where something has failed, at once, since nobody wants what it has."""
        if failed is None:
            await self.stop()
            return
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self.kill()
        self._printed.close()

    async def order(self, order: Order, answer: type[A]) -> A:
        """Have something done; what the end answers.

        Raises:
            LabError: it could not be done, or the end is gone or does not answer.
        """
        line = msgspec.json.encode(order) + b"\n"
        name = str(order.__struct_config__.tag)
        async with self._turn:
            try:
                async with asyncio.timeout(order.timeout_s + GRACE_S):
                    assert self._process.stdin is not None
                    self._process.stdin.write(line)
                    await self._process.stdin.drain()
            except TimeoutError:
                await self.kill()
                raise LabError(f"The end {self.name} did not take the order {name}.") from None
            except (BrokenPipeError, ConnectionResetError):
                raise await self._gone() from None
            self._unheard += 1
            said = b""
            while self._unheard:  # also what was asked for by one who did not wait for it
                said = await self._answer(order.timeout_s + GRACE_S, f"did not answer to {name}")
                self._unheard -= 1
        return self._read(said, answer)

    def _read(self, said: bytes, answer: type[A]) -> A:
        if said.startswith(b'{"failed"'):
            failed = msgspec.json.decode(said, type=Failed)
            raise LabError(f"{self.name}: {failed.failed}", hint=failed.hint)
        return msgspec.json.decode(said, type=dict[str, answer])["done"]  # type: ignore[valid-type]

    async def _answer(self, timeout_s: float, what_not: str) -> bytes:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(timeout_s):
                line = await self._process.stdout.readline()
        except TimeoutError:
            await self.kill()
            raise LabError(f"The end {self.name} {what_not} within {timeout_s:g} s.") from None
        except ValueError:
            await self.kill()
            raise LabError(
                f"The end {self.name} said more than {LINE_LIMIT >> 20} MiB at once.",
                hint="Run fewer messages at a time.",
            ) from None
        if not line.endswith(b"\n"):
            raise await self._gone()
        return line

    async def _gone(self) -> LabError:
        """Say that the process has ended, and what it has printed last."""
        code = await self.kill()
        return LabError(f"The end {self.name} has ended with code {code}.", hint=self._last_words())

    def _last_words(self) -> str:
        if self._printed.closed:
            return ""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - LAST_WORDS))
        return self._printed.read().decode("utf-8", "replace").strip()

    async def stop(self) -> None:
        """Have it close everything and end; one that does not is killed."""
        if self._process.returncode is None:
            with contextlib.suppress(LabError):
                await self.order(Quit(timeout_s=STOP_S), Nothing)
        await self.kill()
        self._printed.close()

    async def kill(self) -> int:
        """End it at once, if it has not ended yet; its exit code."""
        process = self._process
        assert process.stdin is not None
        process.stdin.close()
        if process.returncode is None:
            try:
                async with asyncio.timeout(EXIT_S):
                    return await process.wait()
            except TimeoutError:
                process.kill()
        return await process.wait()
