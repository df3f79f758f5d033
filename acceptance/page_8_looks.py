"""Pictures of every view and state of the page, to be looked at: light, dark, wide, wider, phone.

They are kept in `.artefacts/looks`, which git ignores. This fails when a state cannot be shown, or
when it has one of the faults that need no eye (`tests/support/looks.py`): it scrolls sideways, text
is cut with no title, a control is less than 24 px high (44 px on a phone), a label does not fit,
controls overlap.
"""

import sys

from playwright.sync_api import Browser, Error

from tests.support.chromium import ARTEFACTS, PHONE, WIDE, chromium
from tests.support.looks import faults
from tests.support.parts import PARTS
from tests.support.scenes import SCENES, Stage

FOLDER = ARTEFACTS / "looks"
FORMS = {
    "light": (WIDE, False),
    "dark": (WIDE, True),
    "wide": ((1920, 1080), False),
    "phone": (PHONE, False),
}


def take(browser: Browser, form: str) -> int:
    """Take the pictures of one form; how many could not be taken or have a fault."""
    size, dark = FORMS[form]
    failed = 0
    with Stage(browser, size=size, dark=dark) as stage:
        for name, show in SCENES.items():
            path = FOLDER / f"{form}-{name.replace(', ', '-').replace(' ', '-')}.png"
            said = []
            try:
                show(stage)
            except (AssertionError, Error) as error:
                said.append(f"CANNOT BE SHOWN: {str(error).splitlines()[0]}")
            stage.page.wait_for_timeout(250)  # a picture has no event that says it is settled
            stage.page.screenshot(path=path)
            said += faults(stage.page, touch=size == PHONE)
            failed += bool(said)
            print(str(path.relative_to(ARTEFACTS.parent)), *said, sep="\n  ", flush=True)
    return failed


def main() -> int:
    """Take all, or those of the forms that are named; 1 when one is missing or has a fault."""
    path = PARTS["chromium"]()
    if path is None:
        print("There is no Chromium on this machine.")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium(path) as browser:
        failed = sum(take(browser, form) for form in sys.argv[1:] or FORMS)
    print(f"{failed} of {len(SCENES) * len(sys.argv[1:] or FORMS)} are not as they have to be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
