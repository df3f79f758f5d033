"""Other tools' files to endpoints, saved messages and environments, and back."""

from wirescope.workbench.exchange.documents import load_document
from wirescope.workbench.exchange.folders import read_files
from wirescope.workbench.exchange.joining import into_folder
from wirescope.workbench.exchange.model import Exported, Files, Imported, Note, Written
from wirescope.workbench.exchange.placing import (
    Placed,
    Placing,
    names_taken,
    place,
)
from wirescope.workbench.exchange.registry import (
    FOREIGN_FORMATS,
    ForeignFormat,
    import_foreign,
    import_foreign_folder,
    recognise_foreign,
    writable,
)
from wirescope.workbench.exchange.taking import path_of, take_out

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
    "into_folder",
    "load_document",
    "names_taken",
    "path_of",
    "place",
    "read_files",
    "recognise_foreign",
    "take_out",
    "writable",
]
