"""Links that have names, each with the sources of its numbers.

They are there to be alike everywhere that an experiment is run, and not to be anybody's line. Not
here: the numbers (`fixed_profiles`, `mobile_profiles`, `bare_profiles`).
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from wirescope.errors import UsageError
from wirescope.link.bare_profiles import BARE
from wirescope.link.fixed_profiles import FIXED
from wirescope.link.mobile_profiles import MOBILE
from wirescope.link.settings import LinkSettings

PROFILES: Mapping[str, LinkSettings] = MappingProxyType(
    {each.name: each for each in (*FIXED, *MOBILE, *BARE)}
)
"""All links that have a name, by it."""


def profile(name: str) -> LinkSettings:
    """Give the link of a name.

    Raises:
        UsageError: there is none of that name.
    """
    if name in PROFILES:
        return PROFILES[name]
    close = get_close_matches(name, PROFILES, n=1)
    hint = f"Is {close[0]!r} meant?" if close else f"There are {', '.join(PROFILES)}."
    raise UsageError(f"There is no link with the name {name!r}.", hint=hint)
