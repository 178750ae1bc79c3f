"""A link between a run and a server that a test may cut, hold up and slow down."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

_SOCKET = ".s.PGSQL.5432"
_CHUNK = 4096


@dataclass(frozen=True)
class Fault:
    """Something that happens once on the way.

    Args:
        do: What happens; the link's own thread waits for it.
        up: True on the way to the server, False on the way back.
        after_bytes: Once so many bytes have passed since it was set.
        with_text: Only at a piece that holds this, which is then kept back; else half of it passes.
        at_answer: The piece is passed on; the server's answer is not, and the session is cut.
    """

    do: Callable[[], None]
    up: bool = True
    after_bytes: int = 0
    with_text: bytes = b""
    at_answer: bool = False


@dataclass
class _Pair:
    client: socket.socket
    server: socket.socket
    at_answer: Fault | None = None

    def close(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@dataclass
class Link:
    """Passes on what comes to a socket of its own. Use it in a `with` block.

    Args:
        folder: For its socket; a run connects to this as its host.
        host: The folder of the server's socket.
    """

    folder: Path
    host: str
    wait_secs: float = 0.0
    """How long each piece of 4,096 bytes is on its way."""

    _fault: Fault | None = None
    _passed: int = 0
    _pairs: list[_Pair] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / _SOCKET))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def put(self, fault: Fault) -> None:
        """Have this fault happen next."""
        with self._lock:
            self._fault, self._passed = fault, 0
            self._done.clear()

    def over(self) -> bool:
        """Wait until a fault that has begun is over; return False if none has, and take it back."""
        with self._lock:
            waiting, self._fault = self._fault, None
        return waiting is None and self._done.wait(60)

    def cut(self) -> None:
        """End every session, for both sides; new ones can be made."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            pair.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(str(Path(self.host) / _SOCKET))
                except OSError:
                    client.close()
                    server.close()
                    continue
                pair = _Pair(client, server)
                with self._lock:
                    self._pairs.append(pair)
                for up in (True, False):
                    threading.Thread(
                        target=self._pass, args=(pair,), kwargs={"up": up}, daemon=True
                    ).start()

    def _pass(self, pair: _Pair, *, up: bool) -> None:
        here, there = (pair.client, pair.server) if up else (pair.server, pair.client)
        with contextlib.suppress(OSError):
            while piece := here.recv(_CHUNK):
                time.sleep(self.wait_secs)
                if not up and pair.at_answer:
                    self._do(pair.at_answer)
                    break
                fault = self._due(piece, up=up)
                if fault and fault.at_answer:
                    pair.at_answer = fault
                elif fault:
                    half = 0 if fault.with_text else len(piece) // 2
                    there.sendall(piece[:half])
                    self._do(fault)
                    piece = piece[half:]
                there.sendall(piece)
        pair.close()

    def _do(self, fault: Fault) -> None:
        try:
            fault.do()
        finally:
            self._done.set()

    def _due(self, piece: bytes, *, up: bool) -> Fault | None:
        with self._lock:
            fault = self._fault
            if fault is None or fault.up is not up:
                return None
            self._passed += len(piece)
            if self._passed < fault.after_bytes or fault.with_text not in piece:
                return None
            self._fault = None
            return fault
