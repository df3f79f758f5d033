"""The rules for STUN and TURN servers; the doctor of the workbench asks them. TURN1xx."""

from wirescope.analysis.findings.turn.examination import ServerRule
from wirescope.analysis.findings.turn.turn101_unresolved import unresolved
from wirescope.analysis.findings.turn.turn102_udp_silent import udp_silent
from wirescope.analysis.findings.turn.turn103_closed import closed
from wirescope.analysis.findings.turn.turn104_certificate_untrusted import certificate_untrusted
from wirescope.analysis.findings.turn.turn105_certificate_expired import certificate_expired
from wirescope.analysis.findings.turn.turn106_certificate_name import certificate_name
from wirescope.analysis.findings.turn.turn107_tls_failed import tls_failed
from wirescope.analysis.findings.turn.turn108_not_stun import not_stun
from wirescope.analysis.findings.turn.turn109_only_tcp import only_tcp
from wirescope.analysis.findings.turn.turn110_only_udp import only_udp
from wirescope.analysis.findings.turn.turn111_wrong_credentials import wrong_credentials
from wirescope.analysis.findings.turn.turn112_expired_credentials import expired_credentials
from wirescope.analysis.findings.turn.turn113_credentials_wanted import credentials_wanted
from wirescope.analysis.findings.turn.turn114_realm_missing import realm_missing
from wirescope.analysis.findings.turn.turn115_stale_nonce import stale_nonce
from wirescope.analysis.findings.turn.turn116_forbidden import forbidden
from wirescope.analysis.findings.turn.turn117_mismatch import mismatch
from wirescope.analysis.findings.turn.turn118_other_credentials import other_credentials
from wirescope.analysis.findings.turn.turn119_transport_refused import transport_refused
from wirescope.analysis.findings.turn.turn120_quota import quota
from wirescope.analysis.findings.turn.turn121_capacity import capacity
from wirescope.analysis.findings.turn.turn122_sent_elsewhere import sent_elsewhere
from wirescope.analysis.findings.turn.turn123_other_refusal import other_refusal
from wirescope.analysis.findings.turn.turn124_open_relay import open_relay
from wirescope.analysis.findings.turn.turn125_relayed_address import relayed_address
from wirescope.analysis.findings.turn.turn126_relay_loses import relay_loses
from wirescope.analysis.findings.turn.turn127_relays_inside import relays_inside
from wirescope.analysis.findings.turn.turn128_own_peers import own_peers
from wirescope.analysis.findings.turn.turn129_answers_elsewhere import answers_elsewhere
from wirescope.analysis.findings.turn.turn130_certificate_expires import certificate_expires
from wirescope.analysis.findings.turn.turn131_allocate_unanswered import allocate_unanswered
from wirescope.analysis.findings.turn.turn132_nat_kind import nat_kind

SERVER_RULES: tuple[ServerRule, ...] = (
    unresolved,
    udp_silent,
    closed,
    certificate_untrusted,
    certificate_expired,
    certificate_name,
    tls_failed,
    not_stun,
    only_tcp,
    only_udp,
    wrong_credentials,
    expired_credentials,
    credentials_wanted,
    realm_missing,
    stale_nonce,
    forbidden,
    mismatch,
    other_credentials,
    transport_refused,
    quota,
    capacity,
    sent_elsewhere,
    other_refusal,
    open_relay,
    relayed_address,
    relay_loses,
    relays_inside,
    own_peers,
    answers_elsewhere,
    certificate_expires,
    allocate_unanswered,
    nat_kind,
)
"""Every one of them, by code."""

__all__ = ["SERVER_RULES"]
