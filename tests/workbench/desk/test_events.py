"""All about one event: detail, payload, copies, comparisons, notes."""

import asyncio
import os
import shlex
import subprocess
import sys
from random import Random

import msgspec
import pytest
from google.protobuf import descriptor_pb2

from tests.workbench.desk.benches import Maker, bench, desk_in, resolvers, until
from wirescope.errors import BrokenFileError, CaptureError, UnknownDecoderError, UsageError
from wirescope.workbench.desk import Desk, Flags, Note, Outgoing
from wirescope.workbench.workspace import EventNote, History


@pytest.fixture
def maker():
    made = Maker()
    made.opened()
    return made


async def test_a_message_is_decoded_by_what_fits(tmp_path, maker):
    seq = maker.message('{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}')
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        detail = await desk.detail("made", seq)
    assert detail.decoding.decoder == "jsonrpc"
    assert detail.decoding.tree["method"] == "add"
    assert {"auto", "json", "hex"} <= set(detail.decoding.available)
    assert detail.record["type"] == "websocket.message"


async def test_a_decoder_can_be_chosen_by_hand(tmp_path, maker):
    seq = maker.message('{"a":1}')
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        assert (await desk.detail("made", seq, "text")).decoding.tree == '{"a":1}'
        wrong = (await desk.detail("made", seq, "bson")).decoding
        assert wrong.problem
        with pytest.raises(UnknownDecoderError):
            await desk.detail("made", seq, "nothing")


