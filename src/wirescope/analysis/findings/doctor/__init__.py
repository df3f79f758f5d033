"""The rules for what only an examination shows; the doctor of the workbench asks them. WS8xx."""

from wirescope.analysis.findings.doctor.examination import DoctorRule
from wirescope.analysis.findings.doctor.ws801_origin_unchecked import origin_unchecked
from wirescope.analysis.findings.doctor.ws802_host_unchecked import host_unchecked
from wirescope.analysis.findings.doctor.ws803_ping_unanswered import ping_unanswered
from wirescope.analysis.findings.doctor.ws804_close_unanswered import close_unanswered
from wirescope.analysis.findings.doctor.ws805_close_code_changed import close_code_changed
from wirescope.analysis.findings.doctor.ws806_compression_unused import compression_unused
from wirescope.analysis.findings.doctor.ws807_message_size import message_size
from wirescope.analysis.findings.doctor.ws808_illegal_tolerated import illegal_tolerated
from wirescope.analysis.findings.doctor.ws809_idle_limit import idle_limit
from wirescope.analysis.findings.doctor.ws810_certificate_expires import certificate_expires
from wirescope.analysis.findings.doctor.ws811_strict_clients import strict_clients
from wirescope.analysis.findings.doctor.ws812_old_tls import old_tls
from wirescope.analysis.findings.doctor.ws813_address_dead import address_dead
from wirescope.analysis.findings.doctor.ws814_message_unanswered import message_unanswered
from wirescope.analysis.findings.doctor.ws815_change_helps import change_helps
from wirescope.analysis.findings.doctor.ws816_short_lived import short_lived

DOCTOR_RULES: tuple[DoctorRule, ...] = (
    origin_unchecked,
    host_unchecked,
    ping_unanswered,
    close_unanswered,
    close_code_changed,
    compression_unused,
    message_size,
    illegal_tolerated,
    idle_limit,
    certificate_expires,
    strict_clients,
    old_tls,
    address_dead,
    message_unanswered,
    change_helps,
    short_lived,
)
"""Every one of them, by code."""

__all__ = ["DOCTOR_RULES"]
