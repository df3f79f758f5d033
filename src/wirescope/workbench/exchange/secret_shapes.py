"""What a secret looks like: names of what holds one, and shapes of what is one."""

import re

_SECRET_NAME = re.compile(
    r"(?i:(?:.*[_.\s-])?(?:token|jwt|secret|password|passwd|passphrase|pwd|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|auth|authorization|signature|sig|ticket|session(?:[_-]?id)?|sid|cookie"
    r"|credentials?))|.*[a-z](?:Token|Secret|Password|ApiKey|Jwt)"
)

# A field of JSON that is a text: what stands before its value, its name, its value.
FIELD = re.compile(r'("((?:[^"\\]|\\.){1,100})"\s{0,9}:\s{0,9}")((?:[^"\\]|\\.)+)(?=")')
ESCAPED_FIELD = re.compile(r'(\\"([^"\\]{1,100})\\"\s{0,9}:\s{0,9}\\")([^"\\]+)(?=\\")')
# RFC 7519. Behind a hyphen it may begin at many places of a long text; there its length is bounded.
JWT = re.compile(r"(?:(?<![\w-])eyJ[\w-]{8,}|(?<=-)eyJ[\w-]{8,1000})\.[\w-]{8,}\.[\w-]*", re.ASCII)
BEARER = re.compile(r"(?i)(\bbearer\s+)([\w.~+/-]{8,}=*)")
SCHEME = re.compile(r"([A-Za-z][\w-]*\s+)(\S.*)", re.DOTALL)
PARAMETER = re.compile(r"([?&;#])([^=&;#?]+)=([^&;#]+)")
ANNOUNCED = re.compile(r"(?i)\b(?:[\w-]*key|[\w-]*token|bearer|auth|authorization)\b")
TOKEN = re.compile(r"[\w~+=-]{16,}")
USER = re.compile(r"(?i)^([a-z][a-z0-9+.-]*://[^:/?#@]*:)([^/?#@]+)(?=@)")

_LONGEST_WORD = 24


def is_secret_name(name: str) -> bool:
    """Say whether what is called so is usually a secret.

    >>> is_secret_name("X-Api-Key"), is_secret_name("accessToken"), is_secret_name("author")
    (True, True, False)
    """
    return bool(_SECRET_NAME.fullmatch(name))


def is_secret_parameter(name: str) -> bool:
    """Say the same of a parameter of a URL, of which `key` is one of an API."""
    return name.lower() == "key" or is_secret_name(name)


def is_no_word(text: str) -> bool:
    """Say whether a text is too long for a word, or has a digit.

    >>> is_no_word("authentication"), is_no_word("k3yk3yk3")
    (False, True)
    """
    return len(text) >= _LONGEST_WORD or any(map(str.isdigit, text))


def is_followed_by_secret(subprotocol: str) -> bool:
    """Say whether a subprotocol is there to announce that the next one is no name but a secret."""
    return subprotocol.lower() == "bearer" or is_secret_name(subprotocol)
