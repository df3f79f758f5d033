"""Experiments in a folder, so that a comparison that was cut short goes on where it stopped.

Each is a file of its own, written whole or not at all. One that cannot be read is run again.
"""

import hashlib
from pathlib import Path

import msgspec

from wirescope.errors import LabError
from wirescope.lab.cells import Cell
from wirescope.lab.compare.experiment import Experiment
from wirescope.lab.compare.plan import ComparisonPlan


class Kept:
    """What was measured of one plan.

    Args:
        folder: where it is; made if it is not there.
        plan: what is compared. Experiments of another workload or link are other ones, though it
            has the same name.
    """

    def __init__(self, folder: Path, plan: ComparisonPlan) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._plan = plan

    def captures(self, cell: Cell) -> Path:
        """Give the folder for the captures of an experiment."""
        return self._file(cell).with_suffix("")

    def folder_for_checks(self) -> Path:
        """Give the folder for what checks record; made if it is not there.

        Raises:
            LabError: it cannot be made.
        """
        folder = self.folder / "checks"
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise LabError(f"{folder} cannot be made: {error.strerror or error}.") from None
        return folder

    def find(self, cell: Cell) -> Experiment | None:
        """Give the experiment of a cell and its seed; None where none was run that counts."""
        try:
            found = msgspec.json.decode(self._file(cell).read_bytes(), type=Experiment)
        except (OSError, msgspec.DecodeError):
            return None
        return None if found.repeat.problems else found

    def keep(self, experiment: Experiment) -> None:
        """Write an experiment.

        Raises:
            LabError: it cannot be written.
        """
        file = self._file(experiment.cell)
        part = file.with_suffix(".part")
        try:
            part.write_bytes(msgspec.json.encode(experiment))
            part.replace(file)
        except OSError as error:
            why = error.strerror or str(error)
            raise LabError(f"A run cannot be kept in {self.folder}: {why}.") from None

    def _file(self, cell: Cell) -> Path:
        """Name the file by what is run, and by a hash of all that says how."""
        plan = self._plan
        how = (plan.workload(cell.workload), plan.link(cell.link), plan.warm_up_s, cell)
        digest = hashlib.sha256(msgspec.json.encode(how)).hexdigest()[:12]
        return self.folder / f"{cell.file_prefix}-{cell.seed}-{digest}.json"
