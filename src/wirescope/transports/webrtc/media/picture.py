"""A test picture: colour bars, with a clock and a frame number that are read back from pixels.

The upper part has the eight bars of 75 % that SMPTE EG 1 made usual, the middle a field that can
flash, below it stands the time and the number as figures for people. The lowest band has the number
as a row of 32 black and white cells, 24 bits of number and 8 of check, which come through a video
codec unharmed and are read by `read_number`.
"""

from wirescope.transports.webrtc.media.frames import VideoFrame

MIN_SIDE = 128

_CELLS = 32
_NUMBERS = 1 << 24
_BLACK, _WHITE = 16, 235

# Y, U, V of white, yellow, cyan, green, magenta, red, blue, black (ITU-R BT.601, 75 %)
_BARS = (
    (180, 128, 128),
    (162, 44, 142),
    (131, 156, 44),
    (112, 72, 58),
    (84, 184, 198),
    (65, 100, 212),
    (35, 212, 114),
    (16, 128, 128),
)

# Five by seven dots, a row a number, the leftmost dot the highest bit.
_FIGURES = {
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    ":": (0, 4, 4, 0, 4, 4, 0),
    ".": (0, 0, 0, 0, 0, 12, 12),
    " ": (0, 0, 0, 0, 0, 0, 0),
}
_TEXT_LENGTH = 18  # of "00:00:00.000 12345"


class Painter:
    """Paints the frames of one size."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._band = _band_of(height)
        # As large as the width has room for; narrow pictures have none and go without.
        self._dot = width // (6 * _TEXT_LENGTH)
        self._background = self._paint_background()

    def _paint_background(self) -> bytes:
        width, height = self._width, self._height
        planes = []
        for plane, (columns, rows) in enumerate(
            ((width, height), (width // 2, height // 2), (width // 2, height // 2))
        ):
            line = bytes(_BARS[x * len(_BARS) // columns][plane] for x in range(columns))
            bars = rows * 3 // 4
            rest = bytes([_BLACK if plane == 0 else 128]) * columns
            planes.append(line * bars + rest * (rows - bars))
        return b"".join(planes)

    def frame(self, number: int, time_s: float, *, flash: bool = False) -> VideoFrame:
        """Paint one."""
        data = bytearray(self._background)
        if flash:
            self._flash(data)
        self._write_text(data, f"{_clock(time_s)} {number % 100_000}")
        self._write_cells(data, number)
        width, height = self._width, self._height
        return VideoFrame(width, height, bytes(data), round(time_s * 1_000_000))

    def _flash(self, data: bytearray) -> None:
        width, height = self._width, self._height
        left, right = width // 4 // 4 * 4, width * 3 // 4 // 4 * 4
        for y in range(height // 4, height // 2):
            data[y * width + left : y * width + right] = bytes([_WHITE]) * (right - left)
        chroma = bytes([128]) * ((right - left) // 2)
        for plane in (width * height, width * height * 5 // 4):
            for y in range(height // 8, height // 4):
                start = plane + y * (width // 2) + left // 2
                data[start : start + len(chroma)] = chroma

    def _write_text(self, data: bytearray, text: str) -> None:
        dot, width = self._dot, self._width
        top = self._height * 3 // 4 + 1
        if not dot or top + 7 * dot > self._height - self._band:
            return
        for row in range(7):
            line = b"".join(
                bytes([_WHITE if _FIGURES[each][row] >> (4 - x) & 1 else _BLACK]) * dot
                if x < 5
                else bytes([_BLACK]) * dot
                for each in text
                for x in range(6)
            )
            for y in range(top + row * dot, top + (row + 1) * dot):
                data[y * width : y * width + len(line)] = line

    def _write_cells(self, data: bytearray, number: int) -> None:
        width, height = self._width, self._height
        number %= _NUMBERS
        bits = number << 8 | _check(number)
        cell = width // _CELLS
        line = b"".join(
            bytes([_WHITE if bits >> (_CELLS - 1 - index) & 1 else _BLACK]) * cell
            for index in range(_CELLS)
        )
        for y in range(height - self._band, height):
            data[y * width : y * width + len(line)] = line


def read_number(frame: VideoFrame) -> int | None:
    """Read the number of a frame that was painted here; None where it cannot be read."""
    cell, band = frame.width // _CELLS, _band_of(frame.height)
    y = frame.height - band // 2
    bits = 0
    for index in range(_CELLS):
        middle = y * frame.width + index * cell + cell // 2
        bits = bits << 1 | (frame.data[middle] > (_BLACK + _WHITE) // 2)
    number = bits >> 8
    return number if bits & 0xFF == _check(number) else None


def flash_level(frame: VideoFrame) -> int:
    """Give the brightness of the middle of the field that flashes, from 0 to 255."""
    return frame.data[frame.height * 3 // 8 * frame.width + frame.width * 7 // 16]


def _band_of(height: int) -> int:
    return max(8, height // 12)


def _check(number: int) -> int:
    """Make eight bits of a number that differ when a cell is read wrongly; never all 0."""
    return (number ^ number >> 8 ^ number >> 16 ^ 0xA5) & 0xFF


def _clock(time_s: float) -> str:
    whole_ms = round(time_s * 1000)
    seconds, ms = divmod(whole_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours % 100:02}:{minutes:02}:{seconds:02}.{ms:03}"
