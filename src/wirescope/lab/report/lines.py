"""A place's cells as pictures show them: each with its name, colour, dash and marker."""

from typing import NamedTuple

from wirescope.lab.measures import Quantile
from wirescope.lab.report.markup import Markup, element
from wirescope.lab.report.places import Look, Place, looks
from wirescope.lab.report.words import short_name
from wirescope.lab.results import CellResult


class Line(NamedTuple):
    """A cell as it is drawn.

    Attributes:
        cell: what was measured.
        name: how it is called beside the others.
        look: its colour, dash and marker.
    """

    cell: CellResult
    name: str
    look: Look

    @property
    def spoken(self) -> str:
        """How it is called in a sentence."""
        return f"the {self.name}" if "channel" in self.name else self.name

    @property
    def kind(self) -> str:
        """The classes of its line."""
        return f"line {self.look.hue} {self.look.dash}".rstrip()

    @property
    def quantiles(self) -> tuple[Quantile, ...]:
        """Of its latencies; none of a cell that does not count."""
        found = self.cell.distribution
        return found.quantiles if found is not None and self.cell.valid else ()


def lines(place: Place) -> list[Line]:
    """Return the cells of a place as they are drawn, those that do not count as well."""
    found = zip(place.cells, looks(place.cells), strict=True)
    return [Line(cell, short_name(cell, place.cells), look) for cell, look in found]


def figure(title: str, unit: str, drawn: Markup, caption: str) -> Markup:
    """Put a picture between its title and a caption that says what is to be seen, with numbers."""
    heading = element("h4", title, " ", element("span", unit, class_="muted"))
    return element("figure", heading, drawn, element("figcaption", caption))
