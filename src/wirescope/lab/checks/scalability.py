"""What the n-th participant costs: of a server that passes messages on, and of a mesh.

Each size is run several times, the sizes in turn, so that what else the machine does meets all of
them alike; medians count, and how far runs lie apart is said. The model of the server is fitted to
the smaller sizes and says what the next one takes, which is then looked up in what was measured.
Costs are those of processes of one machine that sends 100 bytes at a time over loopback: how they
grow is the same elsewhere, how high they are is not.

Not here: how it is measured (`fan_out`), forwarders of media, large sizes.
"""

from collections.abc import Sequence
from statistics import fmean, median, quantiles

from wirescope.lab.checks.deadlines import LIMIT_S, within
from wirescope.lab.checks.fan_out import MESSAGE_BYTES, Cost, through_a_mesh, through_a_server
from wirescope.lab.checks.pairs import NO_ENGINE
from wirescope.lab.measures import fit
from wirescope.lab.results import Row
from wirescope.transports.webrtc import is_there, make_ready

ASPECT = "Scalability"

SIZES = (2, 4, 8, 16)
"""Participants that the model of the server is fitted to."""

PREDICTED = 2 * SIZES[-1]
ROUNDS = 5
MESSAGES = 20

MESHES = (2, 3, 4)


async def scalability() -> Row:
    """Measure what a message to n participants costs.

    Nothing else may run in this process meanwhile, since its processor time is what is measured.

    Raises:
        LabError: it took too long.
        WirescopeError: a connection did not come about, or was parted.
    """
    async with within(LIMIT_S, ASPECT):
        # The first turn is for what the machine has to get used to.
        costs = await through_a_server((*SIZES, PREDICTED) * (1 + ROUNDS), MESSAGES)
        websocket = server_words(costs[len(SIZES) + 1 :])
        webrtc = NO_ENGINE
        if is_there():
            await make_ready()
            costs = await through_a_mesh(MESHES * (1 + ROUNDS), MESSAGES)
            webrtc = mesh_words(costs[len(MESHES) :])
    return Row(
        aspect=ASPECT,
        websocket=websocket,
        webrtc=webrtc,
        evidence=(
            f"Processor time in this run, {MESSAGE_BYTES} bytes a message over loopback, medians"
            f" of {ROUNDS} runs of {MESSAGES} messages."
        ),
    )


def spread(costs: Sequence[Cost]) -> float:
    """Say how far apart runs are: half of the middle half's width, as a share of the median.

    It is that of the sizes on average.
    """
    found = []
    for size in {each.participants for each in costs}:
        known = [each.sender_us for each in costs if each.participants == size]
        low, middle, high = quantiles(known, n=4, method="inclusive")
        found.append((high - low) / 2 / middle)
    return fmean(found)


def _medians(costs: Sequence[Cost], sizes: Sequence[int]) -> list[float]:
    return [median(each.sender_us for each in costs if each.participants == size) for size in sizes]


def server_words(costs: Sequence[Cost]) -> str:
    """Say what a server takes, and how well the model foretold the largest size."""
    found = _medians(costs, SIZES)
    line = fit(zip(SIZES, found, strict=True))
    (measured,) = _medians(costs, (PREDICTED,))
    foretold = line.at(PREDICTED)
    together = median(each.all_us for each in costs if each.participants == SIZES[1])
    return (
        f"Server: {line.base:.0f} + {line.slope:.0f} n µs a message ({_list(found)} µs for n ="
        f" {_list(SIZES)}; ±{spread(costs):.0%}). For {PREDICTED} it foretells {foretold:.0f} µs,"
        f" measured {measured:.0f} ({foretold / measured - 1:+.0%}), {_opened(costs, PREDICTED)};"
        f" all together {together:.0f} µs for n = {SIZES[1]}."
    )


def mesh_words(costs: Sequence[Cost]) -> str:
    """Say what a mesh takes."""
    found = _medians(costs, MESHES)
    line = fit(zip((size - 1 for size in MESHES), found, strict=True))
    return (
        f"Mesh of channels, all peers together: {_list(found)} µs a message for n ="
        f" {_list(MESHES)} (±{spread(costs):.0%}), so {line.base:.0f} + {line.slope:.0f} (n-1) µs;"
        f" for n = {MESHES[-1]}: {_opened(costs, MESHES[-1])}."
    )


def _opened(costs: Sequence[Cost], most: int) -> str:
    """Say what the largest size took: copies that the sender sent, and connections."""
    largest = [each for each in costs if each.participants == most]
    copies = max(each.uplinks for each in largest)
    connections = max(each.connections for each in largest)
    return f"{copies:g} {'copy' if copies == 1 else 'copies'} up, {connections} connections"


def _list(numbers: Sequence[float]) -> str:
    return ", ".join(f"{each:.0f}" for each in numbers)
