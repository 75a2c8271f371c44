"""Events as the ledger keeps them: a compact JSON object each; old ones are brought up to date when read."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from trafficlight.domain.event import EVENTS, Event, Unknown

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

UPGRADES: Mapping[tuple[str, int], Upgrade] = {}
"""(type, version) → the step from that version's fields to the next one's."""


class _Head(msgspec.Struct, gc=False):
    type: str
    v: int


_head = msgspec.json.Decoder(_Head)
_encoder = msgspec.json.Encoder(order="deterministic")
_decoders = {event.type: (event.v, msgspec.json.Decoder(event)) for event in EVENTS}


def encode(event: Event) -> bytes:
    """The event as one compact JSON object, `type` and `v` first; the same event gives the same bytes."""
    if isinstance(event, Unknown):
        return event.raw
    try:
        fields = _encoder.encode(event)
    except TypeError:  # keys that are dates (special days): the encoder sorts none but texts
        fields = msgspec.json.encode(msgspec.to_builtins(event, str_keys=True, order="deterministic"))
    head = b'{"type":"%s","v":%d' % (event.type.encode(), event.v)
    return head + (b"}" if fields == b"{}" else b"," + fields[1:])


def decode(raw: bytes, upgrades: Mapping[tuple[str, int], Upgrade] = UPGRADES) -> Event:
    """The event that `encode` wrote, also one written by an older program; `Unknown` for what nobody knows.

    Raises `msgspec.DecodeError` for bytes that are no event at all.
    """
    head = _head.decode(raw)
    version, decoder = _decoders.get(head.type, (None, None))
    if decoder is None or version is None or head.v > version:
        return Unknown(raw=raw)
    if head.v == version:
        return decoder.decode(raw)
    fields = msgspec.json.decode(raw)
    for v in range(head.v, version):
        step = upgrades.get((head.type, v))
        if step is None:
            return Unknown(raw=raw)
        fields = step(fields)
    return msgspec.convert(fields, decoder.type)
