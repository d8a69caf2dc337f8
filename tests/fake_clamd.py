"""A scanner that speaks the protocol of ClamAV's daemon and knows one virus."""

import socketserver
import struct
import threading
from typing import Any

from tests.hostile_files import EICAR


class _Talk(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self.server.heard.append(self.rfile.read(len(b"zINSTREAM\0")))
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.scanned.append(content)
        if self.server.answers is not None:
            said = self.server.answers
        else:
            said = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0"
        self.wfile.write(said)


class Clamd:
    """`with Clamd() as daemon:` listens at `daemon.address`; `answers` is said instead of the truth."""

    def __init__(self, path: str = "") -> None:
        kind: Any = socketserver.ThreadingUnixStreamServer if path else socketserver.ThreadingTCPServer
        self.server: Any = kind(path or ("127.0.0.1", 0), _Talk)
        self.server.daemon_threads = True
        self.server.heard, self.server.scanned, self.server.answers = [], [], None
        self.address = f"unix://{path}" if path else f"tcp://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "Clamd":
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()
