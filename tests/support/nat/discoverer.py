"""A program that finds out by RFC 5780 what stands before it, for a namespace of its own.

::

    python -m tests.support.nat.discoverer stun:203.0.113.1

It prints a line of JSON: what `wirescope.transports.turn.discover` has found.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from wirescope.errors import WirescopeError
from wirescope.transports.turn import discover, parse_server_url


async def found(url: str) -> dict[str, Any]:
    """Give the report, ready for JSON; where there is none, why."""
    try:
        report = await discover(parse_server_url(url)[0])
    except WirescopeError as error:
        return {"problem": error.message}
    fields = asdict(report)
    if report.behaviour is not None:
        fields["behaviour"] = {
            "mapping": report.behaviour.mapping.value,
            "filtering": report.behaviour.filtering.value,
            "hairpins": report.behaviour.hairpins,
        }
    return fields


if __name__ == "__main__":
    print(json.dumps(asyncio.run(found(sys.argv[1]))))  # noqa: T201 -- it is what it is for
