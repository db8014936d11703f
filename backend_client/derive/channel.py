"""Names of Asterisk channels: "SIP/201-0000001a" is one call of the endpoint "SIP/201"."""

from __future__ import annotations

import re

_SUFFIX = re.compile(r"-[0-9a-fA-F]+(?:;[0-9]+)?(?:<[A-Z]+>)?$")
"""What tells one call of an endpoint from another; "<ZOMBIE>" and the like are states."""

_NUMBER_BEHIND = re.compile(
    r"(?P<technology>\w+)/(?:(?P<before>\+?\d+)@(?P<peer>[^/,&|]+)|(?P<trunk>[^/@,&|]+)/(?P<after>\+?\d+))(?=[/,&|]|$)"
)
"""A number that Dial sends through an endpoint: "PJSIP/0501112233@trunk", "IAX2/trunk/0501112233"."""


def is_channel(name: str) -> bool:
    """Whether a source that names channels wrote this ("NOT_AVAILABLE" and blanks are none)."""
    return "/" in name


def is_local(name: str) -> bool:
    """A half of a Local channel: dialplan talking to itself, nobody's phone."""
    return name.startswith("Local/")


def endpoint_of(channel: str) -> str:
    """The endpoint with its technology ("SIP/provider"); blank for what is no channel."""
    if "/" not in channel:
        return ""
    endpoint = _SUFFIX.sub("", channel)
    technology, _, rest = endpoint.partition("/")
    if technology == "PJSIP" and "/sip:" in rest:
        # A dialled contact stands behind the endpoint: PJSIP/201/sip:201@10.0.0.7:5060.
        rest = rest.partition("/")[0]
        endpoint = f"{technology}/{rest}"
    if technology in {"DAHDI", "Zap"}:
        # DAHDI/i1/0501234567: the span is the trunk, the rest what was dialled.
        endpoint = f"{technology}/{rest.partition('/')[0]}"
    return endpoint


def name_of(endpoint: str) -> str:
    """The endpoint without its technology: "201", "alice", "provider"."""
    return endpoint.partition("/")[2]


def dialled_endpoints(appdata: str) -> list[str]:
    """Endpoints in the arguments of Dial: "SIP/bob&IAX2/bob,20,Tt" gives both, "IAX2/trunk/0501112233" the trunk."""
    targets = appdata.partition(",")[0].partition("|")[0]
    found = []
    for target in targets.split("&"):
        technology, slash, rest = target.partition("/")
        if slash and technology not in {"Local", ""}:
            found.append(f"{technology}/{rest.partition('/')[0].rpartition('@')[2]}")
    return found


def number_through(endpoint: str, appdata: str) -> str:
    """The number that the arguments of Dial send through an endpoint; blank where they call the endpoint itself."""
    for target in _NUMBER_BEHIND.finditer(appdata):
        if f"{target['technology']}/{target['peer'] or target['trunk']}" == endpoint:
            return target["before"] or target["after"]
    return ""
