"""What the page can ask for, asked over a real socket."""

import asyncio

import pytest

from tests.web.page import workbench
from wirescope.web.messages import Watch
from wirescope.workbench.desk import View


async def rows_of(page, capture, *, at_least):
    """Read a capture's rows once there are so many."""
    async with asyncio.timeout(10):
        while True:
            window = await page.call("rows", {"view": {"capture": capture, "fold": False}})
            if len(window["rows"]) >= at_least:
                return window["rows"]
            await asyncio.sleep(0.02)


async def test_a_message_that_is_sent_is_a_row_and_its_answer_another(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect()
        outgoing = {"outgoing": {"body": "hello"}}
        await page.call("send", outgoing, session=session["id"])
        rows = await rows_of(page, session["capture"], at_least=9)
    told = [(row["direction"], row["text"]) for row in rows if row["layer"] == "message"]
    assert told == [("sent", "hello"), ("received", "hello")]


async def test_what_cannot_be_sent_is_refused_with_a_reason(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect()
        outgoing = {"outgoing": {"form": "hex", "body": "0g"}}
        answer = await page.try_("send", outgoing, session=session["id"])
    assert answer.status == 400
    assert "hex" in answer.body["error"]


async def test_a_refused_connection_is_a_state_and_not_a_failure(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect("/reject?status=403")
        async with page.live() as live, asyncio.timeout(10):
            while session["phase"] != "failed":
                for now in (await live.batch()).sessions:
                    session = {"phase": now.phase, "sentence": now.sentence}
    assert "403" in session["sentence"]


async def test_an_endpoint_that_is_saved_is_in_the_workspace(tmp_path):
    async with workbench(tmp_path) as page:
        saved = await page.call(
            "save_item",
            {"kind": "endpoint", "path": "market/feed", "value": {"url": "wss://example.test"}},
        )
        workspace = await page.call("workspace")
    assert (tmp_path / "endpoints/market/feed.yaml").is_file()
    assert [item["path"] for item in workspace["items"]] == ["market/feed"]
    assert workspace["items"][0]["digest"] == saved["digest"]
    assert workspace["can_undo"] == "Create market/feed"


async def test_a_file_that_somebody_else_changed_is_not_overwritten(tmp_path):
    item = {"kind": "endpoint", "path": "feed", "value": {"url": "wss://one.test"}}
    async with workbench(tmp_path) as page:
        saved = await page.call("save_item", item)
        (tmp_path / "endpoints/feed.yaml").write_text("url: wss://theirs.test\n", "utf-8")
        mine = {**item, "value": {"url": "wss://mine.test"}, "digest": saved["digest"]}
        answer = await page.try_("save_item", mine)
    assert answer.status == 409
    assert answer.body["current"]["value"]["url"] == "wss://theirs.test"
    assert "theirs" in (tmp_path / "endpoints/feed.yaml").read_text("utf-8")


async def test_each_change_of_the_workspace_can_be_taken_back(tmp_path):
    item = {"kind": "endpoint", "path": "feed", "value": {"url": "wss://one.test"}}
    file = tmp_path / "endpoints/feed.yaml"
    async with workbench(tmp_path) as page:
        saved = await page.call("save_item", item)
        second = {**item, "value": {"url": "wss://two.test"}, "digest": saved["digest"]}
        await page.call("save_item", second)
        await page.call("move_item", {"kind": "endpoint", "path": "feed", "to": "market/feed"})
        await page.call("delete_item", {"kind": "endpoint", "path": "market/feed"})
        words = [(await page.call("undo"))["said"] for _ in range(3)]
        assert "one.test" in file.read_text("utf-8")
        words.append((await page.call("undo"))["said"])
    assert words == ["Delete market/feed", "Move feed", "Change feed", "Create feed"]
    assert not file.exists()


async def test_a_file_that_somebody_else_deleted_is_told_as_that(tmp_path):
    item = {"kind": "endpoint", "path": "feed", "value": {"url": "wss://one.test"}}
    async with workbench(tmp_path) as page:
        saved = await page.call("save_item", item)
        (tmp_path / "endpoints/feed.yaml").unlink()
        answer = await page.try_("save_item", {**item, "digest": saved["digest"]})
        again = await page.call("save_item", {**item, "digest": answer.body["current"]["digest"]})
    assert answer.status == 409
    assert "was deleted since" in answer.body["error"]
    assert answer.body["current"]["value"] is None
    assert again["value"]["url"] == "wss://one.test"


async def test_a_file_that_somebody_else_broke_is_told_as_changed(tmp_path):
    item = {"kind": "endpoint", "path": "feed", "value": {"url": "wss://one.test"}}
    async with workbench(tmp_path) as page:
        saved = await page.call("save_item", item)
        (tmp_path / "endpoints/feed.yaml").write_text("url: [\n", "utf-8")
        answer = await page.try_("save_item", {**item, "digest": saved["digest"]})
    assert answer.status == 409
    assert "was changed since" in answer.body["error"]
    assert answer.body["current"]["digest"]


async def test_undoing_the_making_of_a_file_leaves_what_others_wrote_into_it(tmp_path):
    item = {"kind": "endpoint", "path": "feed", "value": {"url": "wss://one.test"}}
    async with workbench(tmp_path) as page:
        await page.call("save_item", item)
        (tmp_path / "endpoints/feed.yaml").write_text("url: wss://theirs.test\n", "utf-8")
        answer = await page.try_("undo")
    assert answer.status == 409
    assert "was changed since it was made" in answer.body["error"]
    assert "theirs" in (tmp_path / "endpoints/feed.yaml").read_text("utf-8")


async def test_undoing_does_not_overwrite_what_others_wrote(tmp_path):
    item = {"kind": "endpoint", "path": "feed", "value": {"url": "wss://one.test"}}
    async with workbench(tmp_path) as page:
        saved = await page.call("save_item", item)
        await page.call(
            "save_item", {**item, "value": {"url": "wss://two.test"}, "digest": saved["digest"]}
        )
        (tmp_path / "endpoints/feed.yaml").write_text("url: wss://theirs.test\n", "utf-8")
        answer = await page.try_("undo")
    assert answer.status == 409
    assert "theirs" in (tmp_path / "endpoints/feed.yaml").read_text("utf-8")


async def test_a_broken_file_is_told_with_its_line_and_the_rest_opens(tmp_path):
    async with workbench(tmp_path) as page:
        await page.call(
            "save_item", {"kind": "endpoint", "path": "good", "value": {"url": "wss://a.test"}}
        )
        (tmp_path / "endpoints/bad.yaml").write_text("url: wss://b.test\nheaders: 7\n", "utf-8")
        workspace = await page.call("workspace")
    values = {item["path"]: item["value"] for item in workspace["items"]}
    assert values["bad"] is None
    assert values["good"]["url"] == "wss://a.test"
    (trouble,) = [each for each in workspace["troubles"] if each["severity"] == "error"]
    assert (trouble["file"], trouble["line"]) == ("endpoints/bad.yaml", 2)


async def test_a_curl_command_becomes_an_endpoint(tmp_path):
    text = "curl -H 'X-Team: blue' wss://example.test/feed"
    async with workbench(tmp_path) as page:
        looked = await page.call("import_text", {"name": "pasted", "text": text})
        assert not list(tmp_path.glob("endpoints/**/*.yaml"))
        made = await page.call("import_text", {"name": "pasted", "text": text, "apply": True})
    assert looked["items"][0]["value"]["headers"][0]["name"] == "X-Team"
    assert [(tmp_path / each).is_file() for each in made["made"]] == [True]


async def test_an_import_goes_into_a_folder_and_is_told_by_the_names_it_has_there(tmp_path):
    body = {"name": "x", "text": "curl wss://a.test", "folder": "chat", "apply": True}
    async with workbench(tmp_path) as page:
        await page.call("import_text", body)
        made = await page.call("import_text", body | {"text": "curl wss://a.test -k"})
        refused = await page.try_("import_text", body | {"folder": "../above"})
    assert [item["path"] for item in made["items"]] == ["chat/a.test 2"]
    assert made["made"] == ["endpoints/chat/a.test 2.yaml"]
    assert refused.status == 400
    assert not list(tmp_path.parent.glob("above*"))


async def test_an_import_does_not_overwrite_a_secret(tmp_path):
    text = "curl -H 'Authorization: Bearer 0123456789abcdef' wss://example.test/feed"
    async with workbench(tmp_path) as page:
        (tmp_path / ".env").write_text("token=mine\n", "utf-8")
        await page.call("import_text", {"name": "x", "text": text, "apply": True})
    assert "token=mine\n" in (tmp_path / ".env").read_text("utf-8")


async def test_a_secret_of_a_command_is_given_beside_the_endpoint_and_not_in_it(tmp_path):
    text = "curl -H 'Authorization: Bearer 0123456789abcdef' wss://example.test/feed"
    async with workbench(tmp_path) as page:
        looked = await page.call("import_text", {"name": "pasted", "text": text})
    ((name, value),) = looked["secrets"].items()
    assert value == "0123456789abcdef"
    (endpoint,) = [item for item in looked["items"] if item["kind"] == "endpoint"]
    assert endpoint["value"]["auth"]["token"] == f"{{{{{name}}}}}"
    assert not list(tmp_path.glob("endpoints/*"))


async def test_an_address_that_leads_nowhere_is_refused_with_a_reason(tmp_path):
    async with workbench(tmp_path) as page:
        answer = await page.try_("open_session", {"endpoint": {"url": "ws://[::1"}})
    assert answer.status == 400
    assert "cannot be read" in answer.body["error"]


async def test_a_variable_without_a_value_is_told_with_the_field_that_uses_it(tmp_path):
    endpoint = {"url": "ws://127.0.0.1:1/", "headers": [{"name": "X", "value": "{{nobody}}"}]}
    async with workbench(tmp_path) as page:
        answer = await page.try_("open_session", {"endpoint": endpoint})
    assert answer.status == 400
    assert answer.body["field"] == "headers[0].value"


async def test_a_value_of_the_wrong_kind_is_told_with_its_field(tmp_path):
    endpoint = {"url": "ws://127.0.0.1:1/", "compression": {"server_max_window_bits": 7}}
    async with workbench(tmp_path) as page:
        answer = await page.try_("open_session", {"endpoint": endpoint})
    assert answer.status == 422
    assert answer.body["field"] == "compression.server_max_window_bits"


async def test_a_draft_is_exported_as_it_stands_and_nothing_else(tmp_path):
    saved = {"kind": "endpoint", "path": "other", "value": {"url": "wss://other.test"}}
    async with workbench(tmp_path) as page:
        await page.call("save_item", saved)
        drafts = {"feed": {"url": "wss://example.test/draft"}}
        written = await page.call("export_items", {"format": "curl", "drafts": drafts})
        everything = await page.call("export_items", {"format": "curl"})
    (file,) = written["files"]
    assert "wss://example.test/draft" in file["text"]
    assert "other.test" not in file["text"]
    assert "other.test" in everything["files"][0]["text"]


async def test_the_name_of_a_draft_leads_nowhere_and_is_one_line(tmp_path):
    drafts = {"../../above\nrm x": {"url": "wss://example.test/"}}
    async with workbench(tmp_path) as page:
        folder = await page.call("export_items", {"format": "bruno", "drafts": drafts})
        command = await page.call("export_items", {"format": "curl", "drafts": drafts})
    assert "unnamed/unnamed/above rm x.bru" in {file["name"] for file in folder["files"]}
    assert "\nrm x" not in command["files"][0]["text"]


async def test_a_format_of_several_files_is_exported_with_all_of_them(tmp_path):
    drafts = {"feed": {"url": "wss://example.test/"}}
    async with workbench(tmp_path) as page:
        written = await page.call("export_items", {"format": "bruno", "drafts": drafts})
    names = {file["name"] for file in written["files"]}
    assert "bruno.json" in names
    assert len(names) > 1


async def test_what_is_no_format_that_is_known_is_refused_with_those_that_are(tmp_path):
    async with workbench(tmp_path) as page:
        answer = await page.try_("import_text", {"name": "x", "text": "what is this"})
    assert answer.status in (400, 409)
    assert "AsyncAPI" in answer.body["hint"]


async def test_a_payload_is_given_as_a_file_that_no_browser_shows_as_a_page(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect()
        body = {"outgoing": {"body": "<script>alert(1)</script>"}}
        await page.call("send", body, session=session["id"])
        rows = await rows_of(page, session["capture"], at_least=9)
        seq = str(rows[-1]["seq"])
        answer = await page.try_("payload", capture=session["capture"], seq=seq)
    assert answer.body == b"<script>alert(1)</script>"


async def test_a_filter_that_cannot_be_read_is_told_with_its_place(tmp_path):
    async with workbench(tmp_path) as page:
        good = await page.call("check_filter", {"filter": "length > 1kB"})
        bad = await page.call("check_filter", {"filter": "length >> 1kB"})
    assert (good["problem"], good["at"]) == ("", -1)
    assert bad["problem"]
    assert bad["at"] == 8


async def test_a_page_of_a_finding_is_given_and_an_unknown_code_is_not(tmp_path):
    async with workbench(tmp_path) as page:
        explained = await page.call("explain", code="WS501")
        answer = await page.try_("explain", code="WS999")
    assert "## What it sees" in explained["markdown"]
    assert answer.status == 404


async def test_a_request_of_the_wrong_shape_says_where(tmp_path):
    async with workbench(tmp_path) as page:
        answer = await page.try_("rows", {"view": {"capture": 7}})
    assert answer.status == 422
    assert "$.view.capture" in answer.body["error"]


async def test_a_connection_that_is_not_there_is_told(tmp_path):
    async with workbench(tmp_path) as page:
        answer = await page.try_("send", {"outgoing": {"body": "x"}}, session="s99")
    assert answer.status == 404
    assert "s99" in answer.body["error"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"endpoint": ' + b'{"a": ' * 50_000 + b"1" + b"}" * 50_001,
        b'{"endpoint": {"url": "\xff"}}',
        b"",
        b"[]",
    ],
    ids=["nested too deep", "not UTF-8", "empty", "no object"],
)
async def test_a_body_that_cannot_be_read_is_refused_with_a_reason(tmp_path, body):
    async with workbench(tmp_path) as page:
        answer = await page.try_("open_session", body)
    assert answer.status == 422
    assert answer.body["error"]


async def test_a_body_that_is_too_long_is_refused_with_a_reason(tmp_path):
    async with workbench(tmp_path) as page:
        answer = await page.try_("save_item", b'"' + b"x" * (4 << 20) + b'"')
    assert answer.status == 413
    assert "more than 4 MiB" in answer.body["error"]


async def test_the_description_names_every_operation(tmp_path):
    from wirescope.web.openapi import describe
    from wirescope.web.operations import OPERATIONS

    named = {
        operation["operationId"]
        for path in describe()["paths"].values()
        for operation in path.values()
    }
    assert named == {operation.name for operation in OPERATIONS}


# The live socket


async def test_the_live_socket_tells_new_rows_of_a_view_that_is_watched(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect()
        async with page.live() as live, asyncio.timeout(10):
            view = View(capture=session["capture"], fold=False)
            await live.say(Watch(id=7, view=view, tail=50))
            await page.call("send", {"outgoing": {"body": "ping?"}}, session=session["id"])
            texts: list[str] = []
            while texts.count("ping?") < 2:
                for update in (await live.batch()).views:
                    assert update.id == 7
                    texts += [row.text for row in update.tail]


async def test_a_filter_that_cannot_be_read_is_told_to_who_watches_with_it(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect()
        async with page.live() as live, asyncio.timeout(10):
            view = View(capture=session["capture"], filter="length >>")
            await live.say(Watch(id=1, view=view, tail=5))
            while not (told := (await live.batch()).views):
                pass
    (update,) = told
    assert update.problem.startswith("A value for length is missing. length is a size in bytes")


async def test_a_page_that_acknowledges_nothing_gets_one_batch_and_no_more(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect("/push?count=2000&interval_ms=1")
        async with page.live() as live:
            await live.say(Watch(id=1, view=View(capture=session["capture"]), tail=50))
            await live.socket.receive_bytes()
            try:
                async with asyncio.timeout(0.5):
                    await live.socket.receive_bytes()
            except TimeoutError:
                return
    raise AssertionError("a second batch came")


async def test_what_a_slow_page_missed_is_counted_and_in_the_store(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect("/push?count=3000")
        view = View(capture=session["capture"], fold=False)
        seen, skipped, total, complete = 0, 0, 0, False
        async with page.live() as live, asyncio.timeout(20):
            await live.say(Watch(id=1, view=view, tail=20))
            while total < 3000 or not complete:
                for update in (await live.batch()).views:
                    seen, skipped = seen + len(update.tail), skipped + update.skipped
                    total, complete = update.total, update.complete
        window = await page.call("rows", {"view": {"capture": session["capture"], "fold": False},
                                          "start": 1500, "count": 10})  # fmt: skip
    assert skipped > 0
    assert seen + skipped >= total
    assert len(window["rows"]) == 10


async def test_a_page_of_another_version_is_told_to_reload(tmp_path):
    async with workbench(tmp_path) as page, page.live(subprotocol="wirescope.live.0") as live:
        # A browser takes no connection that agrees to nothing of what it offered.
        assert live.socket.protocol == "wirescope.live.0"
        message = await live.socket.receive()
        assert live.socket.close_code == 4000
        assert "Reload" in str(message.extra)


async def test_what_is_no_message_of_the_page_ends_its_socket_alone(tmp_path):
    async with workbench(tmp_path) as page:
        async with page.live() as live:
            await live.socket.send_bytes(b"\xc1")
            async with asyncio.timeout(5):
                while not live.socket.closed:
                    await live.socket.receive()
        assert await page.call("state")


async def test_a_change_by_another_program_raises_the_revision(tmp_path):
    async with workbench(tmp_path) as page, page.live() as live, asyncio.timeout(15):
        before = (await live.batch()).workspace
        (tmp_path / "endpoints").mkdir(exist_ok=True)
        (tmp_path / "endpoints/new.yaml").write_text("url: wss://a.test\n", "utf-8")
        while (await live.batch()).workspace == before:
            pass
        names = [item["path"] for item in (await page.call("workspace"))["items"]]
    assert names == ["new"]


async def test_everything_is_saved_when_the_workbench_ends(tmp_path):
    async with workbench(tmp_path) as page:
        session = await page.connect()
        await page.call("send", {"outgoing": {"body": "last words"}}, session=session["id"])
        await rows_of(page, session["capture"], at_least=7)
    async with workbench(tmp_path) as page:
        (capture,) = await page.call("captures")
        assert not capture["recording"]
        rows = await rows_of(page, capture["id"], at_least=9)
        assert any(row["text"] == "last words" for row in rows)
        exported = await page.try_("export_capture", capture=capture["id"], format="ndjson")
        assert b"last words" in exported.body


# What is in the way


async def test_a_workspace_with_a_file_that_is_too_large_opens(tmp_path):
    async with workbench(tmp_path) as page:
        file = tmp_path / "messages" / "large.yaml"
        with file.open("wb") as opened:
            opened.truncate(1 << 30)
        workspace = (await page.call("state"))["workspace"]
    assert [each["file"] for each in workspace["troubles"]] == ["messages/large.yaml"]
    assert [(each["path"], each["value"]) for each in workspace["items"]] == [("large", None)]


async def test_connections_outlive_a_workspace_that_somebody_moves_away(tmp_path):
    folder = tmp_path / "workspace"
    async with workbench(folder) as page, page.live() as live, asyncio.timeout(20):
        session = await page.connect()
        before = (await live.batch()).workspace
        folder.rename(tmp_path / "elsewhere")
        while (await live.batch()).workspace == before:
            pass
        await page.call("send", {"outgoing": {"body": "still there"}}, session=session["id"])
        state = await page.call("state")
    assert [each["phase"] for each in state["sessions"]] == ["open"]
    assert state["workspace"]["items"] == []
    (trouble,) = state["workspace"]["troubles"]
    assert "no wirescope.yaml" in trouble["message"]


async def test_what_is_raised_while_the_workbench_is_open_comes_out_as_it_is(tmp_path):
    with pytest.raises(OSError, match="in the way"):
        async with workbench(tmp_path):
            raise OSError("in the way")
