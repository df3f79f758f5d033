"""Calls the doctor on a server, from Python."""

from wirescope.transports.turn import Timers, Trust, TurnOptions
from wirescope.workbench.doctor import ServerOrders, diagnose_server


async def examined(visit, **more):
    """Examine a server as it is to be visited."""
    patience_s = visit.timeout_s or 5
    options = TurnOptions(
        credentials=visit.credentials,
        trust=Trust(ca=visit.ca),
        timers=Timers(deadline_s=patience_s),
        open_timeout_s=patience_s,
    )
    orders = ServerOrders(probe_peers=visit.probe_peers, throughput_s=0.2)
    return await diagnose_server(visit.url, options=options, orders=orders, **more)


def step_of(diagnosis, name):
    """Give a step by its name."""
    return next(step for step in diagnosis.steps if step.name == name)
