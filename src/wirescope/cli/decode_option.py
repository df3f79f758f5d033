"""`--decode [NAME]`: an option whose value may be missing, before the word that a command is about.

In `connect --decode ws://h/` and `show --decode night.wirescope` the word behind it is no decoder's
name but the address or the capture. Names never look like these, so they are left to the command.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from wirescope.cli.commands import Option

AUTO = "auto"


class DecodeOption(Option):
    """Takes the next word for a decoder's name, unless it is what the command is about.

    Args:
        subject: whether a word is that.
    """

    def __init__(self, *arguments: Any, subject: Callable[[str], bool], **settings: Any) -> None:
        super().__init__(*arguments, is_flag=False, flag_value=AUTO, metavar="[NAME]", **settings)
        self.subject = subject

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Put back what is not this option's own."""
        super().add_to_parser(parser, ctx)
        registered = parser._long_opt[self.opts[0]]
        process = registered.process

        def process_or_leave(value: Any, state: Any) -> None:
            if isinstance(value, str) and self.subject(value):
                state.rargs.insert(0, value)
                value = AUTO
            process(value, state)

        registered.process = process_or_leave


def is_address(word: str) -> bool:
    """Whether a word is what `connect` connects to.

    >>> is_address("wss://example.com/"), is_address("my_package.decoders:ChatDecoder")
    (True, False)
    """
    return "://" in word or word == "demo"


def is_capture(word: str) -> bool:
    """Whether a word is what `show` shows: a file; the place of a decoder has a colon."""
    if word == "-" or word.endswith(".wirescope"):
        return True
    path = Path(word)
    return ":" not in word and bool(path.suffix) and path.is_file()
