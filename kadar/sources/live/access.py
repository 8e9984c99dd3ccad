"""What a connector is given: its settings, its secrets, a way to the network, what was landed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError, nearest
from kadar.language import N_
from kadar.sources.live.landing import Landing
from kadar.sources.live.secrets import Secrets

if TYPE_CHECKING:
    from kadar.project import Project, Source
    from kadar.sources.live.connector import Connector
    from kadar.sources.live.session import Judge, Session


class Given:
    """The access of one source's connector during one sync, or one test of its credentials."""

    def __init__(  # noqa: PLR0917  (what a connector is given has many parts)
        self,
        system: str,
        connector: type[Connector],
        project: Project,
        source: Source,
        moment: datetime,
        landing: Landing | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.system, self.moment = system, moment
        self.time_zone = project.company.time_zone
        self.name, self.folder = source.name, project.folder
        self.secrets = Secrets(project.folder, source.name)
        self.notes: list[str] = []
        self.custom: Mapping[str, Sequence[str]] = {}
        self._connector, self._source = connector, source
        self._landing, self._pause = landing, pause

    @cached_property
    def options(self) -> Mapping[str, Any]:
        """The source's options, checked, the usual ones filled in.

        Raises KDR-SRC-008 for an option there is not, KDR-SRC-009 for a secret among them,
        KDR-SRC-010 for one that is missing.
        """
        given = self._source.options
        known = {option.name: option for option in self._connector.options}
        for name in given:
            if name in {secret.name for secret in self._connector.secrets}:
                raise KadarError(
                    "KDR-SRC-009",
                    N_("Source {source}: {name} is a secret and must not be in kadar.toml."),
                    N_("Take it out, change it in {system}, and run kadar connect {source}."),
                    source=self._source.name,
                    name=name,
                    system=self.system,
                )
            if name not in known:
                raise KadarError(
                    "KDR-SRC-008",
                    N_("Source {source} has no option {name}."),
                    N_("Options of {system}: {options}."),
                    source=self._source.name,
                    name=name,
                    system=self.system,
                    options=nearest(name, list(known)) or "-",
                )
        made = {name: option.usual for name, option in known.items()} | given
        for name, option in known.items():
            if option.needed and made[name] is None:
                raise KadarError(
                    "KDR-SRC-010",
                    N_("Source {source} needs the option {name}: {meaning}"),
                    N_("Set options.{name} in kadar.toml, or run kadar connect {source}."),
                    source=self._source.name,
                    name=name,
                    meaning=option.says,
                )
        return made

    def secret(self, name: str) -> str:
        """Return a secret; raises KDR-SRC-002 where there is none."""
        return self.secrets.get(name)

    def find_secret(self, name: str) -> str | None:
        """Return a secret, or None where there is none: what was remembered, or is optional."""
        return self.secrets.find(name)

    def remember(self, name: str, value: str) -> None:
        """Keep a secret that the system gave anew."""
        self.secrets.remember(name, value)

    def session(self, judge: Judge | None = None, per_second: float | None = None) -> Session:
        """Return an HTTP session that retries, waits and signs in anew as `judge` tells it."""
        from kadar.sources.live.session import Session

        return Session(self._source.name, judge, per_second, self._pause)

    def note(self, text: str) -> None:
        """Say something to the user."""
        self.notes.append(self.secrets.masked(text))

    def changed(self, name: str, after: int) -> tuple[list[str], int]:
        """Return the keys of an object's records landed after a position, and the position now."""
        return ([], after) if self._landing is None else self._landing.changed(name, after)

    def known(self, name: str) -> int:
        """Return how many records of an object are landed now and not gone."""
        return 0 if self._landing is None else self._landing.kept(name)
