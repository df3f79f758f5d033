"""`$ref` within one document (RFC 6901 pointers); what leads out of it is told and not followed.

No file is opened and nothing is fetched: what a document refers to elsewhere is somebody else's
choice. A reference that leads to itself is told, too.
"""

from urllib.parse import unquote

from wirescope.workbench.exchange.model import Tell
from wirescope.workbench.exchange.tree import Tree

_MOST_STEPS = 32


class References:
    """Follows references.

    Args:
        root: the whole document.
        tell: where notes go.
    """

    def __init__(self, root: object, tell: Tell) -> None:
        self._root = root
        self._tell = tell

    def follow(self, tree: Tree) -> Tree:
        """Give what a value refers to, or the value itself; an empty mapping where that is none."""
        seen: set[str] = set()
        while isinstance(tree.value, dict) and isinstance(tree.value.get("$ref"), str):
            reference: str = tree.value["$ref"]
            if reference in seen or len(seen) > _MOST_STEPS:
                self._tell(tree.place, f"The reference {reference!r} leads to itself.")
                return self._nothing(tree.place)
            seen.add(reference)
            tree = self._target(reference, tree.place)
        return tree

    def _target(self, reference: str, place: str) -> Tree:
        if not reference.startswith("#"):
            self._tell(
                place,
                f"{reference[:80]!r} is outside of the file and is not read; bundle the document.",
            )
            return self._nothing(place)
        value: object = self._root
        for part in filter(None, unquote(reference[1:]).split("/")):
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isascii() and key.isdigit() and len(key) < 9:
                value = value[int(key)] if int(key) < len(value) else None
            else:
                value = None
        if value is None:
            self._tell(place, f"There is nothing at {reference[:80]!r}.")
            return self._nothing(place)
        return Tree(value, reference.removeprefix("#/").replace("/", "."), self._tell)

    def _nothing(self, place: str) -> Tree:
        return Tree({}, place, self._tell)


def last_of(reference: str) -> str:
    """Give the last part of a reference, by which things are called."""
    return reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
