"""What is reported of long work while it runs."""

from melodyrnn.console.progress import Pace


def test_the_time_left_is_at_the_pace_of_the_work_in_hand():
    clock = iter([0.0, 10.0, 20.0, 30.0, 90.0])
    pace = Pace("", lambda: next(clock))
    assert pace.line(100, 300, "steps") == "100/300 steps"
    assert pace.line(200, 300, "steps") == "200/300 steps ≤0:10"
    assert pace.line(300, 300, "steps") == "300/300 steps ≤0:00"
    assert pace.line(0, 20, "songs") == "0/20 songs"
    assert pace.line(10, 20, "songs") == "10/20 songs ≤1:00"
