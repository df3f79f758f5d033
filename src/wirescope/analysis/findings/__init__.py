"""The rules: what is found, and each finding's page. One module a rule."""

from wirescope.analysis.findings.rule import HEADINGS, Found, Look, Moment, Rule, Stability
from wirescope.analysis.findings.ws201_silence_limit import silence_limit
from wirescope.analysis.findings.ws401_no_heartbeat import no_heartbeat
from wirescope.analysis.findings.ws402_heartbeat_too_rare import heartbeat_too_rare
from wirescope.analysis.findings.ws403_ping_unanswered import ping_unanswered
from wirescope.analysis.findings.ws404_pong_slow import pong_slow
from wirescope.analysis.findings.ws405_pings_too_often import pings_too_often
from wirescope.analysis.findings.ws501_not_compressed import not_compressed
from wirescope.analysis.findings.ws502_compression_wasteful import compression_wasteful
from wirescope.analysis.findings.ws503_no_context_takeover import no_context_takeover
from wirescope.analysis.findings.ws504_chatter import chatter
from wirescope.analysis.findings.ws505_base64_in_json import base64_in_json
from wirescope.analysis.findings.ws506_oversized_message import oversized_message
from wirescope.analysis.findings.ws507_needless_fragments import needless_fragments
from wirescope.analysis.findings.ws508_repeated_message import repeated_message
from wirescope.analysis.findings.ws601_latency_tail import latency_tail
from wirescope.analysis.findings.ws602_stall import stall
from wirescope.analysis.findings.ws603_head_of_line_stall import head_of_line_stall
from wirescope.analysis.findings.ws604_unanswered_request import unanswered_request
from wirescope.analysis.findings.ws605_slow_consumer import slow_consumer
from wirescope.analysis.findings.ws606_reconnect_storm import reconnect_storm
from wirescope.analysis.findings.ws701_secret_in_url import secret_in_url
from wirescope.analysis.findings.ws702_clear_text import clear_text
from wirescope.analysis.findings.ws703_credentials_in_clear_text import credentials_in_clear_text
from wirescope.analysis.findings.ws704_compressed_secret import compressed_secret

RULES: tuple[Rule, ...] = (
    silence_limit,
    no_heartbeat,
    heartbeat_too_rare,
    ping_unanswered,
    pong_slow,
    pings_too_often,
    not_compressed,
    compression_wasteful,
    no_context_takeover,
    chatter,
    base64_in_json,
    oversized_message,
    needless_fragments,
    repeated_message,
    latency_tail,
    stall,
    head_of_line_stall,
    unanswered_request,
    slow_consumer,
    reconnect_storm,
    secret_in_url,
    clear_text,
    credentials_in_clear_text,
    compressed_secret,
)
"""Every rule, by code."""

__all__ = ["HEADINGS", "RULES", "Found", "Look", "Moment", "Rule", "Stability"]
