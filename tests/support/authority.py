"""A certificate authority for tests, and servers' and clients' sides of TLS made with it."""

import ssl
from datetime import datetime
from pathlib import Path

import trustme


class Authority:
    """Issues certificates that are trusted by who is given `ca_file`."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self._folder = folder
        self.ca_file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def server(
        self, *names: str, not_after: datetime | None = None, asks_for_client: bool = False
    ) -> ssl.SSLContext:
        """Make a server's context with a certificate for these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["h2", "http/1.1"])
        issued = self.issue(*names, not_after=not_after)
        issued.configure_cert(context)
        if asks_for_client:
            self._ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def issue(self, *names: str, not_after: datetime | None = None) -> trustme.LeafCert:
        """Issue a certificate for these names."""
        not_before = datetime(2000, 1, 1) if not_after else None  # noqa: DTZ001
        return self._ca.issue_cert(*names, not_before=not_before, not_after=not_after)

    def server_files(self, *names: str, not_after: datetime | None = None) -> tuple[Path, Path]:
        """Write a server's certificate and its key."""
        issued = self.issue(*names, not_after=not_after)
        certificate, key = self._folder / "server.pem", self._folder / "server.key"
        certificate.write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
        key.write_bytes(issued.private_key_pem.bytes())
        return certificate, key

    def intermediate(self) -> trustme.CA:
        """Make an authority that this one vouches for."""
        return self._ca.create_child_ca()

    def client_files(self, name: str) -> tuple[Path, Path]:
        """Write a client's certificate and its key."""
        issued = self._ca.issue_cert(name)
        certificate, key = self._folder / "client.pem", self._folder / "client.key"
        issued.cert_chain_pems[0].write_to_path(str(certificate))
        issued.private_key_pem.write_to_path(str(key))
        return certificate, key
