"""Records of a workspace with any content that their types take."""

from hypothesis import strategies as st

from wirescope.workbench.workspace import (
    TLS,
    Auth,
    Compression,
    Cookie,
    Endpoint,
    Environment,
    Header,
    Heartbeat,
    Limits,
    Network,
    OnMessage,
    Parameter,
    Retry,
    SavedMessage,
)

HARD = st.sampled_from(
    [
        *("", " ", "null", "~", "yes", "true", "0x1f", "1e3", "2026-01-01", "0123", ".5", "-"),
        *("a: b", "a #b", "a#b", "{{name}}", "wss://h/{{a}}?b=c", "[x]", "- x", "---", "x:", "..."),
        *("a\nb", "a\nb\n", "a\n\n", "\na", " a\nb", "a\n  b\n c\n", "a\n \nb", "\t", "\ta\nb"),
        *("é", "\u2028", "\x85", "\ufeff", "🙂", "🙂\x85", "\x00", "\x7f", "a\r\nb", "'", '"'),
        *("%x", "@x", "`x", "!x", "&x", "*x", "|", ">", "a, b", "x\\y", "<<<<<<< a\nb", "=", "<<"),
        "#a\nb",
    ]
)  # fmt: skip
TEXT = HARD | st.text(max_size=20)
SECONDS = st.none() | st.floats(0.001, 1e6) | st.just(20)
BITS = st.none() | st.integers(8, 15)
NONE_OR_TEXT = st.none() | TEXT


def some(strategy):
    return st.lists(strategy, max_size=4).map(tuple)


AUTH = st.builds(
    Auth,
    kind=st.sampled_from(["none", "basic", "bearer", "digest"]),
    user=TEXT,
    password=TEXT,
    token=TEXT,
)
NETWORK = st.builds(
    Network,
    proxy=NONE_OR_TEXT,
    resolve=some(TEXT),
    ip=st.sampled_from(["any", 4, 6]),
    redirects=st.integers(0, 99),
    retry=st.builds(Retry, attempts=st.integers(0, 9), delay_s=st.floats(0, 1e9)),
)
ENDPOINTS = st.builds(
    Endpoint,
    url=TEXT,
    description=TEXT,
    query=some(st.builds(Parameter, name=TEXT, value=NONE_OR_TEXT, enabled=st.booleans())),
    headers=some(st.builds(Header, name=TEXT, value=NONE_OR_TEXT, enabled=st.booleans())),
    origin=NONE_OR_TEXT,
    cookies=some(st.builds(Cookie, name=TEXT, value=TEXT, enabled=st.booleans())),
    auth=AUTH,
    subprotocols=some(TEXT),
    compression=st.builds(
        Compression,
        offer=st.booleans(),
        server_max_window_bits=BITS,
        client_max_window_bits=BITS | st.just("any"),
    ),
    heartbeat=st.builds(
        Heartbeat, interval_s=SECONDS, timeout_s=SECONDS, payload=TEXT, auto_pong=st.booleans()
    ),
    limits=st.builds(Limits, max_message_size=st.none() | st.integers(1, 1 << 40)),
    tls=st.builds(TLS, insecure=st.booleans(), ca=NONE_OR_TEXT),
    network=NETWORK,
    strict=st.booleans(),
    decoder=TEXT,
    on_message=some(st.builds(OnMessage, when=TEXT, send=TEXT, body=TEXT, enabled=st.booleans())),
)
ENVIRONMENTS = st.builds(
    Environment, variables=st.dictionaries(TEXT, TEXT, max_size=5), secrets=some(TEXT)
)
MESSAGES = st.builds(
    SavedMessage,
    kind=st.sampled_from(["text", "json", "hex", "base64", "file"]),
    body=TEXT,
    description=TEXT,
    endpoint=NONE_OR_TEXT,
)
