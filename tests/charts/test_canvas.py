from __future__ import annotations

import numpy as np

from wordnet_tui.charts.canvas import Canvas, TextRun, message


def test_text_is_cut_at_the_edges_of_a_canvas() -> None:
    canvas = Canvas(5, 2)
    canvas.write(-2, 0, "abcdefghij", 1)
    canvas.write(3, 1, "xyz", 2)
    canvas.write(0, 7, "nowhere", 2)
    assert canvas.text() == "cdefg\n   xy"


def test_rows_come_as_runs_of_roles_with_blanks_to_the_run_before() -> None:
    canvas = Canvas(9, 1)
    canvas.write(1, 0, "ab", 3)
    canvas.write(5, 0, "c", 3)
    canvas.write(6, 0, "d", 4)
    assert canvas.runs(0) == [TextRun(" ab  c", 3), TextRun("d  ", 4)]
    assert Canvas(3, 1).runs(0) == [TextRun("   ", 0)]
    assert Canvas(0, 1).runs(0) == []


def test_changes_are_the_stretches_that_differ() -> None:
    earlier, later = Canvas(30, 2), Canvas(30, 2)
    later.write(2, 1, "abc", 1)
    later.write(20, 1, "d", 1)
    assert later.changes(earlier) == [(1, 2, 3), (1, 20, 1)]
    assert later.changes(later) == []
    assert later.changes(None) == later.changes(Canvas(29, 2)) == [(0, 0, 30), (1, 0, 30)]


def test_a_change_of_role_alone_is_a_change() -> None:
    earlier, later = Canvas(9, 1), Canvas(9, 1)
    earlier.write(4, 0, "a", 1)
    later.write(4, 0, "a", 2)
    assert later.changes(earlier) == [(0, 4, 1)]


def test_a_part_shares_its_cells_with_the_whole() -> None:
    canvas = Canvas(6, 3)
    part = canvas.part(2, 1, 9, 9)
    assert (part.width, part.height) == (4, 2)
    part.lay(np.full((2, 4), ord("x"), np.uint32), 1)
    part.write(0, 0, "o", 1)
    assert canvas.text() == "\n  oxxx\n  xxxx"
    assert canvas.roles(0, 1, 6) == {0, 1}


def test_a_message_is_in_the_middle_and_is_cut_at_the_edges() -> None:
    assert message("no curve yet", 16, 3).text() == "\n  no curve yet\n"
    assert message("no curve yet", 8, 3).text() == "   no\n curve\n  yet"
    assert message("no curve yet", 0, 1).text() == ""
