"""Parts that several tests of the command line share."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme


@dataclass
class TLS:
    server: ssl.SSLContext
    authority: Path
    certificate: Path
    key: Path


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> TLS:
    """A server's certificate for 127.0.0.1 and the authority that signed it."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(folder / "cert.pem", append=number > 0)
    return TLS(context, folder / "authority.pem", folder / "cert.pem", folder / "key.pem")
