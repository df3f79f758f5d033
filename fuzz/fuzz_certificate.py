"""Certificates in DER, as a server shows them before anybody has verified them."""

import contextlib
from base64 import b64decode

from wirescope.transports.certificate import read_certificate

SEEDS = [
    b64decode(
        "MIICMDCCAdagAwIBAgIUcGyQ8VJlA517tt1H34irb0G30Q8wCgYIKoZIzj0EAwIwQDEXMBUGA1UECgwOdHJ1"
        "c3RtZSB2MS4yLjExJTAjBgNVBAsMHFRlc3RpbmcgQ0EgI3FVUTlqZHR1VFI0cU9mc28wIBcNMDAwMTAxMDAw"
        "MDAwWhgPMzAwMDAxMDEwMDAwMDBaMEIxFzAVBgNVBAoMDnRydXN0bWUgdjEuMi4xMScwJQYDVQQLDB5UZXN0"
        "aW5nIGNlcnQgI0FpVW5CcExvTEZ3UVFmYXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATgQP4l9jo+3AgS"
        "6mJsRdasq5DeXjP3kW+cd0bAIJHAZFBEquOjw52c2eRJe1XRo5P+eFPvOuZCnjU1kKjydFK/o4GpMIGmMB0G"
        "A1UdDgQWBBRsUJGVToH+MbKDiKPTm7NHRXmVOzAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFBChWuWLqr4D"
        "h+vrjCmYrZ2GkWzDMBoGA1UdEQEB/wQQMA6CBmEudGVzdIcEfwAAATAOBgNVHQ8BAf8EBAMCBaAwKgYDVR0l"
        "AQH/BCAwHgYIKwYBBQUHAwIGCCsGAQUFBwMBBggrBgEFBQcDAzAKBggqhkjOPQQDAgNIADBFAiAQZwei0cu1"
        "Ows41y2JY9rjVNtEG+ew7PG+jCIJ6YXCUAIhAOK9uJrrCascYmLhj00Vs/jmAzNRxm8Pdl98Arcu2y0R"
    )
]


def check(data: bytes) -> None:
    """Any bytes are a certificate, or a ValueError."""
    with contextlib.suppress(ValueError):
        read_certificate(data)
