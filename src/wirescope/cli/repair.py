"""`wirescope show --repair`: a mended copy of a damaged capture, and what it kept and lost."""

from pathlib import Path

import click

from wirescope.errors import UsageError


def write_mended(file: str, out: Path) -> int:
    """Write the copy and say what it holds; returns the exit code.

    Raises:
        UsageError: there is no such file.
        CaptureError: nothing in it is intact, or the copy cannot be written.
    """
    from wirescope.capture import repair_capture
    from wirescope.cli.width import fitted

    if not Path(file).is_file():
        raise UsageError(
            f"There is no capture {file} to repair.", hint="Name the damaged file, then --repair."
        )
    report = repair_capture(file, out)
    kept = f"{report.events:,} events are in {out}"
    lost = f"{report.missing:,} are lost, and a capture.gap stands wherever some are missing"
    words = f"{kept}; {lost}." if report.missing else f"{kept}; none is missing."
    click.echo(fitted(f"* {words}"), err=True)
    return 0
