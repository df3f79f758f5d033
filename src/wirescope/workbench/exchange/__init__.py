"""Other tools' files to endpoints, saved messages and environments, and back."""

from wirescope.workbench.exchange.folders import read_files
from wirescope.workbench.exchange.model import Exported, Files, Imported, Note, Written
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
    "Written",
    "import_foreign",
    "import_foreign_folder",
    "read_files",
    "recognise_foreign",
    "writable",
]
