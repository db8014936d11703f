"""Invented names and number prefixes of a synthetic centre."""

from __future__ import annotations

import numpy as np

from backend_client.model.text import fold, sort_key

PREFIXES: tuple[tuple[str, str, str, int], ...] = (
    ("UA mobile", "380", "67", 90),
    ("UA mobile", "380", "50", 80),
    ("UA mobile", "380", "63", 60),
    ("UA mobile", "380", "96", 50),
    ("UA mobile", "380", "97", 50),
    ("UA mobile", "380", "95", 40),
    ("UA mobile", "380", "73", 25),
    ("UA mobile", "380", "99", 25),
    ("UA 44", "380", "44", 60),
    ("UA 32", "380", "32", 15),
    ("UA 48", "380", "48", 15),
    ("UA 56", "380", "56", 15),
    ("UA 57", "380", "57", 12),
    ("UA 61", "380", "61", 8),
    ("UA 342", "380", "34", 5),
    ("PL", "48", "60", 12),
    ("DE", "49", "17", 8),
    ("MD", "373", "6", 5),
    ("RO", "40", "72", 4),
    ("CZ", "420", "77", 4),
    ("GB", "44", "770", 3),
    ("IT", "39", "33", 3),
    ("US", "1", "212", 2),
    ("TR", "90", "53", 2),
)
"""Region key, country code, area code, weight; seven digits of the subscriber follow."""

REGIONS = tuple(dict.fromkeys(region for region, *_ in PREFIXES))

_FIRST = [
    "Олена",
    "Іван",
    "Марія",
    "Петро",
    "Оксана",
    "Андрій",
    "Наталія",
    "Сергій",
    "Юлія",
    "Богдан",
    "Ірина",
    "Тарас",
    "Людмила",
    "Роман",
    "Ґеля",
    "Дмитро",
    "Світлана",
    "Микола",
    "Алёна",
    "Виктор",
    "Галина",
    "Остап",
    "Anna",
    "Marek",
]
_LAST = [
    "Шевченко",
    "Коваленко",
    "Бондаренко",
    "Ткаченко",
    "Кравченко",
    "Олійник",
    "Шевчук",
    "Поліщук",
    "Савченко",
    "Мороз",
    "Гайдай",
    "Лисенко",
    "Петренко",
    "Клименко",
    "Ґудзь",
    "Іваненко",
    "Соловйова",
    "Щербак",
    "Єрмоленко",
    "Їжакевич",
    "Kowalska",
    "Novak",
    "Соколова",
    "Лебедева",
]
_TRADE = [
    "Буд",
    "Метал",
    "Агро",
    "Фарм",
    "Авто",
    "Енерго",
    "Текстиль",
    "Медіа",
    "Вікна",
    "Logistic",
    "Trade",
    "Soft",
    "Glass",
    "Print",
    "Travel",
]

COMMENTS = (
    "передзвонити завтра зранку",
    "просить рахунок на пошту",
    "скарга на доставку, обіцяли відповідь",
    "замовлення підтверджено",
    "помилились номером",
    "чекает скидку",
    "price list sent",
)
RESULTS = ("Замовлення", "Консультація", "Скарга", "Відмова", "Помилка номером", "Інше")


def people(rng: np.random.Generator, count: int) -> list[str]:
    """Names of persons; they repeat."""
    first, last = rng.integers(0, len(_FIRST), count), rng.integers(0, len(_LAST), count)
    return [f"{_LAST[b]} {_FIRST[a]}" for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def clients(rng: np.random.Generator, count: int) -> list[tuple[str, bool]]:
    """Names of clients, and whether each is a company (two in five)."""
    names, trade = people(rng, count), rng.integers(0, len(_TRADE), count).tolist()
    company = rng.random(count) < 0.4
    return [
        (f"ТОВ {_TRADE[trade[i]]}-{name.split()[0]} {i % 997}" if is_company else name, bool(is_company))
        for i, (name, is_company) in enumerate(zip(names, company.tolist(), strict=True))
    ]


def forms_of(name: str) -> tuple[str, str]:
    """Fold and sort key of a name."""
    return fold(name), sort_key(name)
