"""Secrets of a foreign file become `{{variables}}`, so that none comes into a workspace's files.

Known by their place: credentials, cookies, passwords of proxies and keys. Known by name: headers,
parameters, variables and fields of JSON that are called token, password, API key and the like, also
in JSON within a text of JSON; subprotocols behind or within one that is called so, since a page has
no other header for them. Known by shape: JSON Web Tokens (RFC 7519), and what follows `Bearer`. A
value that was found anywhere is replaced everywhere else, names included. What a tool has as a
variable already stays one.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import replace as replaced
from itertools import islice

from msgspec.structs import replace

from wirescope.workbench.exchange.joining import renamed
from wirescope.workbench.exchange.model import Imported, Note
from wirescope.workbench.exchange.reading import Notes
from wirescope.workbench.exchange.secret_shapes import (
    ANNOUNCED,
    BEARER,
    ESCAPED_FIELD,
    FIELD,
    JWT,
    PARAMETER,
    SCHEME,
    TOKEN,
    USER,
    is_followed_by_secret,
    is_no_word,
    is_secret_name,
    is_secret_parameter,
)
from wirescope.workbench.exchange.templates import VARIABLE, between_variables, fit_name
from wirescope.workbench.workspace import (
    Auth,
    Endpoint,
    Environment,
    Header,
    Parameter,
    SavedMessage,
)

_SHORTEST_ANYWHERE = 8
"""A shorter value may well stand elsewhere by chance."""

_MOST_ANYWHERE = 200
"""So many values are looked for everywhere."""

ENVIRONMENT = "imported"
"""The environment that names the secrets of a file that has no environment of its own."""


def hide_secrets(imported: Imported, *, taken: Collection[str] = ()) -> Imported:
    """Replace the secrets by variables, and say for each what it is called now.

    Args:
        imported: what was read; it stays as it is.
        taken: names that stand for something else in the workspace.
    """
    names = {*taken}
    for environment in imported.environments.values():
        names |= {*environment.variables, *environment.secrets}
    safe = _Safe(names)
    environments = {
        name: safe.environment(name, each) for name, each in imported.environments.items()
    }
    endpoints = {name: safe.endpoint(name, each) for name, each in imported.endpoints.items()}
    messages = {name: safe.message(name, each) for name, each in imported.messages.items()}
    endpoints = {name: safe.scrub_endpoint(name, each) for name, each in endpoints.items()}
    messages = {name: safe.scrub_message(name, each) for name, each in messages.items()}
    environments = {name: safe.scrub_environment(name, each) for name, each in environments.items()}
    if safe.used:
        environments = environments or {ENVIRONMENT: Environment()}
        environments = {name: safe.declare(each) for name, each in environments.items()}
    notes = [Note(safe.scrub(note.place), safe.scrub(note.text)) for note in imported.notes]
    hidden = replaced(
        imported,
        endpoints=endpoints,
        messages=messages,
        environments=environments,
        secrets=safe.values,
        notes=notes + safe.notes.all(),
    )
    called = (*endpoints, *messages)
    return hidden if all(safe.name(name) == name for name in called) else renamed(hidden, safe.name)


class _Safe:
    """Gives each secret a name, and remembers where it was."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._name_of: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.values: dict[str, str] = {}
        self.used: dict[str, None] = {}
        self.notes = Notes()

    def put(self, value: str, name: str, place: str) -> str:
        """Give what stands for a value; the value itself where it is none or a variable.

        Of a value with variables in it, the long parts between them are replaced.
        """
        if not value.strip():
            return value
        if VARIABLE.search(value):
            return between_variables(value, lambda part: self._long(part, name, place))
        known = self._name_of.get(value)
        if known is None:
            known = self._new(value, fit_name(name.lower().replace("-", "_")) or "secret")
        self.used[known] = None
        self.notes.tell(place, f"The secret became {{{{{known}}}}}.")
        return f"{{{{{known}}}}}"

    def _long(self, part: str, name: str, place: str) -> str:
        return self.put(part, name, place) if len(part) >= _SHORTEST_ANYWHERE else part

    def _new(self, value: str, wanted: str) -> str:
        name, number = wanted, self._numbers.get(wanted, 1)
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._numbers[wanted] = number
        self._taken.add(name)
        self._name_of[value] = name
        self.values[name] = value
        return name

    def environment(self, name: str, environment: Environment) -> Environment:
        """Move variables that are secrets by name; they keep it."""
        variables, secrets = {}, list(environment.secrets)
        for key, value in environment.variables.items():
            if not value.strip() or VARIABLE.search(value) or not self._is_secret(key, value):
                variables[key] = self._url(value, f"environment {name}, variable {key}")
                continue
            if self.values.setdefault(key, value) != value:
                text = f"{key} has another value than in the one before."
                self.notes.tell(f"environment {name}", text)
            self._name_of.setdefault(value, key)
            secrets.append(key)
            self.notes.tell(f"environment {name}", f"{key} became a secret.")
        return replace(environment, variables=variables, secrets=tuple(secrets))

    def _is_secret(self, key: str, value: str) -> bool:
        return is_secret_name(key) or bool(JWT.fullmatch(value.strip()))

    def endpoint(self, name: str, endpoint: Endpoint) -> Endpoint:
        """Replace what is a secret by its place or its name."""
        auth, tls, network = endpoint.auth, endpoint.tls, endpoint.network
        put = self.put
        place = f"endpoint {name}"
        cookies = (
            replace(each, value=put(each.value, each.name, f"{place}, cookie {each.name}"))
            for each in endpoint.cookies
        )
        password, proxy = tls.key_password, network.proxy
        if password is not None:
            password = put(password, "key_password", f"{place}, key password")
        if proxy is not None:
            proxy = self._user(proxy, "proxy_password", f"{place}, proxy")
        return replace(
            endpoint,
            url=self._url(endpoint.url, place),
            query=tuple(self._parameter(each, place) for each in endpoint.query),
            headers=tuple(self._header(each, place) for each in endpoint.headers),
            cookies=tuple(cookies),
            subprotocols=self._subprotocols(endpoint.subprotocols, f"{place}, subprotocol"),
            auth=replace(
                auth,
                user=self._sole(auth, f"{place}, user"),
                password=put(auth.password, "password", f"{place}, password"),
                token=put(auth.token, "token", f"{place}, token"),
            ),
            tls=replace(tls, key_password=password),
            network=replace(network, proxy=proxy),
        )

    def _sole(self, auth: Auth, place: str) -> str:
        """Give the user; without a password it may be a key of an API in its place."""
        is_key = auth.kind == "basic" and not auth.password and is_no_word(auth.user)
        return self.put(auth.user, "user", place) if is_key else auth.user

    def _parameter(self, parameter: Parameter, place: str) -> Parameter:
        name, value = parameter.name, parameter.value
        if value is None or not is_secret_parameter(name):
            return parameter
        return replace(parameter, value=self.put(value, name, f"{place}, parameter {name}"))

    def _header(self, header: Header, place: str) -> Header:
        name, value = header.name, header.value
        if value is None or not is_secret_name(name):
            return header
        place = f"{place}, header {name}"
        match = SCHEME.fullmatch(value) if name.lower().endswith("authorization") else None
        if match is not None:
            return replace(header, value=match[1] + self.put(match[2], name, place))
        return replace(header, value=self.put(value, name, place))

    def _subprotocols(self, names: tuple[str, ...], place: str) -> tuple[str, ...]:
        made: list[str] = []
        before = ""
        for name in names:
            head, dot, tail = name.rpartition(".")
            if JWT.search(name):
                made.append(name)  # which is replaced as a whole
            elif ANNOUNCED.search(head) and TOKEN.fullmatch(tail):
                made.append(f"{head}{dot}{self.put(tail, 'token', place)}")
            elif is_followed_by_secret(before) and is_no_word(name):
                made.append(self.put(name, "token", place))
            else:
                made.append(name)
            before = name
        return tuple(made)

    def _url(self, url: str, place: str) -> str:
        def one(match: re.Match[str]) -> str:
            mark, name, value = match.groups()
            if not is_secret_parameter(name):
                return match[0]
            return f"{mark}{name}={self.put(value, name, f'{place}, parameter {name}')}"

        return PARAMETER.sub(one, self._user(url, "password", place))

    def _user(self, url: str, name: str, place: str) -> str:
        return USER.sub(lambda match: match[1] + self.put(match[2], name, place), url)

    def message(self, name: str, message: SavedMessage) -> SavedMessage:
        """Replace fields of JSON that are secrets by name."""
        if message.kind not in ("text", "json"):
            return message
        place = f"message {name}"

        def one(match: re.Match[str]) -> str:
            before, field, value = match.groups()
            return before + (self.put(value, field, place) if is_secret_name(field) else value)

        body = FIELD.sub(one, message.body)
        return replace(message, body=ESCAPED_FIELD.sub(one, body) if '\\"' in body else body)

    def scrub(self, text: str, place: str = "") -> str:
        """Replace what is a secret by its shape, and values that are known by now."""
        if "eyJ" in text:
            text = JWT.sub(lambda match: self.put(match[0], "token", place), text)

        def one(match: re.Match[str]) -> str:
            # "Bearer authentication" is a sentence.
            is_token = is_no_word(match[2])
            return match[1] + (self.put(match[2], "token", place) if is_token else match[2])

        text = BEARER.sub(one, text)
        for value, name in islice(self._name_of.items(), _MOST_ANYWHERE):
            if len(value) >= _SHORTEST_ANYWHERE and value in text:
                self.used[name] = None
                text = text.replace(value, f"{{{{{name}}}}}")
        return text

    def scrub_endpoint(self, name: str, endpoint: Endpoint) -> Endpoint:
        """Look through the texts of an endpoint once more."""
        scrub = self._scrubbing(f"endpoint {name}")
        return replace(
            endpoint,
            url=scrub(endpoint.url),
            description=scrub(endpoint.description),
            query=tuple(
                each if each.value is None else replace(each, value=scrub(each.value))
                for each in endpoint.query
            ),
            headers=tuple(
                each if each.value is None else replace(each, value=scrub(each.value))
                for each in endpoint.headers
            ),
            subprotocols=tuple(map(scrub, endpoint.subprotocols)),
        )

    def scrub_message(self, name: str, message: SavedMessage) -> SavedMessage:
        """Look through the texts of a message once more."""
        if message.kind not in ("text", "json"):
            return message
        scrub = self._scrubbing(f"message {name}")
        return replace(message, body=scrub(message.body), description=scrub(message.description))

    def scrub_environment(self, name: str, environment: Environment) -> Environment:
        """Look through the values of an environment once more."""
        scrub = self._scrubbing(f"environment {name}")
        variables = {key: scrub(value) for key, value in environment.variables.items()}
        return replace(environment, variables=variables)

    def name(self, name: str) -> str:
        """Give a name without the values that are known by now."""
        for value, secret in islice(self._name_of.items(), _MOST_ANYWHERE):
            if len(value) >= _SHORTEST_ANYWHERE and value in name:
                name = name.replace(value, secret)
        return name

    def _scrubbing(self, place: str) -> Callable[[str], str]:
        return lambda text: self.scrub(text, place)

    def declare(self, environment: Environment) -> Environment:
        """Name the secrets that are used in an environment."""
        known = {*environment.secrets, *environment.variables}
        further = tuple(name for name in self.used if name not in known)
        return replace(environment, secrets=(*environment.secrets, *further))
