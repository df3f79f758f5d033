"""The process that forks: it has loaded what its children need, and has no thread.

Asked for are children by messages over a socket, each with descriptors: for the child's standard
input and output, its standard error, and a socket on which first its number is told and then its
end. In a child `serve` returns what was asked for. See fork(2), unix(7) and pidfd_open(2).
"""

import array
import os
import selectors
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module

import msgspec
from msgspec import Struct

LONGEST_REQUEST = 64 << 10
"""Bytes; a command line is shorter."""

_MOST_DESCRIPTORS = 4
_SHORT = 32


class Request(Struct, frozen=True, kw_only=True):
    """What a child is to be.

    Attributes:
        module: whose `main` it runs; loaded once, before the first child that is to run it.
        arguments: of its command line.
    """

    module: str
    arguments: tuple[str, ...] = ()


def send_request(line: socket.socket, request: Request, descriptors: Sequence[int]) -> None:
    """Ask for a child: its streams in order, and last the socket on which it is told of."""
    _send(line, msgspec.json.encode(request), descriptors)


def take_begin(status: socket.socket) -> tuple[int, int]:
    """Take what is told of a child: its number, and a descriptor of the process.

    Raises:
        OSError: there is no child.
    """
    told, descriptors = _take(status, _SHORT)
    if not told:
        raise ChildProcessError("the process that forks has ended")
    if not descriptors:
        number = -int(told)
        raise OSError(number, os.strerror(number))
    return int(told), descriptors[0]


def _send(line: socket.socket, data: bytes, descriptors: Sequence[int]) -> None:
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
    line.sendmsg([data], rights)


def _take(line: socket.socket, longest: int) -> tuple[bytes, list[int]]:
    space = socket.CMSG_SPACE(_MOST_DESCRIPTORS * array.array("i").itemsize)
    data, rights, _, _ = line.recvmsg(longest, space)
    descriptors = array.array("i")
    for _, _, each in rights:
        descriptors.frombytes(each)
    return data, list(descriptors)


def serve(line: socket.socket) -> Request | None:
    """Fork for each request; in a child what was asked for, None once nobody asks any more.

    Args:
        line: of the kind SOCK_SEQPACKET, on which requests come.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    _tell_end(*key.data)
                    continue
                received = _receive(line)
                if received is None:
                    return None
                request, descriptors = received
                import_module(request.module)
                try:
                    pid = os.fork()
                except OSError as error:
                    _refuse(descriptors, error)
                    continue
                if not pid:
                    line.close()
                    _give_up_others(selector)
                    _take_streams(descriptors)
                    return request
                handle, status = _tell_begin(pid, descriptors)
                selector.register(handle, selectors.EVENT_READ, (pid, status))


def _tell_begin(pid: int, descriptors: Sequence[int]) -> tuple[int, socket.socket]:
    """Tell of a child, with a descriptor of it: its number is another's once it has ended."""
    *streams, last = descriptors
    for each in streams:
        os.close(each)
    handle, status = os.pidfd_open(pid), socket.socket(fileno=last)
    with suppress(OSError):  # nobody may want to know
        _send(status, b"%d" % pid, [handle])
    return handle, status


def _refuse(descriptors: Sequence[int], error: OSError) -> None:
    """Tell that there is no child, and why."""
    *streams, last = descriptors
    for each in streams:
        os.close(each)
    with socket.socket(fileno=last) as status, suppress(OSError):
        status.sendall(b"-%d" % (error.errno or 0))


def _receive(line: socket.socket) -> tuple[Request, list[int]] | None:
    """Take a request; None where there is nobody who could make one."""
    data, descriptors = _take(line, LONGEST_REQUEST)
    return (msgspec.json.decode(data, type=Request), descriptors) if data else None


def _take_streams(descriptors: list[int]) -> None:
    """Have what was given as this process's streams, and nothing else of it."""
    *streams, status = descriptors
    os.close(status)
    for number, each in enumerate(streams):
        os.dup2(each, number)
    for each in streams:
        os.close(each)


def _give_up_others(selector: selectors.BaseSelector) -> None:
    """Close what a child has of the others, who could else not be told of their ends."""
    for status in list(_others(selector)):
        status.close()


def _others(selector: selectors.BaseSelector) -> Iterator[socket.socket]:
    for key in selector.get_map().values():
        if key.data is not None:
            os.close(key.fd)
            yield key.data[1]


def _tell_end(pid: int, status: socket.socket) -> None:
    _, how = os.waitpid(pid, 0)
    with status, suppress(OSError):  # nobody may want to know
        status.sendall(b"%d" % os.waitstatus_to_exitcode(how))
