"""The bytes on the socket."""

from __future__ import annotations

import pytest

from ipclab.database import protocol


def test_messages_are_taken_as_they_become_complete() -> None:
    stream = protocol.message(protocol.GET, b"key") + protocol.message(protocol.STATS)
    received = bytearray()
    taken = []
    for number in range(len(stream)):
        received += stream[number : number + 1]
        taken.append(protocol.take(received))
    assert [each for each in taken if each] == [(protocol.GET, b"key"), (protocol.STATS, b"")]
    assert taken[7] == (protocol.GET, b"key") and not received


@pytest.mark.parametrize("length", [0, protocol.LONGEST + 1, 2**32 - 1])
def test_a_length_out_of_bounds_is_malformed(length: int) -> None:
    with pytest.raises(protocol.Malformed, match="are allowed"):
        protocol.take(bytearray(protocol.LENGTH.pack(length) + b"G"))


def test_the_longest_message_passes_and_one_byte_more_does_not() -> None:
    body = bytes(protocol.LONGEST - 1)
    assert protocol.take(bytearray(protocol.message(protocol.VALUE, body))) == (
        protocol.VALUE,
        body,
    )
    with pytest.raises(ValueError, match="too long"):
        protocol.message(protocol.VALUE, body + b"x")


@pytest.mark.parametrize("key", [b"", b"k", b"\0" * 300])
@pytest.mark.parametrize("value", [b"", b"v", bytes(range(256))])
def test_a_set_carries_key_and_value(key: bytes, value: bytes) -> None:
    assert protocol.key_and_value(protocol.set_body(key, value)) == (key, value)


@pytest.mark.parametrize("body", [b"", b"\0\0\0", b"\x02\0\0\0k", b"\xff\xff\xff\xffk"])
def test_a_set_whose_key_is_not_all_there_is_malformed(body: bytes) -> None:
    with pytest.raises(protocol.Malformed):
        protocol.key_and_value(body)
