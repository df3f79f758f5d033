"""The options of one curl command, sorted into the fields of an endpoint.

Options about curl's output mean nothing here and are told in one note; those that would change the
request and have no place are told one by one, without their values.
"""

import re
from collections.abc import Callable

from msgspec.structs import replace

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.curl_options import FLAGS_WITH_VALUE, OUTPUT_ONLY, SHORT
from wirescope.workbench.exchange.handshake import Asked, to_endpoint
from wirescope.workbench.exchange.model import Tell
from wirescope.workbench.workspace import TLS, Auth, Endpoint, Header, Limits, Network, Retry

CURL_REDIRECTS = 50
"""What curl follows with `-L` and no other number."""

_SECONDS = re.compile(r"\d+(?:\.\d+)?|\.\d+")


def endpoints_of(words: list[str], place: str, tell: Tell) -> list[Endpoint]:
    """Read the words behind `curl`: an endpoint for each address, all with the same options.

    Args:
        words: as the shell gives them.
        place: where the command stands.
        tell: where notes go.

    Raises:
        ForeignFormatError: there is no address.
    """
    request = _Request(place, tell)
    request.take(words)
    if not request.urls:
        raise ForeignFormatError("The curl command has no address.", where=place)
    return [request.endpoint(url) for url in request.urls]


class _Request:
    """The options of one command, as they are taken one after the other."""

    def __init__(self, place: str, tell: Tell) -> None:
        self.urls: list[str] = []
        self._place, self._tell = place, tell
        self._headers: list[Header] = []
        self._user: str | None = None
        self._digest = False
        self._bearer = ""
        self._proxy_user = ""
        self._tls, self._network, self._limits = TLS(), Network(), Limits()
        self._noise: list[str] = []

    def take(self, words: list[str]) -> None:
        position = 0
        while position < len(words):
            word = words[position]
            position += 1
            if word in ("--", "-") or not word.startswith("-"):
                if word.strip(" -"):
                    self.urls.append(word)
                continue
            for name, value in _options(word):
                if name in FLAGS_WITH_VALUE and value is None:
                    value = words[position] if position < len(words) else ""
                    position += 1
                self._option(name, value or "")
        if self._noise:
            listed = ", ".join(dict.fromkeys(self._noise))
            self._tell(self._place, f"About curl's output and HTTP alone, left out: {listed}.")

    def endpoint(self, url: str) -> Endpoint:
        """Make the endpoint of one of the addresses."""
        asked = Asked(url, list(self._headers), auth=self._auth())
        endpoint = to_endpoint(asked, self._place, self._tell)
        network = self._network
        if self._proxy_user and network.proxy:
            scheme, mark, rest = network.proxy.rpartition("://")
            proxy = f"{scheme or 'http'}{mark or '://'}{self._proxy_user}@{rest}"
            network = replace(network, proxy=proxy)
        return replace(endpoint, tls=self._tls, network=network, limits=self._limits)

    def _auth(self) -> Auth:
        if self._bearer:
            return Auth(kind="bearer", token=self._bearer)
        if self._user is None:
            return Auth()
        user, colon, password = self._user.partition(":")
        if not colon:
            self._tell(self._place, "-u has no password; curl would ask for it.")
        return Auth(kind="digest" if self._digest else "basic", user=user, password=password)

    def _option(self, name: str, value: str) -> None:
        if name in OUTPUT_ONLY:
            self._noise.append(name)
            return
        take = _TAKERS.get(name)
        if take is None:
            self._tell(self._place, f"{name} has no place in an endpoint and is left out.")
            return
        take(self, value)

    def header(self, value: str) -> None:
        if value.startswith("@"):
            self._tell(self._place, f"The file of headers {value[1:]!r} is not read.")
            return
        name, colon, text = value.partition(":")
        if not colon and value.endswith(";"):
            self._headers.append(Header(name=value[:-1].strip(), value=""))
        elif not colon:
            self._tell(self._place, f"The header {value[:40]!r} has no colon and is left out.")
        else:
            stripped = text.strip(" \t")
            self._headers.append(Header(name=name.strip(), value=stripped or None))

    def cookie(self, value: str) -> None:
        if "=" not in value:
            self._tell(self._place, f"The file of cookies {value!r} is not read.")
            return
        self._headers.append(Header(name="Cookie", value=value))

    def user(self, value: str) -> None:
        self._user = value

    def digest(self, _value: str) -> None:
        self._digest = True

    def bearer(self, value: str) -> None:
        self._bearer = value

    def agent(self, value: str) -> None:
        self._headers.append(Header(name="User-Agent", value=value or None))

    def referer(self, value: str) -> None:
        self._headers.append(Header(name="Referer", value=value))

    def method(self, value: str) -> None:
        if value.upper() != "GET":
            self._tell(self._place, f"The method {value} is left out: an upgrade is a GET.")

    def url(self, value: str) -> None:
        if value.strip():
            self.urls.append(value)

    def proxy(self, value: str) -> None:
        scheme, mark, _ = value.partition("://")
        known = {"socks5": "socks5", "socks5h": "socks5h", "http": "http"}
        if mark and scheme.lower() not in known:
            self._tell(self._place, f"A proxy by {scheme}:// is not known here; it is kept.")
        self._set_network(proxy=value if mark or not value else f"http://{value}")

    def socks(self, value: str) -> None:
        self._set_network(proxy=f"socks5://{value}")

    def socks_by_name(self, value: str) -> None:
        self._set_network(proxy=f"socks5h://{value}")

    def proxy_user(self, value: str) -> None:
        self._proxy_user = value

    def resolve(self, value: str) -> None:
        self._set_network(resolve=(*self._network.resolve, value.removeprefix("+")))

    def ipv4(self, _value: str) -> None:
        self._set_network(ip=4)

    def ipv6(self, _value: str) -> None:
        self._set_network(ip=6)

    def unix_socket(self, value: str) -> None:
        self._set_network(unix_socket=value)

    def redirects(self, _value: str) -> None:
        self._set_network(redirects=self._network.redirects or CURL_REDIRECTS)

    def most_redirects(self, value: str) -> None:
        if value.isascii() and value.isdigit():
            self._set_network(redirects=min(int(value), 1000))

    def retry(self, value: str) -> None:
        if value.isascii() and value.isdigit():
            retry = replace(self._network.retry, attempts=min(int(value), 1000))
            self._set_network(retry=retry)

    def retry_delay(self, value: str) -> None:
        if _SECONDS.fullmatch(value):
            retry: Retry = replace(self._network.retry, delay_s=float(value))
            self._set_network(retry=retry)

    def timeout(self, value: str) -> None:
        if _SECONDS.fullmatch(value) and float(value) > 0:
            self._limits = replace(self._limits, open_timeout_s=float(value))

    def insecure(self, _value: str) -> None:
        self._tls = replace(self._tls, insecure=True)

    def authorities(self, value: str) -> None:
        self._tls = replace(self._tls, ca=value)

    def certificate(self, value: str) -> None:
        # A colon parts the file from its phrase, unless it is that of a Windows drive.
        path, colon, phrase = value.rpartition(":") if ":" in value[2:] else (value, "", "")
        self._tls = replace(self._tls, certificate=path or value)
        if colon:
            self._tls = replace(self._tls, key_password=phrase)

    def key(self, value: str) -> None:
        self._tls = replace(self._tls, key=value)

    def phrase(self, value: str) -> None:
        self._tls = replace(self._tls, key_password=value)

    def _set_network(self, **values: object) -> None:
        self._network = replace(self._network, **values)


