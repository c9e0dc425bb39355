"""What py-spy saw, divided among the stages of a request."""

from pathlib import Path

import pytest

from benchmarks.profiling.profiles import Profile
from benchmarks.profiling.stacks import Stack, stacks
from benchmarks.profiling.stages import OTHER, Stages, stages

ROOT = Path(__file__).parents[2]
BEGUN = "<module> (cli/__main__.py:23);Server.run (uvicorn/server.py:86)"
LOOP = f"{BEGUN};Runner.run (asyncio/runners.py:118)"
RAW = f"""\
{LOOP} 20
{LOOP};Appender._written (events/appender.py:150);append (events/append.py:102) 5
{LOOP};Request.json (starlette/requests.py:9);loads (json/__init__.py:346) 10
{LOOP};Observed._observed (api/edge/observed.py:12);dumps (json/__init__.py:238) 4
{LOOP};<lambda> (nowhere.py:1) 1
close (sqlalchemy/pool/base.py:12) 8
Thread._bootstrap (threading.py:1030);Condition.wait (threading.py:355) 900
"""


@pytest.fixture
def profile() -> Profile:
    return Profile(list(stacks(RAW)))


def test_a_stack_is_what_the_loop_called() -> None:
    [found] = stacks(f"{LOOP};append (events/append.py:102) 5")
    assert found == Stack(["asyncio/runners.py:Runner.run", "events/append.py:append"], 5)


def test_a_greenlet_has_a_stack_of_its_own() -> None:
    [found] = stacks("close (sqlalchemy/pool/base.py:12) 8")
    assert found == Stack(["sqlalchemy/pool/base.py:close"], 8)


def test_a_frame_of_no_file_keeps_its_name() -> None:
    [found] = stacks(f"{LOOP};process 7 1")
    assert found.frames[-1] == "process 7"


def test_threads_that_wait_beside_the_loop_do_not_count(profile: Profile) -> None:
    assert profile.samples == 48


def test_the_innermost_frame_that_is_known_decides(profile: Profile) -> None:
    found = {stage: share * 48 for stage, share in profile.by_stage.items() if share}
    assert found == pytest.approx({"database": 13, "parsing": 10, "logs": 4, "loop": 21})


def test_the_longest_prefix_that_fits_a_frame_decides() -> None:
    divided = Stages({}, {"api/": "routing", "api/edge/observed.py:Observed._observed": "logs"})
    assert divided.of(["api/edge/observed.py:Observed._observed"]) == "logs"
    assert divided.of(["api/edge/observed.py:Observed.__call__"]) == "routing"


def test_what_fits_nowhere_is_named() -> None:
    profile = Profile([Stack(["nowhere.py:f"], 1), Stack(["events/codec.py:encode"], 3)])
    assert profile.by_stage[OTHER] == 0.25
    assert profile.unknown == {"nowhere.py:f": 0.25}


def test_all_stages_together_are_the_whole(profile: Profile) -> None:
    assert list(profile.by_stage) == list(stages().described)
    assert sum(profile.by_stage.values()) == pytest.approx(1)


def test_functions_are_told_by_their_own_time_and_with_what_they_call() -> None:
    profile = Profile([Stack(["loop", "a", "b", "a"], 3), Stack(["loop", "b"], 1)])
    assert profile.own == {"a": 0.75, "b": 0.25}
    assert profile.inclusive == {"b": 1.0, "a": 0.75}


def test_what_the_table_names_of_ours_is_there() -> None:
    """Else a stage would lose its samples to another as soon as something has a new name."""
    named = [prefix.partition(":") for prefix in stages().prefixes]
    ours = [each for each in named if (ROOT / each[0].split("/")[0]).is_dir()]
    assert len(ours) > 30
    for file, _, function in ours:
        assert (ROOT / file).exists()
        if function:
            name = function.rpartition(".")[2]
            assert f"def {name}(" in (ROOT / file).read_text()
