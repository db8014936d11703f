"""The journal over a list of calls that a filter bar narrows: what it asks of the backend is remembered."""

from __future__ import annotations

from msgspec import structs
from textual.app import App

from backend_client.contract.calls import CallRequest, CommentRequest
from backend_client.contract.views import View, ViewRequest, Views
from backend_client.errors import BackendError, Conflict
from backend_client.model.call import CallDetails, Comment
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Channel, Directories, Employee, Extension, Line
from backend_client.model.permissions import Role, Session
from screens.calls.filtering import FilteringScreen
from screens.widgets.filter_bar import FilterBar
from tests.screens.conftest import NOON, ListBackend, a_call
from tui.app import PultApp

DIRECTORIES = Directories(
    employees=(
        Employee(id=1, name="Олена Петренко", department="Продажі", extensions=(Extension(number="101"),)),
        Employee(id=2, name="Олександр Коваль", department="Підтримка", extensions=(Extension(number="102"),)),
        Employee(id=3, name="[bold]Hostile[/foo]", extensions=(Extension(number="103"),)),
    ),
    lines=(Line(id=1, code="trunk-kyivstar", name="Київстар"),),
    channels=(Channel(id=1, did="380441112233", name="Реклама"),),
)


class NamedBackend(ListBackend):
    """With directories and views."""

    role = Role.ADMINISTRATOR
    employee_id: int | None = 1
    saved: tuple[View, ...] = ()
    details = CallDetails(
        call=a_call(1, NOON), comment=Comment(call_id=1), zone="Europe/Kyiv", system="main", source_id="1700000000.1"
    )
    refusal: BackendError | None = None

    @property
    def session(self) -> Session:
        return Session(employee_id=self.employee_id, name="Олена Петренко", roles=(self.role,))

    async def directories(self) -> Directories:
        return DIRECTORIES

    async def call(self, request: CallRequest) -> CallDetails:
        return self.details

    async def comment(self, request: CommentRequest) -> Comment:
        if self.refusal is not None:
            raise self.refusal
        known = self.details.comment
        if request.revision != known.revision:
            raise Conflict(
                "{author} changed it", author=known.author, text=known.text, at=known.at, revision=known.revision
            )
        saved = Comment(
            call_id=request.call_id, text=request.text, author=self.session.name, at=NOON, revision=known.revision + 1
        )
        self.details = structs.replace(self.details, comment=saved)
        return saved

    async def views(self) -> Views:
        return Views(views=self.saved)

    async def save_view(self, request: ViewRequest) -> Views:
        kept = {view.name: view for view in self.saved}
        kept.pop(request.name, None)
        if request.filter is not None:
            kept[request.name] = View(name=request.name, filter=request.filter)
        self.saved = tuple(kept[name] for name in sorted(kept))
        return Views(views=self.saved)


class Console(PultApp):
    """The application, opened on the journal."""

    DEFAULT_MODE = "journal"

    def __init__(self, backend: ListBackend) -> None:
        super().__init__(backend, theme="dark", driver_class=None)
        self.copied: list[str] = []

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    @property
    def filtering(self) -> FilteringScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, FilteringScreen))

    @property
    def bar(self) -> FilterBar[CallFilter]:
        return self.filtering.filter_bar

    @property
    def filter(self) -> CallFilter:
        """What the rows were last asked for."""
        assert isinstance(self.backend, ListBackend)
        return self.backend.asked[-1].filter


def text_of(app: App[None]) -> str:
    """The screen as text, line by line."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in lines)
