"""Documents of other tools, JSON and YAML: read, secrets hidden, and written for each tool."""

from contextlib import suppress

from tests.workbench.exchange.samples import FILES
from tests.workbench.exchange.test_bruno import COLLECTION
from tests.workbench.exchange.test_postman import FOLDER
from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import (
    FOREIGN_FORMATS,
    Exported,
    import_foreign,
    import_foreign_folder,
)
from wirescope.workbench.workspace.names import check_name

FORMS = ("asyncapi", "har", "http-env", "insomnia", "opencollection", "postman")
IN_FOLDERS = (
    *("a.request.yaml", ".resources/a.resources/messages/b.message.yaml", "c.environment.yaml"),
    *(".resources/definition.yaml", "opencollection.yml", "d/folder.yml", "environments/e.yml"),
)
SEEDS = [data for (form, _), data in FILES.items() if form in FORMS]
SEEDS += [*COLLECTION.values(), *FOLDER.values()]


def check(data: bytes) -> None:
    """Any bytes are refused, or become records with fit names that every format can write."""
    read_each(FORMS, data)
    with suppress(ForeignFormatError):
        import_foreign_folder(dict.fromkeys(IN_FOLDERS, data), "x", form="postman")
    with suppress(ForeignFormatError):
        import_foreign_folder(dict.fromkeys(IN_FOLDERS, data), "x", form="opencollection")


def read_each(forms: tuple[str, ...], data: bytes) -> None:
    """Read the bytes as each of the formats."""
    for form in forms:
        FOREIGN_FORMATS[form].recognise(data)
        try:
            imported = import_foreign(data, "x", form=form)
        except ForeignFormatError:
            continue
        for name in (*imported.endpoints, *imported.messages, *imported.environments):
            assert check_name(name) == name
        assert {each.endpoint for each in imported.messages.values()} <= {*imported.endpoints}
        exported = Exported("x", imported.endpoints, imported.messages, imported.environments)
        for other in FOREIGN_FORMATS.values():
            if other.writer:
                assert other.write(exported).files
