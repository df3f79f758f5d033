"""`http-client.env.json` and its private brother: the environments beside `.http` files.

Each key is an environment, its texts, numbers and booleans are variables. What is in the private
file is secret, whatever it is called.
"""

from wirescope.workbench.exchange.documents import load_json
from wirescope.workbench.exchange.http_file import TOOL
from wirescope.workbench.exchange.model import Imported
from wirescope.workbench.exchange.reading import Reading
from wirescope.workbench.exchange.templates import fit_name, to_ours
from wirescope.workbench.exchange.tree import Tree, as_text
from wirescope.workbench.workspace import Environment

FORM = "http-env"
NAMES = ("*.env.json",)
_PRIVATE = ".private."
_SHARED = "$shared"


def read(data: bytes, name: str) -> Imported:
    """Read the environments of a file.

    Raises:
        ForeignFormatError: it is not JSON, or no mapping.
    """
    reading = Reading(FORM)
    tree = Tree({"environments": load_json(data)}, "", reading.note).mapping("environments")
    tree = Tree(tree.value, "", reading.note)
    found = {key: _variables(key, tree, reading) for key in tree.value}
    shared = found.pop(_SHARED, {})
    if _PRIVATE in f".{name}.":
        reading.note("", "The file is private, so that all of its values are secrets.")
    for key, variables in found.items():
        merged = shared | variables
        if _PRIVATE in f".{name}.":
            reading.environment(key, Environment(secrets=tuple(merged)))
        else:
            reading.environment(key, Environment(variables=merged))
    return reading.done()


def _variables(key: str, tree: Tree, reading: Reading) -> dict[str, str]:
    variables: dict[str, str] = {}
    for name, each in tree.entries(key):
        text = as_text(each.value)
        if text is not None:
            variables[fit_name(name)] = to_ours(text, each.place, reading.note, tool=TOOL)
        elif each.value is not None:
            each.tell("It is no text; it is left out.")
    return variables
