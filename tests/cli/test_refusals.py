"""`wirescope connect` where the opening handshake is answered with another status than 101."""

import pytest

from tests.cli.running import cli, echo, serving

pytestmark = pytest.mark.slow


def test_a_refusal_is_22_and_its_body_comes_out_unless_f():
    def refuse(connection, request):
        return connection.respond(403, "members only\n")

    with serving(echo, process_request=refuse) as url:
        result = cli("connect", url)
        failed = cli("connect", url, "-f")
    assert (result.returncode, result.stdout) == (22, b"members only\n")
    assert "Refused: the server answered 403 Forbidden" in result.stderr
    assert (failed.returncode, failed.stdout) == (22, b"")


def test_the_body_of_a_redirect_that_is_followed_does_not_come_out():
    def redirect(connection, request):
        if request.path == "/there":
            return None
        response = connection.respond(302, "elsewhere\n")
        response.headers["Location"] = "/there"
        return response

    with serving(echo, process_request=redirect) as url:
        result = cli("connect", url, "-L", "-d", "hi", "-n", "1")
    assert (result.returncode, result.stdout) == (0, b"hi\n")


def test_redirects_without_end_are_47():
    def redirect(connection, request):
        response = connection.respond(302, "elsewhere\n")
        response.headers["Location"] = "/again"
        return response

    with serving(echo, process_request=redirect) as url:
        result = cli("connect", url, "-L", "--max-redirects", "2")
    assert result.returncode == 47
    assert "more than 2 redirects" in result.stderr


def test_a_retry_is_announced_before_the_wait_for_it():
    def busy(connection, request):
        response = connection.respond(503, "busy\n")
        response.headers["Retry-After"] = "3600"
        return response

    with serving(echo, process_request=busy) as url:
        result = cli("connect", url, "--retry", "2", "-m", "0.5")
    assert result.returncode == 28
    assert "503 Service Unavailable. Retry 1 of 2 follows in 3,600.0 s." in result.stderr


def test_a_server_that_asks_for_a_day_is_not_waited_for():
    def busy(connection, request):
        response = connection.respond(503, "busy\n")
        response.headers["Retry-After"] = "86400"
        return response

    with serving(echo, process_request=busy) as url:
        result = cli("connect", url, "--retry", "2")
    assert result.returncode == 22
    assert "the server asks for a wait of 24.0 h" in result.stderr
