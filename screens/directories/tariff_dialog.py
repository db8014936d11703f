"""A tariff: prefix, where it leads, price of a minute, step and currency."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label

from backend_client.model.tariff import Tariff, amount_of, amount_text
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.text_field import text_field


class TariffDialog(Dialog[Tariff]):
    """Answers the tariff as wanted; one without a prefix is a new one."""

    DEFAULT_CSS = """
    TariffDialog Horizontal { height: 1; }
    TariffDialog Label { width: 20; color: $text-muted; }
    TariffDialog Input { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g,ctrl+s,f2", "save", N_("Save"), id="tariff.save", priority=True, tooltip=N_("Save the tariff")),
    ]

    def __init__(self, tariff: Tariff) -> None:
        super().__init__(_("Tariff"))
        self._prefix = text_field("prefix", tariff.prefix, "38067")
        self._prefix.disabled = bool(tariff.prefix)
        self._destination = text_field("destination", tariff.name)
        price = "" if tariff.per_minute is None or not tariff.prefix else amount_text(tariff.per_minute)
        self._price = text_field("price", price, "0.85")
        self._step = text_field("step", str(tariff.step))
        self._currency = text_field("currency", tariff.currency, "UAH")

    def body(self) -> list[Widget]:
        rows: list[tuple[str, Widget]] = [
            (_("Prefix"), self._prefix),
            (_("Name"), self._destination),
            (_("Price of a minute"), self._price),
            (_("Step, seconds"), self._step),
            (_("Currency"), self._currency),
        ]
        return [Horizontal(Label(title, markup=False), field) for title, field in rows]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("save")), ("Tab", _("next field")), ("Esc", _("leave"))]

    def on_mount(self) -> None:
        super().on_mount()
        (self._price if self._prefix.disabled else self._prefix).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Answer what is typed, if it can be read; the rest is the backend's to refuse."""
        amount, step = amount_of(self._price.value), clean(self._step.value)
        if not clean(self._prefix.value):
            self.complain(_("A tariff needs a prefix."))
        elif amount is None:
            self.complain(_("The price is written like 0.85."))
        elif not (step.isascii() and step.isdigit()):
            self.complain(_("The step is a number of seconds."))
        else:
            name, currency = clean(self._destination.value), clean(self._currency.value)
            prefix = clean(self._prefix.value)
            self.dismiss(Tariff(prefix=prefix, name=name, per_minute=amount, step=int(step), currency=currency))
