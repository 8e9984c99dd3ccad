"""Make ahead, when a sync has published a new data version, what its readers will look at."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from kadar.errors import KadarError
from kadar.warm import questions

if TYPE_CHECKING:
    from collections.abc import Hashable

    from kadar.web.kept import Made
    from kadar.web.site import Look, Site, State

log = logging.getLogger("kadar.web")
EVERY = 2.0  # seconds between looks at the version
LOOKED_AT = 60  # pages and panels, the last looked at, that are made again after a sync
GRACE = 60.0  # seconds for which the version before may be shown meanwhile
Usual = Callable[[], "Iterator[Look]"]


class Warmer:
    """A thread that makes anew, after each sync, what readers last looked at, then what is usual.

    Until a page is made anew its readers are shown the one of the version before (each page says
    which version it is of), but not longer than a minute: nobody waits for a sync.
    """

    def __init__(self, site: Site, usual: Usual) -> None:
        self._site = site
        self._usual = usual
        self._stopped, self._woken = Event(), Event()
        self._lock = Lock()
        self._looked: OrderedDict[Hashable, Look] = OrderedDict()
        self._tried: set[Hashable] = set()
        self._before: State | None = None
        self._state: State = (None, 0)
        self._since = 0.0
        self.idle: State | None = None  # the state of the data that needs nothing more
        self._thread = Thread(target=self._run, name="kadar-warmer", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being made."""
        self._stopped.set()
        self._woken.set()
        self._thread.join()

    def saw(self, look: Look) -> None:
        """Note what a reader looked at."""
        with self._lock:
            self._looked[look.subject] = look
            self._looked.move_to_end(look.subject)
            if len(self._looked) > LOOKED_AT:
                self._looked.popitem(last=False)

    def instead(self, look: Look) -> Made | None:
        """Return what may be shown until this is made, of the version before; None if nothing."""
        self._turn(look.visit.state)
        with self._lock:
            late = time.monotonic() - self._since > GRACE
            if self._before is None or late or look.subject in self._tried:
                return None
            before = self._before
        held = self._site.kept.held((look.subject, before))
        if held is not None:
            self.saw(look)
            self._woken.set()
        return held

    def _turn(self, state: State) -> None:
        """Note which state of the data is current."""
        with self._lock:
            if state == self._state:
                return
            # what the checks withhold must not be shown: their state is not shown meanwhile
            same_data = state[0] == self._state[0]
            self._before, self._state = None if same_data else self._state, state
            self._since = time.monotonic()
            self._tried.clear()

    def _run(self) -> None:
        steps: Iterator[Callable[[], object]] = iter(())
        warmed: State | None = None
        while not self._stopped.is_set():
            state = self._site.state
            self._turn(state)
            if state[0] is not None and state != warmed:
                steps, warmed = self._steps(), state
            look = self._unmade()
            step = next(steps, None) if look is None else partial(self._site.whole, look)
            if step is None:
                self.idle = state
                self._woken.wait(EVERY)
                self._woken.clear()
                continue
            try:
                step()
            except KadarError as error:  # told to whoever asks; the next version may do
                log.info("not warmed: %s", error)
            except Exception:  # the next reader is shown it as an error of kadar's
                log.exception("not warmed")
            if look is not None:
                with self._lock:
                    self._tried.add(look.subject)

    def _unmade(self) -> Look | None:
        """Return the last thing looked at that is not made of this version yet."""
        with self._lock:
            looked = [one for one in reversed(self._looked.values())
                      if one.subject not in self._tried]  # fmt: skip
        for one in looked:
            now = self._site.again(one)
            if self._site.kept.held(now.key) is None:
                return now
            with self._lock:
                self._tried.add(one.subject)
        return None

    def _steps(self) -> Iterator[Callable[[], object]]:
        yield from questions(self._site.workspace(), deep=True)
        for look in self._usual():
            yield partial(self._site.whole, look)
