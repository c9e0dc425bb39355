"""What is told of commands on long streams, from made-up rounds."""

from benchmarks.appending.long_streams import Round, report


def test_a_long_stream_is_held_against_a_short_one_of_its_round() -> None:
    rounds = [
        Round(cold_short=0.001, cold_long=0.002, hot_short=0.001, hot_long=0.001),
        Round(cold_short=0.004, cold_long=0.012, hot_short=0.002, hot_long=0.002),
        Round(cold_short=0.002, cold_long=0.005, hot_short=0.003, hot_long=0.003),
    ]

    _, _, cold, hot = ([each.strip() for each in line.split("|")[1:-1]] for line in report(rounds))

    assert cold == ["cold", "2.50 (2.00 … 3.00)", "2.00 (1.00 … 4.00)", "5.00 (2.00 … 12.00)"]
    assert hot == ["hot", "1.00 (1.00 … 1.00)", "2.00 (1.00 … 3.00)", "2.00 (1.00 … 3.00)"]
