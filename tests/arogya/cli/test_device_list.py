"""Lists of devices to add."""

from __future__ import annotations

from pathlib import Path

import pytest

from arogya.cli.device_list import ListError, Wanted, read_list
from arogya.cli.device_output import print_table


def write(folder: Path, text: str) -> Path:
    path = folder / "fleet.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_read_with_its_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "plate_number,name,kind\nA-1,front,tablet\n,knee,physio\nA-2,,\n")
    assert read_list(path) == [
        Wanted(2, "A-1", "front", "tablet"),
        Wanted(3, "", "knee", "physio"),
        Wanted(4, "A-2", "", "tablet"),
    ]


def test_all_mistakes_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    rows = [
        "A-1,x,tablet",
        ",x,tablet",
        "A-2,x,phone",
        "A-1,x,tablet",
        "A-3,y,physio",
        f"{'A' * 101},z,tablet",
        "A,b,tablet,4",
    ]
    path = write(tmp_path, "plate_number,name,kind\n" + "\n".join(rows) + "\n")
    with pytest.raises(ListError) as refused:
        read_list(path)
    lines = str(refused.value).splitlines()
    assert [line.partition("fleet.csv, ")[2].partition(":")[0] for line in lines[:-1]] == [
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "line 7",
        "line 8",
    ]
    assert "the same ambulance and name as line 2" in lines[2]
    assert lines[-1] == "nothing was added"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [("", "no column plate_number"), ("plate,name\n", "'plate'"), ("plate_number\n", "no devices")],
)
def test_a_list_of_another_shape_is_refused(tmp_path: Path, text: str, mistake: str) -> None:
    with pytest.raises(ListError, match=mistake):
        read_list(write(tmp_path, text))


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="No such file"):
        read_list(tmp_path / "none.csv")


def test_a_table_writes_nothing_but_text_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([("plate", "name"), ("\x1b[31mA\x07", "a\nb")])
    assert capsys.readouterr().out == "plate    name\n?[31mA?  a?b\n"
