"""The doctor: a one-shot diagnosis of a server, step by step, with findings.

Here are WebSocket servers; those of STUN and TURN are in `servers`.
"""

from wirescope.workbench.doctor.brake import Brake
from wirescope.workbench.doctor.model import Diagnosis, DoctorOptions, Step, finding_as_json
from wirescope.workbench.doctor.runner import diagnose
from wirescope.workbench.doctor.servers import ServerOrders, diagnose_server

__all__ = [
    "Brake",
    "Diagnosis",
    "DoctorOptions",
    "ServerOrders",
    "Step",
    "diagnose",
    "diagnose_server",
    "finding_as_json",
]
