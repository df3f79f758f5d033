"""Security schemes of AsyncAPI as credentials with variables: the document names no values."""

from wirescope.workbench.exchange.handshake import Asked
from wirescope.workbench.exchange.references import References
from wirescope.workbench.exchange.templates import fit_name
from wirescope.workbench.exchange.tree import Tree
from wirescope.workbench.workspace import Auth, Cookie, Header, Parameter


class Credentials:
    """Puts the first scheme that is understood into an endpoint.

    Args:
        root: the whole document.
        references: what follows `$ref`.

    Attributes:
        secrets: names of the variables that were used.
    """

    def __init__(self, root: Tree, references: References) -> None:
        self._schemes = root.mapping("components").mapping("securitySchemes")
        self._references = references
        self.secrets: dict[str, None] = {}

    def apply(self, protected: list[Tree], asked: Asked) -> None:
        """Add what the servers and operations demand."""
        for each in protected:
            for scheme in self._schemes_of(each):
                if self._scheme(scheme, asked):
                    return

    def _schemes_of(self, protected: Tree) -> list[Tree]:
        found = []
        for each in protected.items("security"):
            if isinstance(each.value, dict) and "$ref" not in each.value and "type" not in each:
                # Version 2 names them: {scheme: [scopes]}.
                found += [self._references.follow(self._schemes.get(name)) for name in each.value]
            else:
                found.append(self._references.follow(each))
        return found

    def _scheme(self, scheme: Tree, asked: Asked) -> bool:
        kind = scheme.text("type")
        way = scheme.text("scheme").lower()
        if kind in ("oauth2", "openIdConnect") or (kind == "http" and way == "bearer"):
            asked.auth = Auth(kind="bearer", token=self._secret("token"))
        elif kind == "userPassword" or (kind == "http" and way in ("basic", "digest")):
            asked.auth = Auth(
                kind="digest" if way == "digest" else "basic",
                user=self._secret("user"),
                password=self._secret("password"),
            )
        elif kind == "httpApiKey" and scheme.text("name"):
            self._api_key(scheme.text("in"), scheme.text("name"), asked)
        else:
            scheme.tell(f"The security scheme {kind or 'without a type'} has no counterpart here.")
            return False
        return True

    def _api_key(self, where: str, name: str, asked: Asked) -> None:
        value = self._secret(fit_name(name.lower().replace("-", "_")))
        if where == "query":
            asked.query.append(Parameter(name=name, value=value))
        elif where == "cookie":
            cookie = Cookie(name=name, value=value)
            asked.headers.append(Header(name="Cookie", value=f"{cookie.name}={cookie.value}"))
        else:
            asked.headers.append(Header(name=name, value=value))

    def _secret(self, name: str) -> str:
        self.secrets[name] = None
        return f"{{{{{name}}}}}"
