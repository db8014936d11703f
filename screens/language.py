"""The language of the screens: translation, and dates, durations and numbers by patterns of the catalogues.

A pattern is a message like any other (context "pattern"), so that a catalogue holds all that a language needs
and nothing but gettext is loaded at run time (babel costs 24 ms and 5.6 MB).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

_MINOR_UNITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "TND": 3, "JOD": 3, "OMR": 3}
"""Digits after the decimal separator (ISO 4217) where they are not two."""

MILLION = 1_000_000
NO_VALUE = "—"


class _Chosen:
    """What is in force in this process."""

    translations: NullTranslations = NullTranslations()
    locale: str = "en"
    national: bool = True


def show_numbers(*, national: bool) -> None:
    """Telephone numbers of the home country are shown as they are dialled there, or all with their country (C5)."""
    _Chosen.national = national


def home_of(country: str) -> str:
    """The country whose numbers are shown as they are dialled there; blank: none is, as the person has chosen.
    `country`: the backend's own."""
    return country if _Chosen.national else ""


def install(translations: NullTranslations, locale: str) -> None:
    """Speak another language from now on; what is on screen already keeps its texts until it is drawn again."""
    _Chosen.translations = translations
    _Chosen.locale = locale


def locale() -> str:
    """Code of the language in force, such as "uk"."""
    return _Chosen.locale


def _(message: str) -> str:
    return _Chosen.translations.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of a message that goes with a number; it still holds its {fields}."""
    return _Chosen.translations.ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """A message that means different things in different places."""
    return _Chosen.translations.pgettext(context, message)


def number(value: int) -> str:
    """A whole number with its groups of three parted: 12 345."""
    return f"{value:,}".replace(",", pgettext("pattern, between thousands", ","))


def decimal(value: float, digits: int = 1) -> str:
    """A number with so many digits after the separator."""
    whole, point, fraction = f"{abs(value):.{digits}f}".partition(".")
    text = number(int(whole)) + (pgettext("pattern, before decimals", ".") if point else "") + fraction
    return f"-{text}" if value < 0 and any(c in "123456789" for c in text) else text


def counted(value: int, exact: bool = True) -> str:
    """A count as shown: 12 345, or 10 000+ where there are more."""
    return number(value) if exact else f"{number(value)}+"


def money(amount: int, currency: str) -> str:
    """Millionths of a currency, rounded to its minor units: 0,08 UAH."""
    text = decimal(amount / MILLION, _MINOR_UNITS.get(currency.upper(), 2))
    return f"{text} {currency}" if currency else text


def file_size(count: int) -> str:
    """Bytes, in the largest unit that leaves a whole part."""
    if count < 1024:
        return ngettext("{number} byte", "{number} bytes", count).format(number=number(count))
    size = count / 1024
    for unit in (_("{number} KB"), _("{number} MB")):
        if size < 1024:
            return unit.format(number=decimal(size, 1))
        size /= 1024
    return _("{number} GB").format(number=decimal(size, 1))


def duration(seconds: int) -> str:
    """A span as H:MM:SS; hours go on past 24."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def age(seconds: int) -> str:
    """How long ago, roughly: 40 s, 12 min, 3 h, 2 days."""
    if seconds < 60:
        return _("{count} s").format(count=max(0, seconds))
    if seconds < 3600:
        return _("{count} min").format(count=seconds // 60)
    if seconds < 86400:
        return _("{count} h").format(count=seconds // 3600)
    days = seconds // 86400
    return ngettext("{count} day", "{count} days", days).format(count=number(days))


def moment(instant: int, zone: ZoneInfo) -> datetime:
    """An instant (UTC epoch seconds) as local time of the call centre."""
    return datetime.fromtimestamp(instant, zone)


def short_date(day: date) -> str:
    """A date in ten cells or fewer: 2026-11-21, 21.11.2026."""
    pattern = pgettext("pattern, date", "{year}-{month:02}-{day:02}")
    return pattern.format(year=day.year, month=day.month, day=day.day)


def long_date(day: date) -> str:
    """A date with its weekday: Saturday, 21 November 2026."""
    pattern = pgettext("pattern, date with names", "{weekday}, {day} {month} {year}")
    return pattern.format(
        weekday=weekday_name(day.isoweekday()), day=day.day, month=month_of_date(day.month), year=day.year
    )


def relative_date(day: date, today: date) -> str:
    """Today and yesterday by their names, any other day as a short date."""
    if day == today:
        return pgettext("day", "today")
    if day == today - timedelta(days=1):
        return pgettext("day", "yesterday")
    return short_date(day)


def clock_time(at: datetime, *, seconds: bool = False) -> str:
    """Time of day, 24 hours: 14:05, or 14:05:09."""
    if seconds:
        pattern = pgettext("pattern, time with seconds", "{hour:02}:{minute:02}:{second:02}")
    else:
        pattern = pgettext("pattern, time", "{hour:02}:{minute:02}")
    return pattern.format(hour=at.hour, minute=at.minute, second=at.second)


def date_and_time(at: datetime) -> str:
    """Date and time to the second, as details show it."""
    return f"{short_date(at.date())} {clock_time(at, seconds=True)}"


def weekday_name(weekday: int) -> str:
    """Name of a weekday; Monday is 1."""
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )[weekday - 1]  # fmt: skip


def weekday_short(weekday: int) -> str:
    """Two or three letters for a weekday; Monday is 1."""
    return (
        pgettext("weekday", "Mo"), pgettext("weekday", "Tu"), pgettext("weekday", "We"), pgettext("weekday", "Th"),
        pgettext("weekday", "Fr"), pgettext("weekday", "Sa"), pgettext("weekday", "Su"),
    )[weekday - 1]  # fmt: skip


def month_name(month: int) -> str:
    """Name of a month standing alone, as over a calendar; January is 1."""
    return (
        pgettext("month", "January"), pgettext("month", "February"), pgettext("month", "March"),
        pgettext("month", "April"), pgettext("month", "May"), pgettext("month", "June"),
        pgettext("month", "July"), pgettext("month", "August"), pgettext("month", "September"),
        pgettext("month", "October"), pgettext("month", "November"), pgettext("month", "December"),
    )[month - 1]  # fmt: skip


def month_of_date(month: int) -> str:
    """Name of a month as it stands in a date (the genitive of Slavic languages); January is 1."""
    return (
        pgettext("month in a date", "January"), pgettext("month in a date", "February"),
        pgettext("month in a date", "March"), pgettext("month in a date", "April"),
        pgettext("month in a date", "May"), pgettext("month in a date", "June"),
        pgettext("month in a date", "July"), pgettext("month in a date", "August"),
        pgettext("month in a date", "September"), pgettext("month in a date", "October"),
        pgettext("month in a date", "November"), pgettext("month in a date", "December"),
    )[month - 1]  # fmt: skip
