"""What is sent: workloads with a name or from a recording, their plans, and a message's head."""

from wirescope.lab.workloads.definition import Load, Pace, PayloadKind, Workload, shortened
from wirescope.lab.workloads.flows import (
    Flow,
    Frames,
    Irregular,
    Pieces,
    Recorded,
    Regular,
    Sending,
    Side,
)
from wirescope.lab.workloads.message import (
    HEAD_BYTES,
    MAX_NUMBER,
    TEXT_HEAD_BYTES,
    read_head,
    write_message,
)
from wirescope.lab.workloads.named import WORKLOADS, workload
from wirescope.lab.workloads.recorded import MAX_MESSAGES, from_capture
from wirescope.lab.workloads.sound import PIECE_S, PIECE_SAMPLES, SOUND_RATE, known_sound

__all__ = [
    "HEAD_BYTES",
    "MAX_MESSAGES",
    "MAX_NUMBER",
    "PIECE_S",
    "PIECE_SAMPLES",
    "SOUND_RATE",
    "TEXT_HEAD_BYTES",
    "WORKLOADS",
    "Flow",
    "Frames",
    "Irregular",
    "Load",
    "Pace",
    "PayloadKind",
    "Pieces",
    "Recorded",
    "Regular",
    "Sending",
    "Side",
    "Workload",
    "from_capture",
    "known_sound",
    "read_head",
    "shortened",
    "workload",
    "write_message",
]
