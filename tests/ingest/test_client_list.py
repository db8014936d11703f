"""Lists of clients as people have them: any spreadsheet with titles, in three languages, and vCards."""

import quopri
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_client.errors import BackendError, Invalid, NotFound
from backend_client.ingest.client_list import read_client_file
from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientFate

ZONE = ZoneInfo("Europe/Kyiv")
MIDNIGHT = int(datetime(2020, 3, 1, tzinfo=ZONE).timestamp())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_csv_list_is_read_whatever_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    text = (
        "Клієнти на сьогодні\n"
        "Назва;Телефон;Телефон 2;Вид;Контактна особа;Примітка;Відомий з;Колір\n"
        'ТОВ Ромашка;0441112233;"0672220001, 0672220002";компанія;Анна;"рядок 1\nрядок 2";01.03.2020;синій\n'
        ";;;;;;;\n"
        "Олена;0501110003;;;;;ніколи;\n"
    )
    path.write_bytes(text.encode(encoding))
    found = read_client_file(path, ZONE)
    assert found.ignored == ("Колір",)
    company, person = found.records
    assert (company.name, company.kind) == ("ТОВ Ромашка", ClientKind.COMPANY)
    assert company.numbers == ("0441112233", "0672220001", "0672220002")
    assert (company.persons, company.note, company.known_since) == (("Анна",), "рядок 1\nрядок 2", MIDNIGHT)
    assert (person.row, person.kind, person.known_since) == (6, ClientKind.PERSON, None)


def test_a_workbook_keeps_numbers_and_days_whole(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Phone", "Known since"])
    sheet.append(["=1+1 LLC", 380672220001, datetime(2020, 3, 1, 15)])
    sheet.append([None, None, None])
    path = tmp_path / "list.xlsx"
    book.save(path)
    [record] = read_client_file(path, ZONE).records
    assert record.numbers == ("380672220001",)
    assert record.known_since == MIDNIGHT


def test_vcards_are_read(tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    path.write_text(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Олена Бондар\r\nTEL;TYPE=CELL:+380 67 222 00 01\r\n"
        "NOTE:one\\, two\\nthr\r\n ee\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\nVERSION:4.0\nFN:Anna\nORG:Romashka;Sales\nitem1.TEL;VALUE=uri:tel:+380441112233\nEND:VCARD\n",
        encoding="utf-8",
    )
    olena, romashka = read_client_file(path, ZONE).records
    assert (olena.name, olena.numbers, olena.note) == ("Олена Бондар", ("+380 67 222 00 01",), "one, two\nthree")
    assert (romashka.name, romashka.persons, romashka.kind) == ("Romashka, Sales", ("Anna",), ClientKind.COMPANY)
    assert romashka.numbers == ("+380441112233",)


def test_cards_of_an_old_telephone_are_quoted_printable(tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    name = quopri.encodestring("Бондар;Олена".encode()).decode().replace("\n", "\r\n")
    note = "Кава, чай і ще дуже довга примітка про все на світі, якій не досить одного рядка"
    cyrillic = quopri.encodestring(note.encode("cp1251")).decode().replace("\n", "\r\n")
    path.write_bytes(
        f"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{name}\r\n"
        "TEL;CELL;PREF:067 222-00-01\r\nTEL;WORK;VOICE:0442223344\r\nTEL;CELL:067 222-00-01\r\n"
        f"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=windows-1251:{cyrillic}\r\n"
        "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRg\r\n /9j/4AAQ\r\n\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\nORG:ТОВ «Ромашка»;\r\nTEL:1\r\nEND:VCARD\r\n".encode()
    )
    olena, romashka = read_client_file(path, ZONE).records
    assert (olena.row, olena.name, olena.note) == (1, "Бондар Олена", note)
    assert olena.numbers == ("067 222-00-01", "0442223344")
    assert (romashka.name, romashka.kind) == ("ТОВ «Ромашка»", ClientKind.COMPANY)


def test_a_card_that_is_cut_off_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    begun = "BEGIN:VCARD\nVERSION:3.0\nFN:Anna\nTEL:1\n"
    path.write_text(f"{begun}{begun}END:VCARD\n{begun}")

    found = read_client_file(path, ZONE)

    assert [record.row for record in found.records] == [5]
    assert [(one.row, one.fate) for one in found.refused] == [(1, ClientFate.REJECTED), (10, ClientFate.REJECTED)]


def test_what_is_no_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_client_file(tmp_path / "absent.csv", ZONE)
    (tmp_path / "x.csv").write_text("1,2,3\n4,5,6\n")
    with pytest.raises(Invalid):
        read_client_file(tmp_path / "x.csv", ZONE)
    (tmp_path / "x.vcf").write_text("hello\n")
    with pytest.raises(Invalid, match="no card"):
        read_client_file(tmp_path / "x.vcf", ZONE)
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(Invalid):
        read_client_file(tmp_path / "x.xlsx", ZONE)


@given(st.binary(max_size=400), st.sampled_from([".csv", ".vcf"]))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, body: bytes, suffix: str) -> None:
    path = tmp_path_factory.mktemp("list") / f"any{suffix}"
    path.write_bytes(b"name,phone\n" + body)
    with suppress(BackendError):
        for record in read_client_file(path, ZONE).records:
            assert record.row > 0
