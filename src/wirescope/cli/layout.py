"""Rows laid out in columns for the width that there is; colour as decoration.

Numbers stand right-aligned under the unit in the head. Direction is told by sign, so nothing is
lost without colour; what is wrong says so in words and gets colour on top.
"""

from dataclasses import dataclass

from wirescope.cli.escape import cut, escape, text_width
from wirescope.cli.rows import Row

# Indigo is sent, green is received, red is wrong: the same three everywhere.
_COLOURS = {">": "\x1b[94m", "<": "\x1b[32m", "*": "\x1b[2m"}
_RED = "\x1b[31m"
_RESET = "\x1b[0m"
_SHORT = {"continuation": "cont."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How rows are written.

    Attributes:
        width: columns of the terminal.
        colour: whether to use any.
        numbered: whether each row begins with its event's number.
        several: whether rows name their connection.
    """

    width: int = 80
    colour: bool = False
    numbered: bool = True
    several: bool = False

    @property
    def roomy(self) -> bool:
        """Whether there is room for words in full."""
        return self.width >= 110

    @property
    def _kind_width(self) -> int:
        return 14 if self.roomy else 8

    @property
    def _flags_width(self) -> int:
        return 14 if self.roomy else 7

    def head(self) -> str:
        """The line above the rows."""
        begin = f"{'event':>7} {'time s':>9} " if self.numbered else f"  {'time s':>9} "
        connection = f"{'conn':<5} " if self.several else ""
        sign = "  " if self.numbered else ""
        measures = f"{'frame':<{self._kind_width}}{'wire B':>8} {'data B':>8}  "
        return f"{begin}{connection}{sign}{measures}{'flags':<{self._flags_width}} payload"

    def line(self, row: Row) -> str:
        """Write a row as one line that fits the width."""
        begin = self._begin(row)
        if row.kind:
            begin += self._measures(row)
        room = self.width - text_width(begin)
        return self._painted(row, begin + cut(row.text, max(8, room)))

    def _begin(self, row: Row) -> str:
        time = f"{row.at_ns / 1e9:>9.3f}"
        connection = f"{cut(escape(row.connection), 5):<5} " if self.several else ""
        if self.numbered:
            return f"{row.seq:>7} {time} {connection}{row.sign} "
        return f"{row.sign} {time} {connection}"

    def _measures(self, row: Row) -> str:
        kind = row.kind if self.roomy else _SHORT.get(row.kind, row.kind)
        wire = "" if row.wire_length is None else count(row.wire_length, 8)
        length = "" if row.length is None else count(row.length, 8)
        flags = row.flags
        if len(flags) > self._flags_width:
            flags = flags.replace("deflate", "z").replace("rsv", "r")
        return (
            f"{kind:<{self._kind_width}}{wire:>8} {length:>8}  "
            f"{cut(flags, self._flags_width):<{self._flags_width}} "
        )

    def _painted(self, row: Row, line: str) -> str:
        if not self.colour:
            return line.rstrip()
        colour = _RED if row.alarming else _COLOURS[row.sign]
        return f"{colour}{line.rstrip()}{_RESET}"


def count(number: int, columns: int) -> str:
    """Write a number with thousands separated, in larger units where it does not fit.

    >>> count(1234567, 9), count(1234567890, 8)
    ('1,234,567', '1,177Mi')
    """
    text = ""
    for power, unit in enumerate(("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")):
        text = f"{number >> (10 * power):,}{unit}"
        if len(text) <= columns:
            return text
    return text
