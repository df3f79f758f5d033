"""The rules: what is found, and each finding's page. One module a rule."""

from wirescope.analysis.findings.channels.sctp101_channels_refused import channels_refused
from wirescope.analysis.findings.channels.sctp102_association_silent import association_silent
from wirescope.analysis.findings.channels.sctp103_no_channel import no_channel
from wirescope.analysis.findings.closing.ws201_silence_limit import silence_limit
from wirescope.analysis.findings.closing.ws202_reset import reset
from wirescope.analysis.findings.closing.ws203_fin import fin
from wirescope.analysis.findings.closing.ws204_tls_ended import tls_ended
from wirescope.analysis.findings.closing.ws205_ping_unanswered import ping_unanswered
from wirescope.analysis.findings.closing.ws206_close_unanswered import close_unanswered
from wirescope.analysis.findings.closing.ws207_cut_frame import cut_frame
from wirescope.analysis.findings.closing.ws208_failed_here import failed_here
from wirescope.analysis.findings.closing.ws209_limit_here import limit_here
from wirescope.analysis.findings.closing.ws210_internal_error import internal_error
from wirescope.analysis.findings.closing.ws211_protocol_error import protocol_error
from wirescope.analysis.findings.closing.ws212_unsupported_data import unsupported_data
from wirescope.analysis.findings.closing.ws213_invalid_payload import invalid_payload
from wirescope.analysis.findings.closing.ws214_policy import policy
from wirescope.analysis.findings.closing.ws215_too_big_there import too_big_there
from wirescope.analysis.findings.closing.ws216_missing_extension import missing_extension
from wirescope.analysis.findings.closing.ws217_come_back_later import come_back_later
from wirescope.analysis.findings.closing.ws218_bad_gateway import bad_gateway
from wirescope.analysis.findings.closing.ws219_library_code import library_code
from wirescope.analysis.findings.closing.ws220_application_code import application_code
from wirescope.analysis.findings.closing.ws221_unusable_code import unusable_code
from wirescope.analysis.findings.closing.ws222_going_away import going_away
from wirescope.analysis.findings.closing.ws223_pong_missing import pong_missing
from wirescope.analysis.findings.doctor import DOCTOR_RULES
from wirescope.analysis.findings.dtls.dtls101_wrong_certificate import wrong_certificate
from wirescope.analysis.findings.dtls.dtls102_dtls_timeout import dtls_timeout
from wirescope.analysis.findings.dtls.dtls103_dtls_lost import dtls_lost
from wirescope.analysis.findings.dtls.dtls104_ended_before_it_stood import ended_before_it_stood
from wirescope.analysis.findings.efficiency.ws501_not_compressed import not_compressed
from wirescope.analysis.findings.efficiency.ws502_compression_wasteful import compression_wasteful
from wirescope.analysis.findings.efficiency.ws503_no_context_takeover import no_context_takeover
from wirescope.analysis.findings.efficiency.ws504_chatter import chatter
from wirescope.analysis.findings.efficiency.ws505_base64_in_json import base64_in_json
from wirescope.analysis.findings.efficiency.ws506_oversized_message import oversized_message
from wirescope.analysis.findings.efficiency.ws507_needless_fragments import needless_fragments
from wirescope.analysis.findings.efficiency.ws508_repeated_message import repeated_message
from wirescope.analysis.findings.gathering.ice101_server_unresolved import server_unresolved
from wirescope.analysis.findings.gathering.ice102_turn_credentials import turn_credentials
from wirescope.analysis.findings.gathering.ice103_turn_credentials_expired import (
    turn_credentials_expired,
)
from wirescope.analysis.findings.gathering.ice104_turn_forbidden import turn_forbidden
from wirescope.analysis.findings.gathering.ice105_turn_quota import turn_quota
from wirescope.analysis.findings.gathering.ice106_turn_capacity import turn_capacity
from wirescope.analysis.findings.gathering.ice107_turn_mismatch import turn_mismatch
from wirescope.analysis.findings.gathering.ice108_turn_unsupported import turn_unsupported
from wirescope.analysis.findings.gathering.ice109_turn_stale_nonce import turn_stale_nonce
from wirescope.analysis.findings.gathering.ice110_turn_tcp_closed import turn_tcp_closed
from wirescope.analysis.findings.gathering.ice111_turns_not_reached import turns_not_reached
from wirescope.analysis.findings.gathering.ice112_server_silent import server_silent
from wirescope.analysis.findings.gathering.ice113_server_refused import server_refused
from wirescope.analysis.findings.gathering.ice114_gathering_slow import gathering_slow
from wirescope.analysis.findings.gathering.ice115_no_address_here import no_address_here
from wirescope.analysis.findings.gathering.ice116_too_many_addresses import too_many_addresses
from wirescope.analysis.findings.gathering.ice117_no_relay import no_relay
from wirescope.analysis.findings.gathering.ice118_port_not_asked import port_not_asked
from wirescope.analysis.findings.gathering.ice119_peers_denied import peers_denied
from wirescope.analysis.findings.heartbeat.ws401_no_heartbeat import no_heartbeat
from wirescope.analysis.findings.heartbeat.ws402_heartbeat_too_rare import heartbeat_too_rare
from wirescope.analysis.findings.heartbeat.ws403_ping_unanswered import own_ping_unanswered
from wirescope.analysis.findings.heartbeat.ws404_pong_slow import pong_slow
from wirescope.analysis.findings.heartbeat.ws405_pings_too_often import pings_too_often
from wirescope.analysis.findings.ice.ice201_none_told import none_told
from wirescope.analysis.findings.ice.ice202_two_families import two_families
from wirescope.analysis.findings.ice.ice203_no_stun_here import no_stun_here
from wirescope.analysis.findings.ice.ice204_hidden_names import hidden_names
from wirescope.analysis.findings.ice.ice205_two_nats import two_nats
from wirescope.analysis.findings.ice.ice206_private_there import private_there
from wirescope.analysis.findings.ice.ice207_relay_silent import relay_silent
from wirescope.analysis.findings.ice.ice208_no_check_answered import no_check_answered
from wirescope.analysis.findings.ice.ice209_other_generation import other_generation
from wirescope.analysis.findings.ice.ice210_udp_silent import udp_silent
from wirescope.analysis.findings.latency.ws601_latency_tail import latency_tail
from wirescope.analysis.findings.latency.ws602_stall import stall
from wirescope.analysis.findings.latency.ws603_head_of_line_stall import head_of_line_stall
from wirescope.analysis.findings.latency.ws604_unanswered_request import unanswered_request
from wirescope.analysis.findings.latency.ws605_slow_consumer import slow_consumer
from wirescope.analysis.findings.latency.ws606_reconnect_storm import reconnect_storm
from wirescope.analysis.findings.media.rtp101_medium_refused import medium_refused
from wirescope.analysis.findings.media.rtp102_medium_inactive import medium_inactive
from wirescope.analysis.findings.media.rtp103_no_media import no_media
from wirescope.analysis.findings.media.rtp104_no_picture import no_picture
from wirescope.analysis.findings.network.net101_unresolved import unresolved
from wirescope.analysis.findings.network.net102_refused import refused
from wirescope.analysis.findings.network.net103_unreachable import unreachable
from wirescope.analysis.findings.network.net104_connect_timeout import connect_timeout
from wirescope.analysis.findings.network.net105_proxy import proxy_failed
from wirescope.analysis.findings.network.net106_cut_while_opening import cut_while_opening
from wirescope.analysis.findings.network.net107_silent_server import silent_server
from wirescope.analysis.findings.network.net108_proxy_authentication import proxy_authentication
from wirescope.analysis.findings.opening.ws101_other_refusal import other_refusal
from wirescope.analysis.findings.opening.ws102_credentials import credentials
from wirescope.analysis.findings.opening.ws103_forbidden import forbidden
from wirescope.analysis.findings.opening.ws104_not_found import not_found
from wirescope.analysis.findings.opening.ws105_redirect import redirect
from wirescope.analysis.findings.opening.ws106_too_many import too_many
from wirescope.analysis.findings.opening.ws107_unavailable import unavailable
from wirescope.analysis.findings.opening.ws108_not_websocket import not_websocket
from wirescope.analysis.findings.opening.ws109_upgrade_lost import upgrade_lost
from wirescope.analysis.findings.opening.ws110_http2_only import http2_only
from wirescope.analysis.findings.opening.ws111_wrong_accept import wrong_accept
from wirescope.analysis.findings.opening.ws112_subprotocol_not_offered import (
    subprotocol_not_offered,
)
from wirescope.analysis.findings.opening.ws113_subprotocol_not_agreed import subprotocol_not_agreed
from wirescope.analysis.findings.opening.ws114_bad_extension import bad_extension
from wirescope.analysis.findings.opening.ws115_not_http import not_http
from wirescope.analysis.findings.opening.ws116_slow_opening import slow_opening
from wirescope.analysis.findings.opening.ws117_bad_answer import bad_answer
from wirescope.analysis.findings.opening.ws118_other_version import other_version
from wirescope.analysis.findings.path.ice301_path_came_back import path_came_back
from wirescope.analysis.findings.path.ice302_path_lost import path_lost
from wirescope.analysis.findings.path.ice303_path_changed import path_changed
from wirescope.analysis.findings.path.ice304_relayed_needlessly import relayed_needlessly
from wirescope.analysis.findings.path.ice305_relayed_over_tcp import relayed_over_tcp
from wirescope.analysis.findings.path.ice306_path_late import path_late
from wirescope.analysis.findings.protocol.ws301_other_breach import other_breach
from wirescope.analysis.findings.protocol.ws302_invalid_utf8 import invalid_utf8
from wirescope.analysis.findings.protocol.ws303_wrong_masking import wrong_masking
from wirescope.analysis.findings.protocol.ws304_frames_after_close import frames_after_close
from wirescope.analysis.findings.protocol.ws305_wrong_fragments import wrong_fragments
from wirescope.analysis.findings.protocol.ws306_bad_control_frame import bad_control_frame
from wirescope.analysis.findings.protocol.ws307_reserved import reserved
from wirescope.analysis.findings.protocol.ws308_bad_deflate import bad_deflate
from wirescope.analysis.findings.rule import HEADINGS, Found, Look, Moment, Rule, Stability
from wirescope.analysis.findings.security.ws701_secret_in_url import secret_in_url
from wirescope.analysis.findings.security.ws702_clear_text import clear_text
from wirescope.analysis.findings.security.ws703_credentials_in_clear_text import (
    credentials_in_clear_text,
)
from wirescope.analysis.findings.security.ws704_compressed_secret import compressed_secret
from wirescope.analysis.findings.signaling.sig101_no_answer import no_answer
from wirescope.analysis.findings.signaling.sig102_ended_early import ended_early
from wirescope.analysis.findings.signaling.sig103_wants_token import wants_token
from wirescope.analysis.findings.signaling.sig104_endpoint_forbids import endpoint_forbids
from wirescope.analysis.findings.signaling.sig105_no_endpoint import no_endpoint
from wirescope.analysis.findings.signaling.sig106_offer_unusable import offer_unusable
from wirescope.analysis.findings.signaling.sig107_stream_taken import stream_taken
from wirescope.analysis.findings.signaling.sig108_endpoint_busy import endpoint_busy
from wirescope.analysis.findings.signaling.sig109_signaling_unreached import signaling_unreached
from wirescope.analysis.findings.signaling.sig110_description_lacks import description_lacks
from wirescope.analysis.findings.signaling.sig111_description_refused import description_refused
from wirescope.analysis.findings.signaling.sig112_all_refused import all_refused
from wirescope.analysis.findings.signaling.sig113_setup_conflict import setup_conflict
from wirescope.analysis.findings.signaling.sig114_both_lite import both_lite
from wirescope.analysis.findings.signaling.sig115_offers_crossed import offers_crossed
from wirescope.analysis.findings.signaling.sig116_no_offer import no_offer
from wirescope.analysis.findings.tls.tls101_certificate_expired import certificate_expired
from wirescope.analysis.findings.tls.tls102_certificate_name import certificate_name
from wirescope.analysis.findings.tls.tls103_certificate_untrusted import certificate_untrusted
from wirescope.analysis.findings.tls.tls104_nothing_in_common import nothing_in_common
from wirescope.analysis.findings.tls.tls105_client_certificate import client_certificate
from wirescope.analysis.findings.tls.tls106_not_tls import not_tls
from wirescope.analysis.findings.tls.tls107_tls_expected import tls_expected
from wirescope.analysis.findings.tls.tls108_certificate_early import certificate_early
from wirescope.analysis.findings.tls.tls109_certificate_refused import certificate_refused
from wirescope.analysis.findings.tls.tls110_handshake_failed import handshake_failed
from wirescope.analysis.findings.turn import SERVER_RULES

