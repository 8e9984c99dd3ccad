"""Warm the site when a sync has published a new data version."""

from __future__ import annotations

import logging
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from kadar.errors import KadarError
from kadar.warm import warm

if TYPE_CHECKING:
    from kadar.web.site import Site

log = logging.getLogger("kadar.web")
EVERY = 2.0  # seconds between looks at the version


class Warmer:
    """A thread that looks for a new data version and asks ahead what its readers will."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="kadar-warmer", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End after the question being asked."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        warmed = None
        while not self._stopped.is_set():
            version = self._site.version
            if version is not None and version != warmed:
                try:
                    warm(self._site.workspace(), deep=True, stop=partial(self._past, version))
                except KadarError as error:  # told to whoever asks; the next version may do
                    log.warning("not warmed: %s", error)
                warmed = version
            self._stopped.wait(EVERY)

    def _past(self, version: str) -> bool:
        """Whether a version need not be warmed further: the site stops, or it is no longer it."""
        return self._stopped.is_set() or self._site.version != version
