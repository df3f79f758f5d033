"""The end of a check that would take too long, as an error that says what did not come about.

Whatever a check waits for it waits for in here, since it stands in the middle of a report that
somebody looks at.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wirescope.errors import LabError, WirescopeError
from wirescope.lab.ends import first_of

LIMIT_S = 50.0
"""Seconds that a check may take, however busy the machine is; a comparison gives it a few more."""


@asynccontextmanager
async def within(seconds: float, aspect: str) -> AsyncIterator[None]:
    """Give what a check does so many seconds.

    Args:
        seconds: how long it may take.
        aspect: what is checked, for the error.

    Raises:
        LabError: it took longer.
        WirescopeError: what was raised in the context, the first error of a group.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise LabError(
            f"The check of {aspect!r} was not done within {seconds:g} s.",
            hint="Try again when this machine has less to do.",
        ) from None
    except ExceptionGroup as errors:
        ours = errors.split(WirescopeError)[0]
        if ours is None or errors.split(WirescopeError)[1] is not None:
            raise
        raise first_of(ours) from None
