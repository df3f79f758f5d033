"""nginx and HAProxy as the distribution has them, with limits of seconds in place of minutes."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SILENCE_S = 5
"""The limit on silence of `nginx/short` and of `haproxy-short`."""

INSTALL = "apt-get install nginx-light haproxy"

_WAIT_S = 10


@dataclass(frozen=True)
class Gateways:
    """Where the gateways listen.

    Attributes:
        nginx: in front of everything, by path: `/websockets/` leads to that server, `/short/` has a
            short limit, `/stripped/` passes no upgrade on, `/down/`, `/silent/`, `/busy`, `/page`.
        nginx_tls: speaks TLS.
        nginx_mutual: speaks TLS and wants a client certificate.
        nginx_http2: speaks HTTP/2 without asking.
        haproxy: one port for each server behind it, by name, and `short`, `none`, `tcp-none`,
            `old-tls`, `mutual`, `strict` (which knows no name but localhost).
    """

    nginx: int
    nginx_tls: int
    nginx_mutual: int
    nginx_http2: int
    haproxy: dict[str, int]

    def path(self, path: str) -> str:
        """Give the address of a path of nginx."""
        return f"ws://127.0.0.1:{self.nginx}{path}"


@contextmanager
def running(
    folder: Path, servers: Mapping[str, str], *, certificate: Path, authority: Path
) -> Iterator[Gateways]:
    """Run both; `servers` are addresses by name, `certificate` has key and chain in one file."""
    for program in ("nginx", "haproxy"):
        if _program(program) is None:
            raise SystemExit(f"{program} is not on this machine: {INSTALL}")
    ports = {name: urlsplit(url).port or 0 for name, url in servers.items()}
    names = [*ports, "short", "none", "tcp-none", "old-tls", "mutual", "strict"]
    taken = _free_ports(len(names) + 5)
    nginx, nginx_tls, nginx_mutual, nginx_http2, closed, *others = taken
    gateways = Gateways(
        nginx, nginx_tls, nginx_mutual, nginx_http2, dict(zip(names, others, strict=True))
    )
    with _silent_port() as silent:
        files = {
            "nginx": _nginx(folder, gateways, ports, certificate, authority, closed, silent),
            "haproxy": _haproxy(gateways, ports, certificate, authority),
        }
        for name, text in files.items():
            (folder / f"{name}.conf").write_text(text, "utf-8")
        (folder / "logs").mkdir()
        with (
            _process("nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), folder=folder),
            _process("haproxy", "-db", "-f", str(folder / "haproxy.conf"), folder=folder),
        ):
            for port in (gateways.nginx, gateways.haproxy["short"]):
                _wait_for(port, folder)
            yield gateways


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextmanager
def _silent_port() -> Iterator[int]:
    """Listen, accept by the kernel alone, and never say anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@contextmanager
def _process(name: str, *arguments: str, folder: Path) -> Iterator[None]:
    program = _program(name)
    assert program is not None
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [program, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port: int, folder: Path) -> None:
    for _ in range(_WAIT_S * 20):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)  # another process cannot be waited for in any other way
        else:
            return
    logs = [path.read_text("utf-8", "replace") for path in folder.glob("*.log")]
    raise SystemExit("a gateway did not start:\n" + "\n".join(logs))


_UPGRADE = """proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";"""


def _nginx(
    folder: Path,
    gateways: Gateways,
    servers: Mapping[str, int],
    certificate: Path,
    authority: Path,
    closed: int,
    silent: int,
) -> str:
    places = {
        f"/{name}/": f"proxy_pass http://127.0.0.1:{port}/; {_UPGRADE} proxy_read_timeout 60s;"
        for name, port in servers.items()
    }
    first = servers["websockets"]
    short = f"proxy_read_timeout {SILENCE_S}s;"
    places |= {
        "/short/": f"proxy_pass http://127.0.0.1:{first}/; {_UPGRADE} {short}",
        "/stripped/": f"proxy_pass http://127.0.0.1:{first}/; proxy_http_version 1.1;",
        "/stripped-aiohttp/": f"proxy_pass http://127.0.0.1:{servers['aiohttp']}/;",
        "/down/": f"proxy_pass http://127.0.0.1:{closed}/; {_UPGRADE}",
        "/silent/": f"proxy_pass http://127.0.0.1:{silent}/; {_UPGRADE} proxy_read_timeout 1s;",
        "= /busy": "add_header Retry-After 30 always; return 429 'too many connections';",
        "= /page": "default_type text/html; return 200 '<h1>Welcome to nginx</h1>';",
        "/secret/": "auth_basic private; auth_basic_user_file /dev/null;",
    }
    locations = "\n".join(f"    location {at} {{ {does} }}" for at, does in places.items())
    tls = f"ssl_certificate {certificate}; ssl_certificate_key {certificate};"
    paths = "\n".join(
        f"  {name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
{paths}
  server {{
    listen 127.0.0.1:{gateways.nginx};
{locations}
  }}
  server {{ listen 127.0.0.1:{gateways.nginx_tls} ssl; {tls} return 404; }}
  server {{
    listen 127.0.0.1:{gateways.nginx_mutual} ssl; {tls}
    ssl_client_certificate {authority}; ssl_verify_client on; return 404;
  }}
  server {{ listen 127.0.0.1:{gateways.nginx_http2} http2; return 404; }}
}}
"""


def _haproxy(
    gateways: Gateways, servers: Mapping[str, int], certificate: Path, authority: Path
) -> str:
    ports = gateways.haproxy
    sections = [
        f"listen {name}\n  bind 127.0.0.1:{ports[name]}\n  server s 127.0.0.1:{port}"
        for name, port in servers.items()
    ]
    old = "ssl-min-ver TLSv1.0 ssl-max-ver TLSv1.1 ciphers ALL:@SECLEVEL=0"
    tls = f"ssl crt {certificate}"
    sections += [
        f"listen short\n  bind 127.0.0.1:{ports['short']}\n  timeout tunnel {SILENCE_S}s\n"
        f"  server s 127.0.0.1:{servers['ws']}",
        f"listen none\n  bind 127.0.0.1:{ports['none']}",
        f"listen tcp-none\n  mode tcp\n  bind 127.0.0.1:{ports['tcp-none']}",
        f"listen old-tls\n  bind 127.0.0.1:{ports['old-tls']} {tls} {old}",
        f"listen mutual\n  bind 127.0.0.1:{ports['mutual']} {tls} ca-file {authority}"
        " verify required",
        f"listen strict\n  bind 127.0.0.1:{ports['strict']} {tls} strict-sni",
    ]
    defaults = "defaults\n  mode http\n  timeout connect 2s\n  timeout client 60s"
    defaults += "\n  timeout server 60s\n  timeout tunnel 60s"
    return "\n".join([defaults, *sections]) + "\n"
