"""Other tools' files to endpoints, saved messages and environments, and back."""

from wirescope.workbench.exchange.folders import read_files
from wirescope.workbench.exchange.model import Exported, Files, Imported, Note, Written
from wirescope.workbench.exchange.placing import Placed, Placing, names_taken, place, take_out
from wirescope.workbench.exchange.registry import (
    FOREIGN_FORMATS,
    ForeignFormat,
    import_foreign,
    import_foreign_folder,
    recognise_foreign,
    writable,
)

__all__ = [
    "FOREIGN_FORMATS",
    "Exported",
    "Files",
    "ForeignFormat",
    "Imported",
    "Note",
    "Placed",
    "Placing",
    "Written",
    "import_foreign",
    "import_foreign_folder",
    "names_taken",
    "place",
    "read_files",
    "recognise_foreign",
    "take_out",
    "writable",
]
