"""One exchange of the opening handshake, where nobody waits for its answer any more."""

import asyncio
import gc

from wirescope.transports.websocket.exchange import Exchange


async def test_an_end_that_nobody_waits_for_is_no_fault_of_the_program():
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    exchange = Exchange()
    exchange.connection_lost(None)
    del exchange
    gc.collect()
    assert told == []
