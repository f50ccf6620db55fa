"""Callers that ask a hub without a pause, and note every time that it does not answer."""

from __future__ import annotations

import http.client
import threading
import time
from types import TracebackType
from urllib.parse import urlsplit


class Callers:
    """Ask GET /ready on a new connection each time, as long as the context lasts."""

    def __init__(self, url: str, threads: int = 2) -> None:
        self.answered = 0
        self.failures: list[str] = []
        self._where = urlsplit(url).netloc
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._end.is_set():
            connection = http.client.HTTPConnection(self._where, timeout=10)
            try:
                connection.request("GET", "/ready")
                answer = connection.getresponse()
                if answer.status == 200:
                    self.answered += 1
                else:
                    self.failures.append(f"{answer.status} {answer.read().decode()}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
            finally:
                connection.close()
            time.sleep(0.005)
