"""The faulty TURN server: right without a fault, and wrong in the way that it is told to."""

import pytest

from tests.support import faulty_turn
from tests.support.local_coturn import PASSWORD, USER
from wirescope.errors import ConnectError, PacketError, StunRefusedError
from wirescope.transports.turn import Timers, TurnOptions, open_client, parse_server_url
from wirescope.wire.turn import Credentials

OPTIONS = TurnOptions(credentials=Credentials(USER, PASSWORD), timers=Timers(deadline_s=1))


def client_of(server):
    url, _ = parse_server_url(f"turn:127.0.0.1:{server.port}")
    return open_client(url, "udp", options=OPTIONS)


async def test_without_a_fault_it_grants_everything():
    async with faulty_turn.faulty_turn() as server, client_of(server) as client:
        bound = await client.binding()
        assert bound.mapped == client.flow.local
        allocation = await client.allocate()
        assert allocation.relayed == server.relayed
        await allocation.permit(("127.0.0.1", 9))
        await allocation.bind_channel(("127.0.0.1", 9))
        assert await allocation.refresh() == 600


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (faulty_turn.refuses(437), 437),
        (faulty_turn.names_no_realm, 401),
        (faulty_turn.finds_every_nonce_stale, 438),
    ],
)
async def test_it_refuses_as_it_is_told_to(fault, code):
    async with faulty_turn.faulty_turn(fault) as server, client_of(server) as client:
        with pytest.raises(StunRefusedError) as caught:
            await client.allocate()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faulty_turn.signs_with_another_password, "not-trusted"),
        (faulty_turn.breaks_its_errors_and_signs_them_wrongly, "not-trusted"),
        (faulty_turn.loses_its_password_algorithms, "not-trusted"),
        (faulty_turn.knows_no_password_algorithm, "not-trusted"),
        (faulty_turn.knows_only_stun, "timeout"),
    ],
)
async def test_what_does_not_count_is_no_answer(fault, kind):
    async with faulty_turn.faulty_turn(fault) as server, client_of(server) as client:
        await client.binding()
        with pytest.raises(ConnectError) as caught:
            await client.allocate()
    assert caught.value.kind == kind


@pytest.mark.each_loop
async def test_an_error_that_breaks_its_form_is_told_as_that():
    fault = faulty_turn.breaks_its_errors
    async with faulty_turn.faulty_turn(fault) as server, client_of(server) as client:
        with pytest.raises(PacketError):
            await client.allocate()
        assert len(client.exchanges) == 2


async def test_a_nonce_that_is_stale_once_is_renewed():
    fault = faulty_turn.finds_a_nonce_stale_once
    async with faulty_turn.faulty_turn(fault) as server, client_of(server) as client:
        await client.allocate()
        codes = [each.error.code if each.error else 0 for each in client.exchanges]
    assert codes == [401, 438, 0]


async def test_an_answer_from_another_port_is_not_taken():
    async with faulty_turn.faulty_turn(elsewhere=True) as server, client_of(server) as client:
        with pytest.raises(ConnectError) as caught:
            await client.binding()
    assert caught.value.kind == "timeout"
