"""The people of the demo: who works in it, and who calls. Names are put together by chance, numbers cannot be dialled:
no subscriber number in Ukraine begins with three zeros, and the foreign ones are those kept for films."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from msgspec import Struct

from backend_client.model.call_filter import ClientKind
from backend_client.model.permissions import Role

SALES, SUPPORT, DELIVERY = "Продажі", "Підтримка", "Доставка"


class Worker(Struct, frozen=True):
    """An employee with an internal number and the working day, in local hours. `pace`: how often a call comes to
    them, 1 is usual."""

    name: str
    extension: str
    department: str
    roles: tuple[Role, ...] = (Role.OPERATOR,)
    pace: float = 1.0
    night: bool = False


WORKERS: tuple[Worker, ...] = (
    Worker("Олена Кравчук", "201", SALES),
    Worker("Петро Бондар", "202", SALES),
    Worker("Ґалина Ємець", "203", SALES, pace=1.4),
    Worker("Артём Ёлкин", "204", SALES, pace=0.7),
    Worker("Софія Їжакевич", "205", SALES),
    Worker("Богдан Щербань", "206", SALES, night=True),
    Worker("Наталья Жукова", "211", SUPPORT, pace=1.2),
    Worker("Ігор Мельничук", "212", SUPPORT),
    Worker("Марія-Вікторія Загоруйко-Левченко", "213", SUPPORT, pace=0.8, night=True),
    Worker("Сергей Дроздов", "214", SUPPORT),
    Worker("Юлія Тимчук", "221", DELIVERY),
    Worker("Роман Гайовий", "222", DELIVERY, night=True),
    Worker("Оксана Руденко", "301", SALES, (Role.HEAD,), pace=0.2),
    Worker("Віктор Савчук", "302", SUPPORT, (Role.SUPERVISOR,), pace=0.4),
    Worker("Людмила Ткач", "303", SUPPORT, (Role.QUALITY_CONTROL,), pace=0.1),
)

CHANNELS: tuple[tuple[str, str, float], ...] = (
    ("380440001001", "Сайт", 0.42),
    ("380440001002", "Google Ads", 0.21),
    ("380440001003", "Instagram", 0.14),
    ("380670001004", "Візитівки й листівки", 0.11),
    ("380440001005", "Доставка (наклейка на авто)", 0.09),
    ("380440001006", "", 0.03),
)
"""Lines dialled, the names of their acquisition channels (one is not named yet), and the share of calls."""
TRUNKS: tuple[tuple[str, str], ...] = (("PJSIP/kyivline", "Міський SIP"), ("PJSIP/gsm-gate", "GSM-шлюз"))

_FIRST = (
    "Олександр", "Андрій", "Дмитро", "Максим", "Євген", "Тарас", "Юрій", "Володимир", "Василь", "Михайло", "Анна",
    "Ірина", "Тетяна", "Катерина", "Світлана", "Дарина", "Любов", "Ганна", "Зоя", "Соломія", "Алексей", "Николай",
    "Павел", "Екатерина", "Елена", "Дарья", "Пётр", "Фёдор", "Ґеник", "Уляна",
)  # fmt: skip
_LAST = (
    "Вишняк", "Горобець", "Даценко", "Журба", "Зозуля", "Іщенко", "Калина", "Лисенко", "Мороз", "Нагірняк", "Орлик",
    "Пасічник", "Рибалко", "Сорока", "Ткаленко", "Удовенко", "Федина", "Хоменко", "Цимбал", "Чайка", "Шульга",
    "Ющенець", "Яворський", "Ґудзь", "Єрмак", "Їжак", "Берёзкин", "Волошина", "Гриценко", "Дьяченко", "Кузнечик",
    "Лебедь", "Полонська", "Сніжко", "Стріха", "Терещук", "Чумак", "Щука", "Вербицька", "Заяць",
)  # fmt: skip
_COMPANY_KINDS = ("ТОВ", "ФОП", "ПП", "ООО", "Кав’ярня", "Аптека", "Студія", "Магазин", "Готель", "Склад")
_COMPANY_NAMES = (
    "Ластівка", "Зелений гай", "Сьомий поверх", "Барвінок", "Північ", "Крокус", "Джерело", "Три сови", "Мурашник",
    "Вітрило", "Тихий хутір", "Аква-Лайт", "Сонях", "Млин", "Ёжик и Ко", "Під липою", "Перший ряд", "Кришталь",
    "Полярна зоря", "Маяк", "Вересень", "Дім чаю", "Їдальня № 5", "Черника", "Горіх", "Смарагд", "Ранок", "Лімонад",
    "Скрипаль", "Добробуд",
)  # fmt: skip
_MOBILE_CODES = ("50", "63", "66", "67", "68", "73", "93", "95", "96", "97", "98", "99")
_CITY_CODES = ("44", "44", "44", "32", "48", "57", "56", "61", "46", "43")
_FILM_NUMBERS = ("1212555{:04}", "44207946{:04}")


class Client(Struct, frozen=True):
    """A client; `registered` is days before the newest call, None: always known."""

    name: str
    kind: ClientKind
    numbers: tuple[str, ...]
    registered: float | None
    responsible: str
    """Extension of the employee."""


class Numbers:
    """Telephone numbers that nobody has, each given once."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._given: set[str] = set()

    def mobile(self) -> str:
        return self._new(lambda: f"380{self._random.choice(_MOBILE_CODES)}000{self._random.randrange(10_000):04}")

    def city(self) -> str:
        return self._new(lambda: f"380{self._random.choice(_CITY_CODES)}000{self._random.randrange(2000, 10_000):04}")

    def foreign(self) -> str:
        """A number from the ranges that the regulators of the USA and of Britain keep for fiction."""
        return self._new(lambda: self._random.choice(_FILM_NUMBERS).format(self._random.randrange(100, 200)))

    def any(self) -> str:
        kind = self._random.random()
        if kind < 0.02:
            return self.foreign()
        return self.city() if kind < 0.2 else self.mobile()

    def _new(self, make: Callable[[], str]) -> str:
        number = make()
        while number in self._given:
            number = make()
        self._given.add(number)
        return number


def make_clients(random: Random, numbers: Numbers, people: int = 450, companies: int = 250) -> list[Client]:
    """Persons and companies, in no order, no two of one name."""
    names = random.sample([f"{last} {first}" for first in _FIRST for last in _LAST], people)
    firms = random.sample([f"{kind} «{name}»" for kind in _COMPANY_KINDS for name in _COMPANY_NAMES], companies)
    desks = [worker.extension for worker in WORKERS if worker.department == SALES]
    clients = []
    for name in names:
        own: tuple[str, ...] = (numbers.mobile(), numbers.city()) if random.random() < 0.08 else (numbers.mobile(),)
        clients.append(Client(name, ClientKind.PERSON, own, _registered(random), random.choice(desks)))
    for name in firms:
        count = 2 if random.random() < 0.4 else 1
        own = tuple(numbers.any() for _ in range(count))
        clients.append(Client(name, ClientKind.COMPANY, own, _registered(random), random.choice(desks)))
    random.shuffle(clients)
    return clients


def _registered(random: Random) -> float | None:
    """Two thirds were always there; the others came during the three months."""
    return None if random.random() < 0.66 else random.uniform(0, 95)
