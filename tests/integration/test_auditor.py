"""What an auditor finds with the one file of `docs/`, on what the service handed out."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.canonical_event import exported
from events.checkpoints import KeptCheckpoint
from queries.audit import proofs
from tests.appends import appended, asked, logged
from tests.audited import STREAMS, audited
from tests.signing import forged, rewritten, signed

FILE = Path(__file__).parents[2] / "docs" / "verify_log.py"


@dataclass(slots=True)
class Auditor:
    """Has a directory, and checkpoints that were given out while the log was as it should be."""

    directory: Path
    engine: AsyncEngine
    kept: list[KeptCheckpoint]

    def file(self, name: str, content: str | bytes) -> str:
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    async def exported(self) -> list[str]:
        return [exported(event) for event in await logged(self.engine)]

    async def checks_log(self, lines: list[str]) -> tuple[int, list[str]]:
        export = self.file("log.ndjson", "".join(f"{line}\n" for line in lines))
        notes = [self.file(f"{each.size}", each.note) for each in self.kept]
        given = [argument for note in notes for argument in ("--checkpoint", note)]
        return await self.runs("log", export, *given)

    async def runs(self, *arguments: str, key: str | None = None) -> tuple[int, list[str]]:
        """The exit code, and the lines printed."""
        command = [sys.executable, "-I", str(FILE), *arguments, "--key", key or self.key]
        run = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=False
        )
        assert run.stderr == ""
        return run.returncode, run.stdout.splitlines()

    @property
    def key(self) -> str:
        return str(self.kept[0].key)

    async def inclusion(self, position: int) -> bytes:
        return msgspec.json.encode((await proofs.inclusion(self.engine, "main", position)).value)

    async def consistency(self, old: int, new: int | None = None) -> bytes:
        answer = await proofs.consistency(self.engine, "main", old, new)
        return msgspec.json.encode(answer.value)


def _deep(levels: int) -> list[object]:
    return [_deep(levels - 1)] if levels else []


@pytest.fixture
async def auditor(engine: AsyncEngine, tmp_path: Path) -> Auditor:
    return Auditor(tmp_path, engine, await audited(engine))


async def test_an_export_is_verified_against_all_checkpoints(auditor: Auditor) -> None:
    code, told = await auditor.checks_log(await auditor.exported())
    assert (code, told) == (
        0,
        [
            "checkpoint of 96 events: signed by catalog.local, and the root agrees",
            "checkpoint of 204 events: signed by catalog.local, and the root agrees",
            "checkpoint of 300 events: signed by catalog.local, and the root agrees",
            "300 events in 12 streams of main",
            "verified",
        ],
    )


async def test_what_no_checkpoint_covers_is_told(auditor: Auditor, engine: AsyncEngine) -> None:
    await appended(engine, asked(STREAMS[0]), asked(STREAMS[1]))
    code, told = await auditor.checks_log(await auditor.exported())
    assert code == 0
    assert "positions 301 to 302 are later than each checkpoint given" in told


def _without_137(lines: list[str]) -> list[str]:
    return lines[:136] + lines[137:]


def _swapped(lines: list[str]) -> list[str]:
    return [*lines[:136], lines[137], lines[136], *lines[138:]]


def _repeated(lines: list[str]) -> list[str]:
    return [*lines[:137], lines[136], *lines[137:]]


def _changed(lines: list[str]) -> list[str]:
    return [*lines[:136], lines[136].replace('"ann"', '"eve"'), *lines[137:]]


def _doubled(lines: list[str]) -> list[str]:
    return [*lines[:136], lines[136].replace("{", '{"actor":"eve",', 1), *lines[137:]]


def _elsewhere(lines: list[str]) -> list[str]:
    return [*lines[:136], lines[136].replace('"main"', '"outlet"'), *lines[137:]]


def _torn(lines: list[str]) -> list[str]:
    return [*lines[:299], lines[299][:80]]


@pytest.mark.parametrize(
    ("tampered", "told"),
    [
        (_without_137, "line 137 (position 138): position 137 should be here"),
        (_without_137, "where 12 should be"),
        (_without_137, "checkpoint of 300 events: the tail is missing after 299"),
        (_swapped, "line 137 (position 138): position 137 should be here"),
        (_repeated, "line 138 (position 137): position 138 should be here"),
        (_changed, "line 137 (position 137): the digest is "),
        (_changed, "checkpoint of 204 events: the root signed is "),
        (_doubled, "line 137: a member of an object stands there twice"),
        (_elsewhere, "an event of the catalog outlet in the log of main"),
        (_torn, "line 300: no JSON"),
        (lambda lines: lines[:290], "checkpoint of 300 events: the tail is missing after 290"),
        (lambda lines: lines[12:], "line 1 (position 13): position 1 should be here"),
        (lambda _: [], "checkpoint of 96 events: the tail is missing after 0"),
        (lambda lines: ["[]", *lines], "line 1: no JSON object"),
        (lambda lines: [*lines, "{}"], "line 301: position is missing"),
        (lambda lines: [*lines, '{"actor":"\\ud800"}'], "line 301: an event that has no canonical"),
        (lambda lines: [*lines, "[" * 100_000], "line 301: no JSON"),
        (lambda lines: [*lines, "\ufeff{}"], "line 301: no JSON"),
        (lambda lines: [*lines, '{"a":NaN}'], "line 301: no JSON: NaN"),
        (
            lambda lines: [*lines, f'{{"position":{"1" * 5_000}}}'],
            "line 301: position is missing, or no whole number of a log",
        ),
        (
            lambda lines: [
                *lines[:-1],
                re.sub('"digest":"[0-9a-f]*"', r'"digest":"\\ud800"', lines[-1]),
            ],
            "line 300 (position 300): the digest is \\ud800, but",
        ),
    ],
)
async def test_what_was_done_to_an_export_is_found_and_named(
    auditor: Auditor, tampered: Callable[[list[str]], list[str]], told: str
) -> None:
    code, lines = await auditor.checks_log(tampered(await auditor.exported()))
    assert any(line.startswith("FAULT ") and told in line for line in lines), lines
    assert (code, lines[-1]) == (1, "NOT VERIFIED")


async def test_a_log_rewritten_with_its_digests_is_found_from_the_checkpoint_before_it(
    auditor: Auditor, engine: AsyncEngine
) -> None:
    await forged(engine, 137)
    code, lines = await auditor.checks_log(await auditor.exported())
    faults = [line for line in lines if line.startswith("FAULT")]
    assert code == 1
    assert [fault.partition(":")[0] for fault in faults] == [
        "FAULT checkpoint of 204 events",
        "FAULT checkpoint of 300 events",
    ]


async def test_a_checkpoint_that_another_key_signed_is_refused(auditor: Auditor) -> None:
    lines = await auditor.exported()
    note = auditor.kept[2].note
    *text, signature = note.splitlines(keepends=True)
    forged_note = "".join(text).replace("300", "299") + signature
    path = auditor.file("forged", forged_note)
    export = auditor.file("log.ndjson", "\n".join(lines))
    code, told = await auditor.runs("log", export, "--checkpoint", path)
    assert (code, told) == (
        1,
        ["FAULT the checkpoint's signature is not by catalog.local", "NOT VERIFIED"],
    )


@pytest.mark.parametrize("position", [1, 2, 137, 256, 257, 300])
async def test_an_event_is_proven_to_be_in_the_log(auditor: Auditor, position: int) -> None:
    answer = await auditor.inclusion(position)
    expected = f"position {position} is in the log of catalog.local/main as signed at 300 events"
    for form in (answer, json.dumps(json.loads(answer), indent=2)):
        assert await auditor.runs("inclusion", auditor.file("answer.json", form)) == (
            0,
            [expected, "verified"],
        )


async def test_no_part_of_a_proof_may_change(auditor: Auditor) -> None:
    answer = json.loads(await auditor.inclusion(137))
    event, proof = answer["event"], answer["proof"]
    wrong = [
        answer | {"event": event | {"actor": "eve"}},
        answer | {"event": event | {"actor": "eve"}, "digest": "00" * 32},
        answer | {"position": 138},
        answer | {"position": 301, "event": event | {"position": 301}},
        answer | {"proof": proof[:-1]},
        answer | {"proof": [*proof, proof[0]]},
        answer | {"proof": proof[::-1]},
        answer | {"proof": "none"},
        answer | {"proof": ["zz", *proof[1:]]},
        answer | {"proof": [proof[0][:-2], *proof[1:]]},
        answer | {"checkpoint": auditor.kept[0].note},
        answer | {"checkpoint": auditor.kept[1].note},
        answer | {"event": event | {"catalog_id": "outlet"}},
        answer | {"event": None},
        answer | {"checkpoint": "\ud800" + answer["checkpoint"]},
        answer | {"proof": [_deep(900), *proof[1:]]},
        {},
        [],
    ]
    for each in wrong:
        code, told = await auditor.runs("inclusion", auditor.file("answer.json", json.dumps(each)))
        assert (code, told[-1]) == (1, "NOT VERIFIED"), each


async def test_a_checkpoint_is_proven_to_continue_an_older_one(auditor: Auditor) -> None:
    for old in auditor.kept:
        note = auditor.file("old", old.note)
        answer = auditor.file("answer.json", await auditor.consistency(old.size))
        said = f"the 300 events signed begin with the {old.size} signed before"
        assert await auditor.runs("consistency", note, answer) == (
            0,
            [f"catalog.local/main: {said}", "verified"],
        )


async def test_a_log_that_was_signed_anew_does_not_continue_the_old_one(
    auditor: Auditor, engine: AsyncEngine
) -> None:
    await forged(engine, 7)
    for table in ("checkpoints", "tree_nodes"):
        await rewritten(engine, table, f"delete from event_store.{table}")
    await signed(engine)
    note = auditor.file("old", auditor.kept[0].note)
    answer = auditor.file("answer.json", await auditor.consistency(96))
    assert await auditor.runs("consistency", note, answer) == (
        1,
        ["FAULT the 300 events signed do not begin with the 96 signed before", "NOT VERIFIED"],
    )


async def test_a_proof_of_consistency_is_between_what_was_signed(auditor: Auditor) -> None:
    note = auditor.file("old", auditor.kept[0].note)
    answer = json.loads(await auditor.consistency(96))
    wrong = [
        json.loads(await auditor.consistency(97)),
        json.loads(await auditor.consistency(96, 204)),
        answer | {"proof": answer["proof"][1:]},
        answer | {"proof": [*answer["proof"], answer["proof"][0]]},
        answer | {"checkpoint": auditor.kept[1].note},
        answer | {"checkpoint": auditor.kept[0].note, "to": 96},
    ]
    for each in wrong:
        file = auditor.file("answer.json", json.dumps(each))
        code, told = await auditor.runs("consistency", note, file)
        assert (code, told[-1]) == (1, "NOT VERIFIED"), each


@pytest.mark.parametrize(
    "key", ["", "catalog.local", "catalog.local+00000000+AAAA", "catalog.local+00000000+é"]
)
async def test_a_key_has_a_form(auditor: Auditor, key: str) -> None:
    file = auditor.file("answer.json", await auditor.inclusion(1))
    code, told = await auditor.runs("inclusion", file, key=key or "+")
    assert (code, told[-1]) == (3, "COULD NOT LOOK")


async def test_a_file_that_cannot_be_read_says_nothing_about_the_log(auditor: Auditor) -> None:
    nowhere, note = str(auditor.directory / "nowhere"), auditor.file("old", auditor.kept[0].note)
    for asked_for in (
        ("log", nowhere, "--checkpoint", note),
        ("log", note, "--checkpoint", nowhere),
        ("inclusion", nowhere),
        ("consistency", note, nowhere),
    ):
        code, told = await auditor.runs(*asked_for)
        assert (code, told[-1]) == (3, "COULD NOT LOOK")
        assert nowhere in told[0]


@pytest.mark.parametrize("blank", ["\n", "\n\n\n", "\r\n \r\n"])
async def test_blank_lines_behind_a_kept_note_are_none_of_it(auditor: Auditor, blank: str) -> None:
    note = auditor.file("old", auditor.kept[0].note + blank)
    answer = auditor.file("answer.json", await auditor.consistency(96))
    export = auditor.file("log.ndjson", "".join(f"{line}\n" for line in await auditor.exported()))
    for asked_for in (("consistency", note, answer), ("log", export, "--checkpoint", note)):
        assert (await auditor.runs(*asked_for))[0] == 0


def _problem(name: str, **members: object) -> str:
    return json.dumps({"type": f"/problems/{name}", "status": 404, "detail": "why", **members})


@pytest.mark.parametrize(
    ("problem", "size"), [(_problem("not-covered", size=96), 96), (_problem("no-checkpoint"), 0)]
)
async def test_a_service_that_signed_more_than_it_says_has_cut_its_log(
    auditor: Auditor, problem: str, size: int
) -> None:
    note = auditor.file("old", auditor.kept[1].note)
    code, told = await auditor.runs("consistency", note, auditor.file("answer.json", problem))
    assert (code, told[-1]) == (1, "NOT VERIFIED")
    assert told[0] == (
        f"FAULT the service says that {size} events of its log are signed, fewer than the 204 "
        "that it signed in the note you kept: it was cut"
    )


async def test_a_service_without_what_it_signed_is_at_fault(auditor: Auditor) -> None:
    answer = auditor.file("answer.json", _problem("log-damaged", missing="event 7"))
    code, told = await auditor.runs("inclusion", answer)
    assert (code, told[-1]) == (1, "NOT VERIFIED")
    assert "missing 'event 7'" in told[0]


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (_problem("not-covered", size=300), "'not-covered': 'why', the newest being of 300 events"),
        (_problem("invalid-token"), "'invalid-token': 'why'"),
        (_problem("odd", detail="\nverified"), r"'odd': '\nverified'"),
    ],
)
async def test_a_problem_in_place_of_a_proof_is_told_as_it_is(
    auditor: Auditor, problem: str, told: str
) -> None:
    note = auditor.file("old", auditor.kept[1].note)
    answer = auditor.file("answer.json", problem)
    for asked_for in (("inclusion", answer), ("consistency", note, answer)):
        assert await auditor.runs(*asked_for) == (
            3,
            [f"the service gave no proof, but {told}", "COULD NOT LOOK"],
        )
