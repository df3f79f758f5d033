"""The doctor: a one-shot diagnosis of a WebSocket server, step by step, with findings."""

from wirescope.workbench.doctor.brake import Brake
from wirescope.workbench.doctor.model import Diagnosis, DoctorOptions, Step, finding_as_json
from wirescope.workbench.doctor.runner import diagnose

__all__ = ["Brake", "Diagnosis", "DoctorOptions", "Step", "diagnose", "finding_as_json"]
