"""Which addresses are on the public internet; all others are somebody's inside, perhaps our own."""

import ipaddress

# All that was ever given out for the public (RFC 4291, IANA): what lies elsewhere is local, reserved or a translation.
_GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
# How a host without IPv4 reaches those that have nothing else (RFC 6052): the last four bytes say whom.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an address, as it was looked up, is a public one, also where it only carries another one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return _is_public_v4(ip)
    carried = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else None)
    if carried is not None:
        return _is_public_v4(carried)
    return ip.is_global and ip in _GIVEN_OUT and (ip.sixtofour is None or _is_public_v4(ip.sixtofour))


def _is_public_v4(ip: ipaddress.IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast
