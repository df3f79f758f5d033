"""Other names for hosts and addresses, the same one for the same host wherever it stands.

A pseudonym is as long as what it stands for wherever that can be, so that it fits into a payload
without changing its length. Host names end in `.invalid` (RFC 2606 section 2); IPv4 addresses come
from 240.0.0.0/4, which is nobody's (RFC 1112 section 4), those of a loopback interface from
127.0.0.0/8; IPv6 addresses from 2001:db8::/32 (RFC 3849). Who holds or issued a certificate and
is no host becomes `holder 1`, `holder 2` …
"""

import re
from contextlib import suppress
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from itertools import count
from urllib.parse import urlsplit

from wirescope.events import (
    AnyEvent,
    ConnectionFailed,
    ConnectionOpening,
    ConnectionReached,
    ConnectionSecured,
    IceCandidate,
    IceError,
    IcePair,
    IceServersSet,
    RelayAllocated,
    RelayEnded,
    RelayRefused,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    WebSocketHandshake,
)

_URL = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://[^\s\"'<>,;]+")
# RFC 7064 and RFC 7065: these have no slashes.
_ICE_SERVER = re.compile(
    r"(?i)\b(?:stun|turn)s?:(?!//)(?:[^\s\"'<>@/?#]{1,1024}@)?(\[[0-9a-f:.]+\]|[^\s:/?#;,\"'<>@\[\]]+)"
)
# SDP: the address of `o=`, `c=` and `a=rtcp`, those of a candidate; inside of JSON as well.
_IN_SDP = re.compile(
    r"(?i)\bIN[ ]+IP[46][ ]+([^\s\\\"']+)"
    r"|candidate:\S{1,256}[ ]+\d+[ ]+\S{1,256}[ ]+\d+[ ]+([^\s\\\"']+)[ ]+\d"
    r"|\braddr[ ]+([^\s\\\"']+)"
)
_ADDRESS_VALUES = frozenset(("address", "ip", "relatedAddress"))
_HOST_FIELD = re.compile(r"(?im)^(?:x-forwarded-|x-original-)?host[ \t]*:[ \t]*([^\s,]+)")
# Fields whose values have points in them that are no hosts', or URLs whose paths have.
_OTHER_FIELD = re.compile(
    r"(?im)^(?:(?:accept|sec-)[\w-]*|content-type|user-agent|server|referer|location|origin):.*"
)
_A_HOST = re.compile(r"(?i)(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*|localhost")
_A_NAME = re.compile(r"(?i)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_LIKE_A_HOST = re.compile(
    r"(?i)(?<![\w.-])(?:\*\.)?"
    r"((?:[a-z0-9-]+\.)+(?!(?:html?|php|jsp?|css|json|xml|txt|png|gif|jpe?g|svg|ico)\b)[a-z]{2,})"
    r"(?![\w-])"
)

# A payload is looked at a character a byte, so letters are those of ASCII. What stands before may
# also be an escape, of a URL (RFC 3986 section 2.1) or of JSON (RFC 8259 section 7).
_AFTER_ESCAPE = r"(?<=%[0-9A-Fa-f]{2})|(?<=\\[bfnrt])"
_NO_ESCAPE = r"(?!(?<=%)[0-9A-Fa-f]{2}|(?<=\\)[bfnrt])"
_BEFORE_NAME = rf"(?:(?<![A-Za-z0-9_-]){_NO_ESCAPE}|{_AFTER_ESCAPE})"
_AFTER_NAME = r"(?![A-Za-z0-9_-])"
# So many at most, or a payload of points would take time without end.
_LABELS = r"(?:[A-Za-z0-9_-]{1,63}\.){0,16}"
_IPV4 = (
    rf"(?:(?<![A-Za-z0-9_.])|{_AFTER_ESCAPE})(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}"
    r"(?![A-Za-z0-9_]|\.[0-9])"
)
_IPV6 = (
    rf"(?:(?<![A-Za-z0-9_:.])|{_AFTER_ESCAPE})(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:)"
    r"[0-9A-Fa-f:.]{2,45}(?![A-Za-z0-9_:])"
)
_ENCODED_IPV6 = (
    r"(?:(?<![0-9A-Za-z_%])|(?<=%5[Bb]))(?:[0-9A-Fa-f]{0,4}%3[Aa]){2,7}[0-9A-Fa-f]{0,4}"
    r"(?![0-9A-Za-z_]|%3[Aa])"
)
_IN_URL = (
    r"(?:(?<=://)|(?<=:\\/\\/)|(?<=%3[Aa]%2[Ff]%2[Ff]))"
    rf"{_LABELS}[A-Za-z0-9_-]+(?![A-Za-z0-9_@-])"
)
_ICE_NAME = (
    r"(?:(?<=\bstun:)|(?<=\bturn:)|(?<=\bstuns:)|(?<=\bturns:))"
    rf"(?:[A-Za-z0-9_-]{{1,63}}\.){{1,16}}[A-Za-z0-9-]+{_AFTER_NAME}"
)
_IN_MAIL = rf"(?:(?<=@)|(?<=%40)){_LABELS}[A-Za-z0-9-]+\.[A-Za-z]{{2,}}{_AFTER_NAME}"
_UNASKED = f"{_ENCODED_IPV6}|{_IPV6}|{_IPV4}|{_IN_URL}|{_ICE_NAME}|{_IN_MAIL}"
_SUFFIX = ".invalid"


