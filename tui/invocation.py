"""One call of `pult`: which store, who acts, and how the console shall look."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from backend_client.errors import Forbidden, Invalid, NotFound
from backend_client.model.permissions import Permission
from backend_client.model.text import N_
from tui import places
from tui.settings import Settings, load

if TYPE_CHECKING:
    from backend_client.contract.backend import Backend
    from backend_client.model.permissions import Session
    from backend_client.sqlite.writer import Writer

T = TypeVar("T")
R = TypeVar("R")


class Invocation(Struct, frozen=True):
    """What the command line and the personal settings say together; the command line wins."""

    store: Path
    acting_as: str
    theme: str
    mouse: bool
    settings: Settings
    remote: str = ""
    """The address of a server instead of a store of one's own; blank: the store."""
    driver: str = "thin"
    """How the screen is written, see tui.thin_line.driver."""
    low_bandwidth: bool = False
    """The line to the terminal is slow: it is not measured."""

    @classmethod
    def of(
        cls,
        *,
        store: str | None,
        acting_as: str | None,
        theme: str | None,
        no_mouse: bool,
        driver: str | None,
        low_bandwidth: bool = False,
        remote: str | None = None,
    ) -> Invocation:
        """Fill up with the settings what the command line leaves open."""
        settings = load()
        path = Path(store).expanduser().absolute() if store else places.own_store()
        return cls(
            store=path,
            acting_as=acting_as or settings.acting_as.get(str(path), ""),
            theme=theme or settings.theme,
            mouse=settings.mouse and not no_mouse,
            settings=settings,
            driver=driver or cls.driver,
            low_bandwidth=low_bandwidth,
            remote=remote or "",
        )

    def demo(
        self,
        store: Path,
        *,
        acting_as: str | None,
        theme: str | None,
        no_mouse: bool,
        driver: str | None,
        low_bandwidth: bool,
    ) -> Invocation:
        """The same call for the demo's store; who one is at work says nothing there."""
        return replace(
            self,
            store=store,
            acting_as=acting_as or "",
            theme=theme or self.theme,
            mouse=self.mouse and not no_mouse,
            driver=driver or self.driver,
            low_bandwidth=low_bandwidth or self.low_bandwidth,
        )

    def need_store(self) -> Path:
        """The store's path. Raises NotFound where there is no store yet: a command has nothing to answer from."""
        self._need_local()
        if not self.store.exists():
            raise NotFound(
                N_("There is no store at {path} yet."),
                N_("Bring calls in: pult import FILE. Or look around first: pult demo"),
                path=self.store,
            )
        return self.store

    def ask(self, question: Callable[[Backend], Awaitable[T]]) -> T:
        """Open the store, put one question to it, close it; the answer."""
        if not self.remote:
            self.need_store()

        async def put() -> T:
            backend = await self.open()
            try:
                return await question(backend)
            finally:
                await backend.close()

        return asyncio.run(put())

    async def open(self) -> Backend:
        """The backend of this call's store, as the acting employee; made if it is not there."""
        if self.remote:
            from tui.remote import open_remote

            return await open_remote(self)
        from backend_client.opening import open_store

        self._make_store()
        return await open_store(self.store, acting_as=self.acting_as)

    def _need_local(self) -> None:
        if self.remote:
            raise Invalid(
                N_("This is done where the store is, not through a server."),
                N_("Run it on the server's machine, without --remote."),
            )

    def _make_store(self) -> None:
        """Make the store where there is none, with the zone and the country of this machine."""
        self._need_local()
        if self.store.exists():
            return
        from backend_client.sqlite.file import open_file
        from backend_client.sqlite.settings import write_derive_settings
        from backend_client.sqlite.writer import Writer
        from tui.home import home_settings

        places.make(self.store.parent)
        with (
            closing(open_file(self.store)) as file,
            closing(Writer(file)) as writer,
            writer.transaction() as transaction,
        ):
            write_derive_settings(transaction, home_settings())

    @contextmanager
    def writer(self, permission: Permission) -> Iterator[Writer]:
        """The store for a deed that goes past the Backend (import, rebuild); made if it is not there.

        Raises Forbidden where the acting employee may not do it.
        """
        from backend_client.sqlite.access.sessions import session_for
        from backend_client.sqlite.file import open_file
        from backend_client.sqlite.writer import Writer

        self._make_store()
        with closing(open_file(self.store)) as file:
            with closing(file.reader()) as db:
                session = session_for(db, self.store, self.acting_as)
            if not session.may(permission):
                raise Forbidden(N_("Your role may not do this."), N_("Ask an administrator of the store."))
            with closing(Writer(file)) as writer:
                yield writer

    @contextmanager
    def taking_in(self, *, rehearse: bool) -> Iterator[Invocation]:
        """The call whose store a list goes into, made where there is none; a rehearsal that finds none has an empty one
        of its own, which goes with it."""
        if self.remote or self.store.exists():
            yield self
        elif rehearse:
            from tempfile import TemporaryDirectory

            with TemporaryDirectory(prefix="pult-") as folder:
                own = replace(self, store=Path(folder) / "store.db")
                own.make()
                yield own
        else:
            self.make()
            yield self

    def make(self) -> None:
        """Make the store where there is none."""
        self._make_store()

    @contextmanager
    def administering(self) -> Iterator[tuple[Writer, Session]]:
        """The store and who acts, for a deed of its administrator. Raises Forbidden for anybody else."""
        from backend_client.sqlite.access.sessions import session_for

        self.need_store()
        with self.writer(Permission.ADMINISTER) as writer, closing(writer.file.reader()) as db:
            yield writer, session_for(db, self.store, self.acting_as)

    def need(self, permission: Permission) -> Path:
        """The store's path, of a store of any version. Raises NotFound without a store, Forbidden where the acting
        employee may not do it."""
        from backend_client.sqlite.access.sessions import session_for
        from backend_client.sqlite.file import connect, store_errors

        store = self.need_store()
        with store_errors(store), closing(connect(store, "ro")) as db:
            session = session_for(db, store, self.acting_as)
        if not session.may(permission):
            raise Forbidden(N_("Your role may not do this."), N_("Ask an administrator of the store."))
        return store


def pass_invocation(command: Callable[..., R]) -> Callable[..., R]:
    """Gives a command its Invocation as the first argument."""
    # 12 ms, and the console itself needs none of it.
    import click

    return click.make_pass_decorator(Invocation)(command)
