"""A host of a network: its namespace, with devices, addresses and routes."""

from collections.abc import Sequence

from wirescope.transports.link import devices, namespaces
from wirescope.transports.link.layout import Device, Host, address_6_of, address_of
from wirescope.transports.link.ports import Port, tun_port
from wirescope.transports.link.veth import lay_cable


class HostNamespace:
    """A host's namespace, made and furnished; the calling process is in it afterwards.

    Args:
        host: what it is to have.
        mtus: bytes of the longest packet, by the number of the link.
        link: holds the link's own namespace, which cables lead to; None for TUN devices.

    Attributes:
        descriptor: holds the namespace.
        has_6: whether it has IPv6.
        ports: its devices from the link's side, by the number of the link.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, host: Host, mtus: Sequence[int], *, link: int | None) -> None:
        self.descriptor = namespaces.make_namespace()
        self.has_6 = devices.prepare_host()
        self.has_6 &= min(mtus) >= devices.LEAST_MTU_6
        self.ports: dict[int, Port] = {}
        self._names = {device.link: device.name for device in host.devices}
        self._counts = devices.open_device_counts()
        for device in host.devices:
            self.ports[device.link] = self._open(host, device, mtus[device.link], link)
            address = host.address if device is host.devices[0] else None
            devices.bring_up(
                device.name,
                mtu=mtus[device.link],
                address=address,
                multicast=not host.forwards,
            )
        if host.forwards:
            devices.forward()
        if self.has_6:
            devices.add_address_6(host.devices[0].name, host.address_6)
        for device in host.devices:
            self._lead(device.name, device.routes)

    def _open(self, host: Host, device: Device, mtu: int, link: int | None) -> Port:
        if link is None:
            return tun_port(devices.open_tun(device.name), longest=mtu)
        behind = f"{device.name}-{host.number}"
        return lay_cable(device.name, behind, host=self.descriptor, link=link, longest=mtu)

    def _lead(self, device: str, routes: Sequence[int | None]) -> None:
        for to in routes:
            devices.add_route(device, None if to is None else address_of(to))
            if self.has_6:
                devices.add_route_6(device, None if to is None else address_6_of(to))

    def missed(self, link: int) -> int:
        """Say how many packets for a link were dropped before it could have them."""
        return devices.count_dropped(self._counts, self._names[link])[1] + self.ports[link].missed()

    def refused(self, link: int) -> int:
        """Say how many packets of a link the host's kernel dropped."""
        return devices.count_dropped(self._counts, self._names[link])[0]
