"""What an endpoint's file asks of a connection."""

import os
from pathlib import Path
from random import Random

import pytest

from tests.support.fake_clock import FakeClock
from wirescope.cli.planning import make_plan
from wirescope.errors import InvalidURLError, UnknownVariableError, UsageError
from wirescope.transports.websocket import (
    BasicAuth,
    BearerAuth,
    ConnectOptions,
    DigestAuth,
    ResolveOverride,
    RetryPolicy,
)
from wirescope.wire.websocket import DeflateOffer
from wirescope.workbench.workspace import (
    TLS,
    Auth,
    Compression,
    Cookie,
    Endpoint,
    Header,
    Heartbeat,
    Limits,
    Network,
    Parameter,
    Resolver,
    Retry,
    prepare_endpoint,
)

URL = "wss://example.test/feed"
ROOT = Path("/workspace")


def prepare(endpoint, variables=None, *, secrets=None, environment=None):
    given = secrets or {}
    resolver = Resolver(
        variables or {},
        secrets=tuple(given),
        secret=given.get,
        clock=FakeClock(),
        random=Random(1),
    )
    return prepare_endpoint(endpoint, resolver, root=ROOT, environment=environment or {})


def options(environment=None, **fields):
    return prepare(Endpoint(url=URL, **fields), environment=environment).options


def connect_plan(monkeypatch):
    """What `wirescope connect URL` does with no option at all."""
    from wirescope.cli import connect

    for name in [name for name in os.environ if "proxy" in name.lower()]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("SSLKEYLOGFILE", raising=False)
    context = connect.command.make_context("connect", [URL])
    return make_plan(
        URL,
        {name: value for name, value in context.params.items() if name != "url"},
        messages=[],
        interactive=False,
    )


def test_an_endpoint_that_is_only_a_url_does_what_connect_does(monkeypatch):
    assert options() == connect_plan(monkeypatch).options == ConnectOptions()


def test_a_query_goes_behind_what_the_url_has():
    endpoint = Endpoint(
        url=URL + "?a=1",
        query=(
            Parameter(name="name", value="x & y=z+1"),
            Parameter(name="off", value="1", enabled=False),
            Parameter(name="flag", value=None),
            Parameter(name="empty"),
        ),
    )
    assert prepare(endpoint).url == URL + "?a=1&name=x%20%26%20y%3Dz%2B1&flag&empty="


def test_the_first_parameter_begins_the_query():
    assert prepare(Endpoint(url=URL, query=(Parameter(name="a", value="1"),))).url == URL + "?a=1"


def test_headers_keep_order_and_case_and_null_leaves_a_default_out():
    headers = (
        Header(name="x-B", value="1"),
        Header(name="X-A", value="2", enabled=False),
        Header(name="User-Agent", value=None),
        Header(name="X-a", value=""),
    )
    assert options(headers=headers).headers == (("x-B", "1"), ("User-Agent", None), ("X-a", ""))


def test_cookies_are_pairs():
    cookies = (Cookie(name="a", value="1"), Cookie(name="b", enabled=False), Cookie(name="c"))
    assert options(cookies=cookies).cookies == ("a=1", "c=")


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        (Auth(), None),
        (Auth(kind="none", user="u"), None),
        (Auth(kind="basic", user="u", password="p"), BasicAuth("u", "p")),
        (Auth(kind="digest", user="u", password="p"), DigestAuth("u", "p")),
        (Auth(kind="bearer", token="t"), BearerAuth("t")),
    ],
)
def test_credentials_are_of_their_kind(auth, expected):
    assert options(auth=auth).auth == expected


def test_compression_is_offered_with_its_parameters_or_not_at_all():
    chosen = Compression(server_max_window_bits=10, client_max_window_bits=None)
    expected = DeflateOffer(server_max_window_bits=10, client_max_window_bits=None)
    assert options(compression=chosen).compression == expected
    assert options(compression=Compression(offer=False)).compression is None


def test_times_sizes_and_strictness_are_taken_over():
    taken = options(
        heartbeat=Heartbeat(interval_s=5, timeout_s=None, payload="é", auto_pong=False),
        limits=Limits(max_message_size=None, open_timeout_s=3, close_timeout_s=2),
        strict=False,
    )
    assert (taken.ping_interval_s, taken.ping_timeout_s, taken.auto_pong) == (5, None, False)
    assert taken.ping_payload == "é".encode()
    assert (taken.max_message_size, taken.open_timeout_s, taken.close_timeout_s) == (None, 3, 2)
    assert not taken.strict


def test_the_way_is_taken_over():
    network = Network(
        proxy="socks5h://p.test:1",
        resolve=("example.test:443:127.0.0.1",),
        ip=4,
        redirects=3,
        retry=Retry(attempts=2, delay_s=0.5),
    )
    taken = options(network=network)
    assert taken.proxy == "socks5h://p.test:1"
    assert taken.resolve == (ResolveOverride("example.test", 443, ("127.0.0.1",)),)
    assert (taken.family, taken.max_redirects) == (4, 3)
    assert taken.retry == RetryPolicy(attempts=2, delay_s=0.5)


