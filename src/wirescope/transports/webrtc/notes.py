"""What went wrong and was lived with, in words."""

NOTES_LIMIT = 100
"""Notes that are kept; whoever fails for ever would fill the memory otherwise."""


class Notes(list[str]):
    """Sentences, each once, in the order in which they came up first."""

    def tell(self, note: str) -> None:
        """Add one."""
        if len(self) < NOTES_LIMIT and note not in self:
            self.append(note)