async def test_protobuf_is_read_with_a_descriptor_of_the_workspace(tmp_path, maker):
    file = descriptor_pb2.FileDescriptorProto(name="a.proto", package="chat", syntax="proto3")
    said = file.message_type.add(name="Said")
    field = descriptor_pb2.FieldDescriptorProto
    said.field.add(name="text", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    described = descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString()
    (tmp_path / "chat.desc").write_bytes(described)
    seq = maker.message(b"\x0a\x02hi")
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        detail = await desk.detail("made", seq, "protobuf:chat.desc:chat.Said")
        with pytest.raises(UsageError, match="cannot be read"):
            await desk.detail("made", seq, "protobuf:nothing.desc:chat.Said")
    assert detail.decoding.tree == {"text": "hi"}


@pytest.mark.parametrize("path", ["a\0b", "/dev/zero", "large.desc"])
async def test_a_descriptor_set_that_is_no_file_is_the_users_mistake(tmp_path, maker, path):
    (tmp_path / "large.desc").touch()
    os.truncate(tmp_path / "large.desc", 1 << 30)
    seq = maker.message(b"\x0a\x02hi")
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        with pytest.raises(UsageError, match="cannot be read"):
            await desk.detail("made", seq, f"protobuf:{path}:chat.Said")


async def test_bytes_in_a_tree_are_written_as_base64(tmp_path, maker):
    seq = maker.message(msgspec.msgpack.encode({"data": b"\x00\xff"}))
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        decoding = (await desk.detail("made", seq, "messagepack")).decoding
    assert decoding.tree == {"data": {"base64": "AP8="}}


async def test_a_frame_shows_its_header(tmp_path, maker):
    seq = maker.message("hello", "sent")
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        (frame,) = (await desk.detail("made", seq)).frames
    assert (frame.header, frame.masking_key) == ("818500000000", "00000000")
    assert frame.row.seq == seq - 1


async def test_an_illegal_frame_says_which_clause_it_breaks(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/illegal?kind=reserved-opcode", strict=False)
        await until(lambda: at.desk.session(state.id).tally.received_bytes > 0)
        await at.desk.close_session(state.id, drop=True)
        await at.over(state.id)
        view = at.view(state)
        rows = (await at.desk.rows(view, 0, 100)).rows
        (illegal,) = [row for row in rows if row.flags & Flags.ILLEGAL]
        detail = await at.desk.detail(state.capture, illegal.seq)
    ((clause, sentence),) = detail.frames[0].violations
    assert clause.startswith("RFC 6455")
    assert sentence


async def test_an_event_that_is_not_there_is_a_gap_or_a_mistake(tmp_path, maker):
    maker.message("hello")
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        with pytest.raises(CaptureError):
            await desk.payload("made", 4000)
        with pytest.raises(CaptureError):
            await desk.detail("made", 4000)


async def test_a_compressed_payload_is_given_decoded(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/deflate?count=20")
        await until(lambda: at.desk.session(state.id).tally.received == 21)
        await at.desk.close_session(state.id)
        await at.over(state.id)
        rows = (await at.desk.rows(at.view(state), 0, 100)).rows
        last = [row for row in rows if row.layer == "message"][-1]
        assert last.flags & Flags.COMPRESSED
        payload = await at.desk.payload(state.capture, last.seq)
    assert len(payload) == last.length
    assert msgspec.json.decode(payload)["number"] == 19


# Copies


async def copied(folder, maker, form, *seqs):
    maker.save(folder)
    async with desk_in(folder) as desk:
        return (await desk.copy("made", seqs, form)).text


def printed(command):
    """Have a shell run a command; what it prints."""
    return subprocess.check_output(["sh", "-c", command])


async def test_messages_are_copied_as_text_and_hex(tmp_path, maker):
    one, other = maker.message("one"), maker.message(b"\x00\xff")
    assert await copied(tmp_path, maker, "text", other, one) == "one\n00 ff"
    dump = await copied(tmp_path / "hex", maker, "hex", one)
    assert dump == "00000000  6f 6e 65" + " " * 41 + "|one|"


async def test_an_event_is_copied_as_its_record(tmp_path, maker):
    seq = maker.message("one")
    record = msgspec.json.decode(await copied(tmp_path, maker, "json", seq))
    assert (record["seq"], record["text"]) == (seq, "one")


async def test_a_call_quotes_what_a_shell_would_read(tmp_path, maker):
    seq = maker.message("it's $HOME", "sent")
    text = await copied(tmp_path, maker, "curl", seq)
    before, _, after = text.partition(" | ")
    assert printed(before) == b"it's $HOME"
    words = shlex.split(after)
    assert words[0] == "curl"
    assert words[-1] == "ws://feed.test/"
    assert "Origin: https://own.test" in words


async def test_binary_goes_to_curl_byte_for_byte(tmp_path, maker):
    seq = maker.message(bytes(range(256)), "sent")
    before, _, _ = (await copied(tmp_path, maker, "curl", seq)).partition(" | ")
    assert printed(before) == bytes(range(256))


async def test_wscat_is_given_the_text_to_send(tmp_path, maker):
    seq = maker.message("hello there", "sent")
    words = shlex.split(await copied(tmp_path, maker, "wscat", seq))
    assert words[:3] == ["wscat", "-c", "ws://feed.test/"]
    assert words[-2:] == ["-x", "hello there"]


async def test_a_copied_program_runs(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.desk.send(state.id, Outgoing(body="from 'python'"), resolvers=resolvers)
        await until(lambda: at.desk.session(state.id).tally.received == 1)
        await at.saved(state.id)
        rows = (await at.desk.rows(at.view(state), 0, 100)).rows
        (sent,) = [row.seq for row in rows if row.layer == "message" and row.direction == "sent"]
        program = (await at.desk.copy(state.capture, [sent], "python")).text
        done = await at.run(sys.executable, "-c", program)
    assert "from 'python'" in done


async def test_a_long_message_is_copied_whole(tmp_path):
    text = "x" * (1 << 20) + "the end"
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.desk.send(state.id, Outgoing(body=text), resolvers=resolvers)
        await until(lambda: at.desk.session(state.id).tally.received == 1)
        await at.saved(state.id)
        row = (await at.desk.rows(at.view(state))).rows[-1]
        assert (await at.desk.copy(state.capture, [row.seq], "text")).text == text


async def test_what_is_not_there_is_not_copied(tmp_path, maker):
    seq = maker.message("one")
    for missing in (0, seq + 1, 1 << 64):
        with pytest.raises(CaptureError, match=str(missing)):
            await copied(tmp_path / str(missing), maker, "text", missing)


async def test_too_many_events_are_not_copied(tmp_path, maker):
    seq = maker.message("one")
    with pytest.raises(UsageError, match="1,001"):
        await copied(tmp_path, maker, "text", *range(seq, seq + 1001))


# Comparisons


async def test_two_messages_are_compared_line_by_line(tmp_path, maker):
    one = maker.message('{"price":1,"name":"a"}')
    other = maker.message('{"name":"a","price":2}')
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        comparison = await desk.compare_events("made", one, "made", other)
    assert [line for line in comparison.lines if line[0] != "same"] == [
        ("removed", '  "price": 1'),
        ("added", '  "price": 2'),
    ]


async def test_long_messages_that_differ_throughout_are_compared_at_once(tmp_path, maker):
    def prices(seed):
        generator = Random(seed)
        return msgspec.json.encode([f"price {generator.random()}" for _ in range(1500)]).decode()

    one, other = maker.message(prices(1)), maker.message(prices(2))
    maker.save(tmp_path)
    async with asyncio.timeout(10), desk_in(tmp_path) as desk:
        comparison = await desk.compare_events("made", one, "made", other)
    assert [sign for sign, _ in comparison.lines] == ["same", *["removed", "added"] * 1500, "same"]


# Notes


async def test_a_note_is_kept_beside_the_capture(tmp_path, maker):
    seq = maker.message("hello")
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        await desk.save_note("made", Note(seq=seq, text="strange", bookmarked=True))
    async with desk_in(tmp_path) as desk:
        assert await desk.notes("made") == [Note(seq=seq, text="strange", bookmarked=True)]
        detail = await desk.detail("made", seq)
        (state,) = await desk.captures()
        row = (await desk.rows(view, 3, 1)).rows[0]
    assert (detail.note, detail.bookmarked) == ("strange", True)
    assert state.has_notes
    assert row.flags & Flags.NOTED
    assert (tmp_path / "captures" / "made.notes.json").exists()


async def test_an_empty_note_takes_the_last_one_away(tmp_path, maker):
    seq = maker.message("hello")
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        await desk.save_note("made", Note(seq=seq, text="strange", bookmarked=False))
        await desk.save_note("made", Note(seq=seq, text="", bookmarked=False))
        assert await desk.notes("made") == []
    assert list(tmp_path.rglob("*.notes.json")) == []


async def test_a_note_beside_nothing_is_refused(tmp_path, maker):
    maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        with pytest.raises(CaptureError):
            await desk.save_note("made", Note(seq=99, text="x", bookmarked=False))


async def test_a_broken_file_of_notes_is_not_written_over(tmp_path, maker):
    seq = maker.message("hello")
    maker.save(tmp_path)
    broken = tmp_path / "captures" / "made.notes.json"
    broken.write_text("{")
    async with desk_in(tmp_path) as desk:
        with pytest.raises(BrokenFileError, match="no notes"):
            await desk.save_note("made", Note(seq=seq, text="x", bookmarked=False))
    assert broken.read_text() == "{"


async def test_rows_are_shown_whatever_is_wrong_with_the_notes(tmp_path, maker):
    maker.message("hello")
    view = maker.save(tmp_path)
    (tmp_path / "captures" / "made.notes.json").write_text("{")
    async with desk_in(tmp_path) as desk:
        assert (await desk.rows(view)).rows[-1].text == "hello"


async def test_notes_that_an_editor_changes_are_read_anew(tmp_path, maker):
    seq = maker.message("hello")
    maker.save(tmp_path)
    history = History(tmp_path)
    async with Desk(history) as desk:
        await desk.save_note("made", Note(seq=seq, text="mine", bookmarked=False))
        before = history.notes("made")
        theirs = before.notes.with_event(EventNote(seq=seq, at_ns=1, text="theirs"))
        history.save_notes("made", theirs, digest=before.digest)
        assert [note.text for note in await desk.notes("made")] == ["theirs"]
        await desk.save_note("made", Note(seq=0, text="It stalls.", bookmarked=False))
    kept = history.notes("made").notes
    assert (kept.note, [each.text for each in kept.events]) == ("It stalls.", ["theirs"])