class Pseudonyms:
    """Gives pseudonyms, and puts them into texts and payloads.

    It has to `learn` all events before it changes the first one: a host may be named in a message
    before it is connected to.
    """

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._holders: dict[str, str] = {}
        self._next_host = count(1).__next__
        self._next_address: dict[tuple[str, int], int] = {}
        self._pattern = re.compile(_UNASKED)

    def __len__(self) -> int:
        return len(self._given)

    def learn(self, event: AnyEvent) -> None:
        """Take note of the hosts that an event names."""
        if isinstance(event, ConnectionOpening):
            self._learn_from(event.url)
        elif isinstance(event, ConnectionReached):
            for address in (event.address, event.local_address):
                self._of(address.partition("%")[0])
            self._learn_from(event.proxy or "")
        elif isinstance(event, ConnectionSecured):
            for name in (event.server_name, *_held(event)):
                self._learn_holder(name)
        elif isinstance(event, WebSocketHandshake):
            for head in (event.request, event.response):
                self._learn_from(head)
                self._learn_fields(head, head.partition("\n")[2])
        elif isinstance(event, ConnectionFailed):
            body = (event.body or b"").decode("latin-1")
            for text in (event.message, event.hint, body):
                self._learn_from(text)
                self._learn_hosts(text)
        else:
            self._learn_call(event)

    def _learn_call(self, event: AnyEvent) -> None:
        """Take note of the hosts that an event of a WebRTC connection names."""
        match event:
            case SignalingDescription():
                self._learn_sdp(event.sdp)
            case SignalingExchange():
                self._learn_from(event.url)
                for head in (event.request, event.response):
                    self._learn_servers(head)
                    self._learn_fields(head, head)
                for body in (event.request_body, event.response_body):
                    self._learn_servers(body)
                    self._learn_sdp(body)
            case IceServersSet():
                for server in event.servers:
                    self._learn_servers(server.url)
            case IceCandidate():
                self._learn_address(event.address)
                self._learn_address(event.related.address if event.related else "")
                self._learn_servers(event.url or "")
            case IceError():
                self._learn_address(event.address)
                for text in (event.url, event.message):
                    self._learn_servers(text)
                    self._learn_hosts(text)
            case IcePair():
                for words in (event.local, event.remote):
                    self._learn_address(_host_of(words.split(" ")[-1]))
            case RelayAllocated() | RelayEnded():
                self._learn_address(_host_of(event.relayed))
                if isinstance(event, RelayAllocated):
                    self._learn_address(_host_of(event.client))
            case RelayRefused():
                self._learn_address(_host_of(event.client))
                self._learn_address(event.peer or "")
            case Statistics():
                for name, value in event.values.items():
                    if isinstance(value, str) and name in _ADDRESS_VALUES:
                        self._learn_address(value)
                    elif isinstance(value, str):
                        self._learn_servers(value)
            case _:
                pass

    def ready(self) -> None:
        """Put what was learnt together; the longest first, so that none hides another."""
        for name, given in list(self._given.items()):
            for other in _other_forms(name):
                self._given.setdefault(other, given)
        names = [name for name in self._given if not _address(name)]
        parts = [re.escape(name) for name in sorted(names, key=len, reverse=True)]
        # Also what is inside of a known domain, as db7.corp.example.
        known = f"{_BEFORE_NAME}{_LABELS}(?:{'|'.join(parts)}){_AFTER_NAME}|" if parts else ""
        self._pattern = re.compile(f"(?i:{known}{_UNASKED})")

    def in_text(self, text: str) -> str:
        """Put pseudonyms into a URL, a head or a sentence."""
        # The sentences about certificates quote whom they name.
        for name, given in self._holders.items():
            text = text.replace(f'"{name}"', f'"{given}"')
        return self._pattern.sub(lambda match: self._of(match[0]), text)

    def of_holder(self, name: str) -> str:
        """Give the pseudonym of whom a certificate names: a host, an address, or anybody else."""
        return self._holders.get(name) or self.in_text(name)

    def in_payload(self, text: str) -> str:
        """Put pseudonyms into a payload, a character a byte, without changing its length."""
        return self._pattern.sub(lambda match: _fitted(self._of(match[0]), match[0]), text)

    def _learn_holder(self, name: str) -> None:
        """Take note of a name in a certificate."""
        host = name.removeprefix("*.")
        if _address(host) is not None or _A_HOST.fullmatch(host):
            self._learn_from(f"http://[{host}]/" if ":" in host else f"http://{host}/")
        elif name and name.lower() not in self._given:
            self._holders.setdefault(name, f"holder {len(self._holders) + 1}")

    def _learn_address(self, name: str) -> None:
        """Take note of what stands where an address does: one, or a name."""
        name = name.partition("%")[0]
        if _address(name) is None and not _A_NAME.fullmatch(name):
            return
        self._learn_from(f"http://[{name}]/" if ":" in name else f"http://{name}/")

    def _learn_servers(self, text: str) -> None:
        """Take note of the hosts of URLs, also of those of STUN and TURN servers."""
        self._learn_from(text)
        for host in _ICE_SERVER.findall(text):
            self._learn_address(host.strip("[]"))

    def _learn_sdp(self, text: str) -> None:
        self._learn_from(text)
        for names in _IN_SDP.findall(text):
            for name in names:
                self._learn_address(name)

    def _learn_fields(self, head: str, fields: str) -> None:
        """Take note of the hosts in the fields of a head."""
        for authority in _HOST_FIELD.findall(head):
            self._learn_from(f"http://{authority}/")
        self._learn_hosts(_OTHER_FIELD.sub("", fields))

    def _learn_hosts(self, text: str) -> None:
        """Take note of what looks like a host without being a URL: in a certificate, in `Via`."""
        for host in _LIKE_A_HOST.findall(text):
            self._learn_from(f"http://{host}/")

    def _learn_from(self, text: str) -> None:
        for url in _URL.findall(text):
            try:
                host = urlsplit(url).hostname
            except ValueError:
                continue  # it names no host
            for name in _with_parents(host or ""):
                self._of(name)

    def _of(self, name: str) -> str:
        key = name.lower()
        if "%3a" in key:
            return self._of(key.replace("%3a", ":")).replace(":", "%3A")
        address = _address(key)
        if address is None and (":" in key or re.fullmatch(_IPV4, key)):
            return name  # a time of day, say, or a version of four numbers
        if address is not None:
            name, key = key, str(address)  # however it is written
        given = self._given.get(key)
        if given is None:
            given = self._given[key] = self._made_up(name, address)
        return given

    def _made_up(self, name: str, address: IPv4Address | IPv6Address | None) -> str:
        if isinstance(address, IPv4Address):
            return self._ipv4(name, loopback=address.is_loopback)
        if isinstance(address, IPv6Address):
            return f"2001:db8::{self._number('', 6):x}"
        base = f"h{self._next_host()}"
        room = len(name.encode()) - len(base)
        if room >= len(_SUFFIX):
            return base + "x" * (room - len(_SUFFIX)) + _SUFFIX
        return base + "x" * max(0, room)

    def _ipv4(self, name: str, *, loopback: bool) -> str:
        first = "127" if loopback else "240" if len(name) >= 9 else "0"
        digits = len(name) - len(first) - 3
        # One to three digits a part, the last ones the longest.
        widths = [(digits + place) // 3 for place in range(3)]
        # 127.0.0.1 is its own pseudonym otherwise.
        number = self._number(first, len(name)) + (1 if loopback else 0)
        parts: list[str] = []
        for width in reversed(widths):
            least, values = {1: (0, 10), 2: (10, 90)}.get(width, (100, 156))
            number, value = divmod(number, values)
            parts.insert(0, str(least + value))
        return ".".join([first, *parts])

    def _number(self, first: str, length: int) -> int:
        number = self._next_address.get((first, length), 0) + 1
        self._next_address[first, length] = number
        return number


def _host_of(where: str) -> str:
    """Give the address of one with its port."""
    return where.rpartition(":")[0].strip("[]")


def _held(event: ConnectionSecured) -> list[str]:
    """List whom the certificates name."""
    return [
        name for each in event.certificates for name in (each.subject, each.issuer, *each.names)
    ]


def _with_parents(host: str) -> list[str]:
    """Give a host and the domains that it is in, which name its owner as well; no top-level one."""
    if not host or _address(host):
        return [host] if host else []
    labels = host.split(".")
    return [host, *(".".join(labels[at:]) for at in range(1, len(labels) - 1))]


def _other_forms(name: str) -> list[str]:
    """Give a name of other letters as it stands in heads and in payloads."""
    if name.isascii():
        return []
    forms = [name.encode("utf-8", "replace").decode("latin-1").lower()]
    with suppress(UnicodeError):  # of a name that cannot be looked up
        forms.append(name.encode("idna").decode("ascii"))
    return forms


def _address(name: str) -> IPv4Address | IPv6Address | None:
    if re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}", name):
        name = ".".join(part.lstrip("0") or "0" for part in name.split("."))
    for kind in (IPv4Address, IPv6Address):
        try:
            return kind(name)
        except AddressValueError:
            continue
    return None


def _fitted(pseudonym: str, original: str) -> str:
    """Keep the length: what is too short or too long becomes as many `x`."""
    return pseudonym if len(pseudonym) == len(original) else "x" * len(original)
