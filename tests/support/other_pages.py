"""What pages of others say of themselves and call this machine: Origins and Hosts to be refused.

`{port}` stands for the port of the server that they are tried on.
"""

HOSTILE_ORIGINS = [
    "null", "http://evil.example", "https://evil.example", "http://127.0.0.1", "https://127.0.0.1",
    "http://localhost", "http://127.0.0.1:1", "http://127.0.0.1:80", "https://127.0.0.1:{port}",
    "ws://127.0.0.1:{port}", "http://127.0.0.2:{port}", "http://0.0.0.0:{port}",
    "http://[::1]:{port}", "http://127.0.0.1:{port}.evil.example", "http://evil.example:{port}",
    "http://127.0.0.1.evil.example:{port}", "http://localhost.evil.example:{port}",
    "http://evil-localhost:{port}", "http://localhost.:{port}", "http://LOCALHOST:{port}",
    "HTTP://127.0.0.1:{port}", "http://127.0.0.1:{port}/", "http://127.0.0.1:{port}/page",
    "http://user@127.0.0.1:{port}", "http://127.0.0.1:{port}@evil.example", "http://127.1:{port}",
    "http://2130706433:{port}", "http://0x7f.0.0.1:{port}", "http://0177.0.0.1:{port}",
    "http://127.0.0.1:0{port}", "http://127.0.0.1 :{port}", "file://", "file:///etc/passwd",
    "chrome-extension://abcdefghijklmnop", "moz-extension://1234", "data:", "about:blank", "*",
    "127.0.0.1:{port}", "http://127.0.0.1:{port} http://evil.example",
]  # fmt: skip

HOSTILE_HOSTS = [
    "", "evil.example", "evil.example:{port}", "127.0.0.1", "localhost", "127.0.0.1:1",
    "127.0.0.1.evil.example:{port}", "localhost.evil.example:{port}", "localhost.:{port}",
    "0.0.0.0:{port}", "127.0.0.2:{port}", "127.1:{port}", "[::1]:{port}", "2130706433:{port}",
    "127.0.0.1:{port}@evil.example", "evil.example#127.0.0.1:{port}", "127.0.0.1:{port}:80",
    "127.0.0.1:0{port}", "127.0.0.1:{port}, evil.example", "*",
]  # fmt: skip

SOCKET = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec_websocket_version": "13",
    "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==",
}
"""Headers, with _ for -, that ask for a WebSocket."""
