"""What travels on the live socket `/api/live`, as MessagePack.

The page watches views; the server sends a batch at most every `INTERVAL_S`, and the next one only
when the page has acknowledged the one before. What a slow page misses is counted in its next batch
and fetched from the store when it is looked at, so that neither side has a queue that grows.
"""

import msgspec

from wirescope.workbench.desk import CaptureState, Rates, SessionState, View, ViewUpdate

INTERVAL_S = 0.05
"""Seconds between two batches, at least."""

SUBPROTOCOL = "wirescope.live.1"
"""What the page asks for; a page of another version is told to reload."""


class Watch(msgspec.Struct, frozen=True, kw_only=True, tag="watch", tag_field="type"):
    """Page: tell me about this view from now on; `id` names it in batches.

    `tail` is how many of the newest rows are wanted with each batch; 0 for their number alone.
    """

    id: int
    view: View
    tail: int


class Unwatch(msgspec.Struct, frozen=True, kw_only=True, tag="unwatch", tag_field="type"):
    """Page: the view with this id is no longer looked at."""

    id: int


class Ack(msgspec.Struct, frozen=True, kw_only=True, tag="ack", tag_field="type"):
    """Page: the batch with this number has been shown."""

    number: int


FromPage = Watch | Unwatch | Ack


class Batch(msgspec.Struct, frozen=True, kw_only=True, tag="batch", tag_field="type"):
    """Server: what happened since the batch before.

    Attributes:
        number: 1, 2, 3 …; the page acknowledges it.
        sessions: those that changed; all of them in the first batch.
        forgotten: ids of sessions that are gone.
        captures: those that changed.
        deleted: ids of captures that are gone.
        views: of each watch that changed.
        rates: of captures that are being recorded.
        analyses: capture -> revision of its analysis, where it rose.
        workspace: revision of the workspace; the page reads it anew when it rises.
    """

    number: int
    sessions: list[SessionState]
    forgotten: list[str]
    captures: list[CaptureState]
    deleted: list[str]
    views: list[ViewUpdate]
    rates: list[Rates]
    analyses: dict[str, int]
    workspace: int


FromServer = Batch
