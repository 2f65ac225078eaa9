"""Sends datagrams of one kind to a UDP port at a rate, or as fast as it can, and prints how many it sent.

    python flood.py KIND PORT SECONDS [DATAGRAMS A SECOND]
"""

import os
import random
import socket
import struct
import sys
import time

COOKIE = 0x2112A442


def garbage(seed):
    """Noise whose first byte names every protocol in turn (RFC 7983 §7)."""
    return [bytes([first]) + seed.randbytes(seed.randrange(20, 1200)) for first in range(0, 256, 2)]


def stun(seed):
    """Binding requests with user names of nobody's and made-up integrity (RFC 8489 §5)."""
    found = []
    for _ in range(128):
        name = seed.randbytes(6).hex().encode() + b":abcd"
        attribute = struct.pack("!HH", 6, len(name)) + name + bytes(-len(name) % 4)
        attribute += struct.pack("!HH", 8, 20) + seed.randbytes(20)
        found.append(struct.pack("!HHI", 1, len(attribute), COOKIE) + seed.randbytes(12) + attribute)
    return found


def hello(seed):
    """The beginnings of DTLS handshakes: ClientHello records (RFC 6347 §4.2) and their fragments."""
    found = []
    for number in range(128):
        body = seed.randbytes(180)
        header = struct.pack("!B", 1) + len(body).to_bytes(3, "big") + struct.pack("!H", number)
        fragment = header + (0).to_bytes(3, "big") + len(body).to_bytes(3, "big") + body
        found.append(struct.pack("!BHHHIH", 22, 0xFEFD, 0, 0, number, len(fragment)) + fragment)
    return found


def main():
    kind, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    rate = float(sys.argv[4]) if len(sys.argv) > 4 else float("inf")
    datagrams = {"garbage": garbage, "stun": stun, "hello": hello}[kind](random.Random(1))
    # The attacker has a machine of its own; here it must not take the parties' processors.
    os.nice(10)
    sent, start = 0, time.monotonic()
    end = start + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        while time.monotonic() < end:
            if sent > rate * (time.monotonic() - start):
                continue
            for datagram in datagrams:
                try:
                    sender.send(datagram)
                    sent += 1
                except OSError:
                    # The port's owner has gone, or our own queue is full: the next one then.
                    continue
    print(sent)


if __name__ == "__main__":
    main()