RULES: tuple[Rule, ...] = (
    wrong_certificate,
    dtls_timeout,
    dtls_lost,
    ended_before_it_stood,
    server_unresolved,
    turn_credentials,
    turn_credentials_expired,
    turn_forbidden,
    turn_quota,
    turn_capacity,
    turn_mismatch,
    turn_unsupported,
    turn_stale_nonce,
    turn_tcp_closed,
    turns_not_reached,
    server_silent,
    server_refused,
    gathering_slow,
    no_address_here,
    too_many_addresses,
    no_relay,
    port_not_asked,
    peers_denied,
    none_told,
    two_families,
    no_stun_here,
    hidden_names,
    two_nats,
    private_there,
    relay_silent,
    no_check_answered,
    other_generation,
    udp_silent,
    path_came_back,
    path_lost,
    path_changed,
    relayed_needlessly,
    relayed_over_tcp,
    path_late,
    unresolved,
    refused,
    unreachable,
    connect_timeout,
    proxy_failed,
    cut_while_opening,
    silent_server,
    proxy_authentication,
    medium_refused,
    medium_inactive,
    no_media,
    no_picture,
    channels_refused,
    association_silent,
    no_channel,
    no_answer,
    ended_early,
    wants_token,
    endpoint_forbids,
    no_endpoint,
    offer_unusable,
    stream_taken,
    endpoint_busy,
    signaling_unreached,
    description_lacks,
    description_refused,
    all_refused,
    setup_conflict,
    both_lite,
    offers_crossed,
    no_offer,
    certificate_expired,
    certificate_name,
    certificate_untrusted,
    nothing_in_common,
    client_certificate,
    not_tls,
    tls_expected,
    certificate_early,
    certificate_refused,
    handshake_failed,
    *SERVER_RULES,
    other_refusal,
    credentials,
    forbidden,
    not_found,
    redirect,
    too_many,
    unavailable,
    not_websocket,
    upgrade_lost,
    http2_only,
    wrong_accept,
    subprotocol_not_offered,
    subprotocol_not_agreed,
    bad_extension,
    not_http,
    slow_opening,
    bad_answer,
    other_version,
    silence_limit,
    reset,
    fin,
    tls_ended,
    ping_unanswered,
    close_unanswered,
    cut_frame,
    failed_here,
    limit_here,
    internal_error,
    protocol_error,
    unsupported_data,
    invalid_payload,
    policy,
    too_big_there,
    missing_extension,
    come_back_later,
    bad_gateway,
    library_code,
    application_code,
    unusable_code,
    going_away,
    pong_missing,
    other_breach,
    invalid_utf8,
    wrong_masking,
    frames_after_close,
    wrong_fragments,
    bad_control_frame,
    reserved,
    bad_deflate,
    no_heartbeat,
    heartbeat_too_rare,
    own_ping_unanswered,
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
    *DOCTOR_RULES,
)
"""Every rule, by code."""

__all__ = ["HEADINGS", "RULES", "Found", "Look", "Moment", "Rule", "Stability"]