_TAKERS: dict[str, Callable[[_Request, str], None]] = {
    "--header": _Request.header,
    "--cookie": _Request.cookie,
    "--user": _Request.user,
    "--digest": _Request.digest,
    "--anyauth": _Request.digest,
    "--basic": lambda _request, _value: None,
    "--oauth2-bearer": _Request.bearer,
    "--user-agent": _Request.agent,
    "--referer": _Request.referer,
    "--request": _Request.method,
    "--get": lambda _request, _value: None,
    "--url": _Request.url,
    "--proxy": _Request.proxy,
    "--socks5": _Request.socks,
    "--socks5-hostname": _Request.socks_by_name,
    "--proxy-user": _Request.proxy_user,
    "--resolve": _Request.resolve,
    "--ipv4": _Request.ipv4,
    "--ipv6": _Request.ipv6,
    "--unix-socket": _Request.unix_socket,
    "--location": _Request.redirects,
    "--max-redirs": _Request.most_redirects,
    "--retry": _Request.retry,
    "--retry-delay": _Request.retry_delay,
    "--connect-timeout": _Request.timeout,
    "--insecure": _Request.insecure,
    "--cacert": _Request.authorities,
    "--capath": _Request.authorities,
    "--cert": _Request.certificate,
    "--key": _Request.key,
    "--pass": _Request.phrase,
}


def _options(word: str) -> list[tuple[str, str | None]]:
    """Part a word into long names of options; `-kH'x'` are two, the second with its value."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return [(name, value if equals else None)]
    found: list[tuple[str, str | None]] = []
    for position, letter in enumerate(word[1:], 2):
        name = SHORT.get(letter, f"-{letter}")
        if name in FLAGS_WITH_VALUE:
            return [*found, (name, word[position:] or None)]
        found.append((name, None))
    return found
