"""Any direction of a link, and packets that are offered to it."""

from hypothesis import strategies as st

from wirescope.link import Direction, GilbertElliott, Jitter, Outage, Queue, RandomLoss, Trace

shares = st.floats(0, 1)
chances = st.floats(0.001, 1)


@st.composite
def losses(draw):
    if draw(st.booleans()):
        return RandomLoss(share=draw(shares))
    good, bad = sorted(draw(st.tuples(shares, shares)))
    return GilbertElliott(enter=draw(chances), leave=draw(chances), loss_good=good, loss_bad=bad)


@st.composite
def jitters(draw, delay_ms):
    return Jitter(
        ms=delay_ms / draw(st.floats(4, 50)),
        keeps_order=draw(st.booleans()),
        shape=draw(st.sampled_from(["uniform", "normal", "pareto"])),
    )


@st.composite
def queues(draw, *, is_paced):
    units = ["bytes", "packets", None] + (["ms"] if is_paced else [])
    unit = draw(st.sampled_from(units))
    size = {} if unit is None else {unit: draw(st.integers(1, 5000))}
    return Queue(
        **size,
        discipline=draw(st.sampled_from(["drop-tail", "codel"])),
        target_ms=draw(st.floats(0.01, 10)),
        interval_ms=draw(st.floats(0.01, 100)),
    )


@st.composite
def outages(draw):
    length_s = draw(st.floats(0.001, 0.02))
    return Outage(
        start_s=draw(st.floats(0, 0.1)),
        length_s=length_s,
        every_s=draw(st.none() | st.floats(0.2, 1)),
        held=draw(st.booleans()),
    )


@st.composite
def traces(draw):
    steps = draw(st.lists(st.integers(0, 5), min_size=1, max_size=30))
    times, at_ms = [], 0
    for step in steps:
        at_ms += step
        times.append(at_ms)
    return Trace(at_ms=(*times, at_ms + 1))


@st.composite
def directions(draw):
    delay_ms = draw(st.sampled_from([0.0]) | st.floats(0.1, 30))
    given_outages = tuple(draw(st.lists(outages(), max_size=3)))
    pace = draw(st.sampled_from(["rate", "trace", None]))
    held = any(each.held for each in given_outages)
    queue = None
    if pace or held:
        queue = draw(st.none() | queues(is_paced=pace is not None))
    return Direction(
        delay_ms=delay_ms,
        jitter=draw(st.none() | jitters(delay_ms)) if delay_ms else None,
        loss=draw(st.none() | losses()),
        duplicate=draw(st.sampled_from([0.0, 0.5]) | shares),
        reorder=draw(st.sampled_from([0.0, 0.0, 0.3]) | shares),
        reorder_by_ms=draw(st.floats(0.1, 20)),
        rate_bps=draw(st.integers(10_000, 100_000_000)) if pace == "rate" else None,
        trace=draw(traces()) if pace == "trace" else None,
        queue=queue,
        outages=given_outages,
    )


# gaps in nanoseconds: bursts, packets that follow closely, pauses
packets = st.lists(
    st.tuples(st.sampled_from([0, 0, 1, 1000]) | st.integers(0, 20_000_000), st.integers(4, 3000)),
    max_size=60,
)
