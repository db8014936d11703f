"""The cells of a call: in each dimension they add up."""

from hypothesis import given
from hypothesis import strategies as st

from backend_client.derive.cells import NO_KEY, Dimension, cells
from backend_client.model.call import Mark

_id = st.none() | st.integers(1, 99)


def test_a_call_of_two_employees_counts_once_and_with_each() -> None:
    found = cells(kind=3, hour=14, employees=[7, 9, 7], line=1, channel=2, region=5)
    assert found.count((Dimension.ALL, 0, 3)) == 1
    assert [cell for cell in found if cell[0] == Dimension.EMPLOYEE] == [(1, 7, 3), (1, 9, 3)]
    assert (Dimension.HOUR, 14, 3) in found


def test_a_call_of_nobody_counts_with_nobody() -> None:
    assert (Dimension.EMPLOYEE, NO_KEY, 3) in cells(kind=3, hour=0)


def test_marks_count_one_by_one() -> None:
    found = cells(kind=3, hour=0, marks=int(Mark.NEW | Mark.LOST), settled=True)
    assert {cell[1] for cell in found if cell[0] == Dimension.MARK} == {int(Mark.NEW), int(Mark.LOST)}
    assert (Dimension.SETTLED, 1, 3) in found


@given(
    kind=st.integers(0, 47), hour=st.integers(0, 23), marks=st.integers(0, 1023), line=_id, channel=_id, region=_id,
    employees=st.lists(st.integers(1, 9)), settled=st.booleans(),
)  # fmt: skip
def test_no_cell_counts_a_call_twice_and_every_report_counts_it(
    kind: int,
    hour: int,
    marks: int,
    line: int | None,
    channel: int | None,
    region: int | None,
    employees: list[int],
    settled: bool,
) -> None:
    found = cells(
        kind=kind, hour=hour, marks=marks, line=line, channel=channel, region=region, employees=employees,
        settled=settled,
    )  # fmt: skip
    assert len(set(found)) == len(found)
    assert {cell[2] for cell in found} == {kind}
    for dimension in (Dimension.ALL, Dimension.LINE, Dimension.CHANNEL, Dimension.REGION, Dimension.HOUR):
        assert sum(cell[0] == dimension for cell in found) == 1
    assert any(cell[0] == Dimension.EMPLOYEE for cell in found)
    assert sum(cell[1] for cell in found if cell[0] == Dimension.MARK) == marks
