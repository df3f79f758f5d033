"""What is sent without a person at a prompt, over a real connection."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.support.linked import linked
from wirescope.cli.feeding import send
from wirescope.cli.plan import Outgoing
from wirescope.errors import UsageError

LENGTH = 8 << 20
UNREADABLE = Path("/proc/self/mem")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data"
    path.touch()
    os.truncate(path, LENGTH)
    return path


async def test_a_file_that_shrinks_while_it_is_sent_is_the_users_mistake(file):
    async with linked(buffer=4096) as link, asyncio.TaskGroup() as group:

        async def send_it():
            with pytest.raises(UsageError, match="became shorter while it was sent"):
                await send(link.connection, Outgoing(file, binary=True))

        group.create_task(send_it())
        await link.peer.read(14)
        os.truncate(file, 0)
        await link.peer.rest()
        assert (await link.connection.wait_closed()).cause == "aborted"


async def test_a_file_that_grows_while_it_is_sent_goes_out_as_it_was(file):
    async with linked(buffer=4096) as link, asyncio.TaskGroup() as group:
        group.create_task(send(link.connection, Outgoing(file, binary=True)))
        await link.peer.read(14)
        os.truncate(file, LENGTH + 1)
        await link.peer.read(LENGTH)
        await link.peer.close()
    (message,) = link.log.messages("sent")
    assert message.length == LENGTH


@pytest.mark.skipif(not UNREADABLE.exists(), reason="needs a file that fails to read")
async def test_a_file_that_cannot_be_read_is_the_users_mistake():
    async with linked() as link:
        with pytest.raises(UsageError, match="cannot be read"):
            await send(link.connection, Outgoing(UNREADABLE, binary=True))
