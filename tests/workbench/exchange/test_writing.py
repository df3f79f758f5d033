"""What holds for all formats that are written."""

import pytest

from wirescope.errors import UsageError
from wirescope.workbench.exchange import (
    FOREIGN_FORMATS,
    Exported,
    Imported,
    Written,
    import_foreign,
    import_foreign_folder,
    writable,
)
from wirescope.workbench.workspace import (
    Auth,
    Cookie,
    Endpoint,
    Environment,
    Header,
    Parameter,
    SavedMessage,
)

ENDPOINTS = {
    "feed": Endpoint(
        url="wss://a.example/x",
        query=(Parameter(name="q", value="1 2&=\u00e9"), Parameter(name="page", value="{{page}}")),
        headers=(Header(name="X", value='it\'s "q" {{v}}'), Header(name="Empty", value="")),
        origin="https://o.example",
        cookies=(Cookie(name="c", value="d"),),
        subprotocols=("a", "b"),
    ),
    "rooms/lobby": Endpoint(
        url="wss://a.example/{{room}}", auth=Auth(kind="bearer", token="{{t}}")
    ),
    "rooms/\u00e9 # 1": Endpoint(url="wss://a.example/y", description="one\ntwo"),
    "collection": Endpoint(url="wss://a.example/collection"),
    "rooms/folder": Endpoint(url="wss://a.example/folder"),
    "environments/dev": Endpoint(url="wss://a.example/dev"),
}
MESSAGES = {
    "feed/hello": SavedMessage(kind="json", body='{\n  "a": 1\n}', endpoint="feed"),
    "feed/x/y": SavedMessage(body="one", endpoint="feed"),
    "feed/x y": SavedMessage(body="two\nlines", endpoint="feed"),
    "elsewhere/m": SavedMessage(body="{{v}}", endpoint="rooms/lobby"),
}
ENVIRONMENTS = {"dev": Environment(variables={"v": "1: 2 # 3", "page": "7"}, secrets=("t",))}
WAYS = Endpoint(
    url="wss://a.example",
    query=(Parameter(name="off", enabled=False), Parameter(name="bare", value=None)),
    headers=(Header(name="Off", value="x", enabled=False), Header(name="User-Agent", value=None)),
    cookies=(Cookie(name="off", value="x", enabled=False),),
)


def read(written: Written) -> Imported:
    if len(written.files) > 1:
        return import_foreign_folder(written.files, "x", keep_secrets=True)
    ((name, data),) = written.files.items()
    return import_foreign(data, name, keep_secrets=True)


@pytest.mark.parametrize("form", writable())
def test_what_was_written_is_written_and_read_the_same_again(form: str) -> None:
    exported = Exported("all", ENDPOINTS, MESSAGES, ENVIRONMENTS)
    first = read(FOREIGN_FORMATS[form].write(exported))
    again = Exported("all", first.endpoints, first.messages, first.environments)
    second = read(FOREIGN_FORMATS[form].write(again))
    assert second.endpoints == first.endpoints
    assert second.messages == first.messages


@pytest.mark.parametrize("form", writable())
def test_no_endpoint_and_no_message_takes_the_place_of_another(form: str) -> None:
    made = read(FOREIGN_FORMATS[form].write(Exported("all", ENDPOINTS, MESSAGES, ENVIRONMENTS)))
    assert len(made.endpoints) == len(ENDPOINTS)
    if form != "curl":
        bodies = [each.body for each in made.messages.values()]
        assert sorted(bodies) == sorted(each.body for each in MESSAGES.values())
    moved = {"environments/dev": "environments_/dev"} if form == "bruno" else {}
    assert {*made.endpoints} == {moved.get(name, name) for name in ENDPOINTS}


@pytest.mark.parametrize("form", writable())
def test_each_way_in_which_something_stands_is_carried_or_told(form: str) -> None:
    written = FOREIGN_FORMATS[form].write(Exported("all", {"a": WAYS}))
    (made,) = read(written).endpoints.values()
    told = "".join(map(str, written.notes))
    kept = {
        "disabled parameters": any(not each.enabled for each in made.query),
        "disabled headers": any(not each.enabled for each in made.headers),
        "disabled cookies": any(not each.enabled for each in made.cookies),
        "parameters without a value": any(each.value is None for each in made.query),
        "headers that are taken out": any(each.value is None for each in made.headers),
    }
    assert {way for way, is_kept in kept.items() if is_kept == (way in told)} == set()


@pytest.mark.parametrize("form", writable())
def test_a_file_is_called_after_the_workspace_and_leads_nowhere_else(form: str) -> None:
    written = FOREIGN_FORMATS[form].write(Exported("../a:b", ENDPOINTS, MESSAGES, ENVIRONMENTS))
    assert not [path for path in written.files if ".." in path.split("/") or ":" in path]


@pytest.mark.parametrize("form", writable())
def test_an_endpoint_of_webrtc_is_left_out_and_that_is_told(form):
    call = Endpoint(url="whep+https://sfu.example/room")
    both = {"feed": Endpoint(url="wss://a.example/x"), "room": call}
    written = FOREIGN_FORMATS[form].write(Exported("both", both))
    assert ["WebRTC" in note.text for note in written.notes if note.place == "room"] == [True]
    assert not any(b"sfu.example" in data for data in written.files.values())
    with pytest.raises(UsageError, match="WebRTC"):
        FOREIGN_FORMATS[form].write(Exported("call", {"room": call}))