def test_without_a_proxy_the_environment_decides_and_an_empty_one_goes_directly():
    environment = {"HTTPS_PROXY": "http://p.test:3128"}
    assert options(environment).proxy == "http://p.test:3128"
    assert options(environment, network=Network(proxy="")).proxy is None
    assert options(environment, network=Network(unix_socket="s")).proxy is None


def test_paths_begin_in_the_workspace_and_session_secrets_go_where_the_environment_says():
    tls = TLS(ca="ca.pem", certificate="/etc/c.pem", key="k.pem", server_name="n", insecure=True)
    endpoint = Endpoint(url="ws://example.test", tls=tls)  # over wss:, the files would be opened
    taken = prepare(endpoint, environment={"SSLKEYLOGFILE": "/tmp/keys"}).options.tls
    assert (taken.ca, taken.certificate) == (ROOT / "ca.pem", Path("/etc/c.pem"))
    assert (taken.key, taken.server_name, taken.insecure) == (ROOT / "k.pem", "n", True)
    assert taken.key_log == Path("/tmp/keys")


def test_variables_are_replaced_everywhere():
    endpoint = Endpoint(
        url="ws://{{host}}/{{ v }}",  # over wss:, the files would be opened
        query=(Parameter(name="{{v}}", value="{{v}}"),),
        headers=(Header(name="X-{{v}}", value="{{v}}"),),
        cookies=(Cookie(name="{{v}}", value="{{v}}"),),
        origin="https://{{host}}",
        subprotocols=("{{v}}",),
        auth=Auth(kind="bearer", token="{{v}}"),
        heartbeat=Heartbeat(payload="{{v}}"),
        tls=TLS(ca="{{v}}.pem", certificate="c", key_password="{{v}}", server_name="{{host}}"),
        network=Network(proxy="http://{{host}}:1", resolve=("{{host}}:443:::1",)),
    )
    url, taken, _ = prepare(endpoint, {"host": "h.test", "v": "one"})
    assert url == "ws://h.test/one?one=one"
    assert "{{" not in repr(taken)
    assert taken.tls.password == "one"


def test_an_unknown_variable_is_named_with_its_place():
    with pytest.raises(UnknownVariableError, match=r"'key', which headers\[1\]\.value uses"):
        options(headers=(Header(name="A", value="1"), Header(name="B", value="{{key}}")))


def test_secrets_that_were_used_are_told_also_as_they_look_in_a_url():
    endpoint = Endpoint(
        url=URL,
        query=(Parameter(name="t", value="{{token}}"),),
        auth=Auth(kind="basic", user="u", password="typed here"),
    )
    given = {"token": "s&cret", "unused": "unused", "short": "abc"}
    assert set(prepare(endpoint, secrets=given).secrets) == {"s&cret", "s%26cret", "typed here"}


def test_a_secret_of_three_characters_is_not_blotted_out():
    endpoint = Endpoint(url=URL, headers=(Header(name="A", value="{{short}}"),))
    assert prepare(endpoint, secrets={"short": "abc"}).secrets == ()


def test_what_cannot_be_connected_to_is_a_mistake():
    with pytest.raises(InvalidURLError):
        prepare(Endpoint(url="ftp://example.test"))
    with pytest.raises(UsageError, match="certificate"):
        options(tls=TLS(key="k.pem"))


SECRET = "it's secret"


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "{{token}}"},
        {"url": "ws://{{token}}:x/"},
        {"headers": (Header(name="{{token}} x", value="a"),)},
        {"subprotocols": ("{{token}}",)},
        {"auth": Auth(kind="basic", user="{{token}}:", password="x")},
        {"network": Network(resolve=("{{token}}",))},
        {"network": Network(proxy="http://{{token}}:x")},
        {"network": Network(unix_socket="~{{token}}/x")},
        {"tls": TLS(ca="{{token}}")},
    ],
)
def test_an_error_shows_no_secret(fields):
    with pytest.raises(UsageError) as caught:
        prepare(Endpoint(**{"url": URL, **fields}), secrets={"token": SECRET})
    assert "secret" not in f"{caught.value} {caught.value.args}"
    assert "[redacted]" in str(caught.value)


@pytest.mark.parametrize("path", ["~nobody-of-that-name/ca.pem", "ca\0.pem"])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(UsageError, match="cannot be the path"):
        options(tls=TLS(ca=path))


def test_a_secret_that_is_no_text_is_refused_by_its_name():
    value = os.fsdecode(bytes([0x63, 0xFF]))
    endpoint = Endpoint(url=URL, auth=Auth(kind="bearer", token="{{token}}"))
    with pytest.raises(UsageError, match=r"'token', which auth\.token uses, is no text"):
        prepare(endpoint, secrets={"token": value})
