"""What a report begins with: who is better in how many cases, and what was run."""

from collections.abc import Mapping, Sequence

from wirescope.lab.results import Comparison, Verdict
from wirescope.lab.verdicts import INVALID, NO_DIFFERENCE, NOT_SURE, listing
from wirescope.lab.workloads import Workload

_NOBODY = (NO_DIFFERENCE, NOT_SURE, INVALID)


def outcomes(verdicts: Sequence[Verdict]) -> list[tuple[str, int, str]]:
    """Count the verdicts by what they say: in words, how many, and the class of the colour."""
    winners = [each.winner for each in verdicts]
    for_webrtc = sum(each not in ("websocket", *_NOBODY) for each in winners)
    return [
        ("WebSocket", winners.count("websocket"), "ws"),
        ("no difference", winners.count(NO_DIFFERENCE), ""),
        ("not sure", winners.count(NOT_SURE), ""),
        ("invalid", winners.count(INVALID), ""),
        ("WebRTC", for_webrtc, "rtc"),
    ]


def title(verdicts: Sequence[Verdict]) -> str:
    """Say in a sentence who is better in how many cases."""
    if not verdicts:
        return "WebSocket and WebRTC, measured: nothing to compare"
    count = {words: number for words, number, _ in outcomes(verdicts)}
    cases = f"{len(verdicts)} case{'s' if len(verdicts) > 1 else ''}"
    first = f"WebSocket is better in {count['WebSocket']} of {cases}, WebRTC in {count['WebRTC']}"
    rest = []
    if count["no difference"]:
        rest.append(f"in {count['no difference']} there is no difference")
    if count["not sure"]:
        rest.append(f"{count['not sure']} cannot be told")
    if count["invalid"]:
        rest.append(f"{count['invalid']} could not be measured")
    return f"{first}; {listing(rest)}" if rest else first


def what_was_run(comparison: Comparison, workloads: Mapping[str, Workload]) -> str:
    """Say what was run: how many workloads, links, cells and runs, how long, with which seeds.

    Args:
        comparison: what was found.
        workloads: by their names, those of all cells, as long as they were run.
    """
    cells = comparison.cells
    runs = [run for cell in cells for run in cell.repeats]
    sent = {cell.workload for cell in cells}
    lengths = sorted({workloads[name].duration_s for name in sent})
    how_long = " to ".join(f"{each:g}" for each in dict.fromkeys(lengths[:1] + lengths[-1:]))
    said = [
        f"The same messages over each transport, {_count(len(sent), 'workload')} over "
        f"{_count(len({cell.link for cell in cells}), 'emulated link')}: "
        f"{_count(len(cells), 'cell')}, {_count(len(runs), 'run')} of {how_long or 0} s at most"
        f"{_with_seeds(sorted({run.seed for run in runs}))}."
    ]
    invalid = sum(not cell.valid for cell in cells)
    out = sum(bool(run.problems) for run in runs)
    if out:
        lost = f", which makes {_count(invalid, 'cell')} invalid" if invalid else ""
        verb = "do" if out > 1 else "does"
        said.append(f"{_count(out, 'run')} {verb} not count{lost}; the cells say why.")
    return " ".join(said)


def _with_seeds(seeds: Sequence[int]) -> str:
    """Say which seeds, briefly where they follow each other: `, with the seeds 1 to 3`."""
    if len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1:
        return f", with the seeds {seeds[0]} to {seeds[-1]}"
    named = listing([f"{each}" for each in seeds])
    return f", with the seed{'s' if len(seeds) > 1 else ''} {named}" if seeds else ""


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
