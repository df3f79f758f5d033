"""Faults of ours, which end nothing."""

import asyncio


def report(what: str, error: Exception) -> None:
    """Tell the loop's handler that something of ours has failed."""
    asyncio.get_running_loop().call_exception_handler(
        {"message": f"{what} has failed.", "exception": error}
    )
