"""The decoders that a command works with: Wirescope's own, those of packages, and one by its place.

Whatever is not Wirescope's own runs in a process of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from wirescope.decoders import (
    ProtobufDecoder,
    Registry,
    decoders_of_packages,
    standard_decoders,
)
from wirescope.errors import DecoderStoppedError, UsageError, WirescopeError
from wirescope.workbench.isolation import IsolatedDecoder

AUTO = "auto"
PROTOBUF = "protobuf:"

_LARGEST_DESCRIPTORS = 64 << 20


@contextmanager
def open_decoders(
    wanted: str = AUTO, *, report: Callable[[str], None] = lambda words: None
) -> Iterator[tuple[Registry, str | None]]:
    """Give the decoders, and the name of the one that is wanted; None where each is chosen.

    Args:
        wanted: `auto`, a name, `package.module:name` or `file.py:name` of somebody's own, or
            `protobuf:FILE:MESSAGE` with a descriptor set.
        report: is told of a package whose decoder cannot be used.

    Raises:
        UsageError: there is no such decoder.
    """
    registry = standard_decoders()
    with ExitStack() as stack:
        for name, where in decoders_of_packages():
            try:
                _add(registry, stack, where)
            except (UsageError, DecoderStoppedError) as error:
                report(f"The decoder {name} of a package cannot be used: {error.message}")
        yield registry, _name_of(wanted, registry, stack)


def _name_of(wanted: str, registry: Registry, stack: ExitStack) -> str | None:
    if wanted == AUTO:
        return None
    if ":" not in wanted or wanted in registry:
        return registry[wanted].name
    if wanted.startswith(PROTOBUF):
        decoder = protobuf_decoder(wanted)
        registry.register(decoder)
        return decoder.name
    try:
        return _add(registry, stack, wanted)
    except DecoderStoppedError as error:
        raise UsageError(error.message) from None


def _add(registry: Registry, stack: ExitStack, where: str) -> str:
    decoder = stack.enter_context(IsolatedDecoder(where))
    registry.register(decoder)
    return decoder.name


def protobuf_decoder(wanted: str, *, root: Path = Path()) -> ProtobufDecoder:
    """Make the decoder that `protobuf:FILE:MESSAGE` asks for; FILE is looked for in `root`.

    Raises:
        UsageError: the file is no descriptor set, or has no such message.
    """
    path, _, message = wanted.removeprefix(PROTOBUF).rpartition(":")
    try:
        descriptor_set = _read(root / path)
    except (OSError, ValueError) as error:  # ValueError: no path has zero bytes
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"The descriptor set {path!r} cannot be read: {reason}.",
            hint="Write protobuf:FILE:MESSAGE; protoc --descriptor_set_out makes the file.",
        ) from None
    try:
        return ProtobufDecoder(descriptor_set, message)
    except UsageError:
        raise
    except WirescopeError as error:
        raise UsageError(error.message, hint=error.hint) from None


def _read(path: Path) -> bytes:
    size = path.stat().st_size
    if not path.is_file():  # a pipe or a device might never end
        raise ValueError("it is not a file")
    if size > _LARGEST_DESCRIPTORS:
        raise ValueError(f"it has more than {_LARGEST_DESCRIPTORS >> 20} MiB")
    return path.read_bytes()
