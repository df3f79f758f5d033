"""All checks, as a comparison makes them."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

from wirescope.lab.checks.bench import Bench, Check
from wirescope.lab.checks.browser import ASPECT as BROWSER
from wirescope.lab.checks.browser import browser
from wirescope.lab.checks.customization import ASPECT as CUSTOMIZATION
from wirescope.lab.checks.customization import customization
from wirescope.lab.checks.data_types import ASPECT as DATA_TYPES
from wirescope.lab.checks.data_types import data_types
from wirescope.lab.checks.implementations import ASPECT as IMPLEMENTATIONS
from wirescope.lab.checks.implementations import implementations
from wirescope.lab.checks.path_experiment import paths
from wirescope.lab.checks.scalability import ASPECT as SCALABILITY
from wirescope.lab.checks.scalability import scalability
from wirescope.lab.results import Row

PATHS = ("Communication type", "Connection", "Security")
"""What one experiment with paths tells of."""

Serve = Callable[[], AbstractAsyncContextManager[str]]


def all_checks(serve: Serve) -> tuple[Check, ...]:
    """Give the checks that fill the rows which the cells do not.

    Args:
        serve: runs the playground's endpoints; gives their address, `http://127.0.0.1:PORT`.
    """
    single: tuple[tuple[str, Callable[[], Awaitable[Row]]], ...] = (
        (DATA_TYPES, data_types),
        (BROWSER, browser),
        (CUSTOMIZATION, customization),
        (IMPLEMENTATIONS, partial(implementations, serve)),
        (SCALABILITY, scalability),
    )
    return (
        Check(PATHS, paths),
        *(Check((aspect,), partial(_one, make)) for aspect, make in single),
    )


async def _one(make: Callable[[], Awaitable[Row]], _: Bench) -> tuple[Row]:
    """Make a row that needs neither ends nor a folder: all is between parts of this process."""
    return (await make(),)
