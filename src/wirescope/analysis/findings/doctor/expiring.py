"""When a certificate that still holds is near its end, for every kind of server."""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import CertificateSeen
from wirescope.analysis.findings.rule import Found

_SOON_DAYS = 21


def expiring(seen: CertificateSeen | None, fix: str) -> Iterator[Found]:
    """Compare the days that are left with the days that a renewal needs; `fix` is what to do.

    Who issues for a short time has it renewed when a third of that is left.
    """
    if seen is None or seen.days_left < 0:
        return
    if seen.days_left < min(_SOON_DAYS, seen.lifetime_days / 3):
        days = f"{seen.days_left:.0f} days" if seen.days_left >= 2 else "less than two days"
        yield Found(
            f'The certificate of "{seen.subject}" expires in {days}, on {seen.expires}.',
            fix,
            (seen.evidence,),
        )
