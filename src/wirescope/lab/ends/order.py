"""What all orders to an end have in common; the orders are in `orders` and `media_orders`."""

from typing import Annotated

from msgspec import Meta, Struct

Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """Anything that an end is told.

    Attributes:
        timeout_s: how long it may take; what is not done by then has failed.
    """

    timeout_s: Seconds = 30
