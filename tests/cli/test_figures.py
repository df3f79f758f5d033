import pytest

from wirescope.capture import GroupKey, GroupStatistics, Statistics
from wirescope.cli.escape import text_width
from wirescope.cli.figures import as_text

LARGE = GroupStatistics(
    count=10**12, payload_bytes=10**15, wire_bytes=10**15, min_length=1, max_length=10**12
)


def figures_of(*keys, width):
    statistics = Statistics(events=3, groups=dict.fromkeys(keys, LARGE))
    return as_text(statistics, name="a.wirescope", started_wall_ns=0, width=width)


@pytest.mark.parametrize("width", [80, 119, 120, 160])
def test_no_line_is_wider_than_the_terminal(width):
    text = figures_of(
        GroupKey("c1", "connection.opened"),
        GroupKey("c123456", "websocket.message", "received", "binary", compressed=True),
        GroupKey("c2", "websocket.violation", "sent"),
        width=width,
    )
    assert max(map(text_width, text.splitlines())) <= width


@pytest.mark.parametrize("width", [80, 160])
def test_numbers_end_under_their_heads(width):
    key = GroupKey("c1", "websocket.message", "received", "binary", compressed=True)
    head, line = figures_of(key, width=width).splitlines()[-2:]
    assert len(head) == len(line)


def test_a_name_out_of_a_file_is_safe_to_print():
    text = figures_of(GroupKey("\x1b[m", "connection.opened"), width=80)
    assert "\x1b" not in text
