import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from wirescope.clock import SystemClock
from wirescope.workbench.exchange.model import Imported, Note
from wirescope.workbench.exchange.secrets import hide_secrets
from wirescope.workbench.workspace import (
    TLS,
    Auth,
    Cookie,
    Endpoint,
    Environment,
    Header,
    Network,
    Parameter,
    SavedMessage,
)

CANARY = "c4n4ry-0f-a-s3cr3t"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


def imported(endpoint: Endpoint | None = None, **fields: object) -> Imported:
    parts = {"endpoints": {"a": endpoint} if endpoint else {}, "messages": {}, "environments": {}}
    return Imported("x", **{**parts, **fields})


def written(made: Imported) -> str:
    """All that would come into files or onto the screen."""
    parts = (made.endpoints, made.messages, made.environments)
    return "".join(msgspec.json.encode(part).decode() for part in parts) + "".join(
        map(str, made.notes)
    )


PLACES = [
    Endpoint(url="ws://a.example", auth=Auth(kind="bearer", token=CANARY)),
    Endpoint(url="ws://a.example", auth=Auth(kind="basic", user="me", password=CANARY)),
    Endpoint(url="ws://a.example", headers=(Header(name="X-Api-Key", value=CANARY),)),
    Endpoint(
        url="ws://a.example", headers=(Header(name="Authorization", value=f"Token {CANARY}"),)
    ),
    Endpoint(url="ws://a.example", headers=(Header(name="Cookie", value=CANARY),)),
    Endpoint(
        url="ws://a.example",
        headers=(Header(name="X-Off", value=f"Bearer {CANARY}", enabled=False),),
    ),
    Endpoint(url="ws://a.example", cookies=(Cookie(name="id", value=CANARY),)),
    Endpoint(url="ws://a.example", query=(Parameter(name="access_token", value=CANARY),)),
    Endpoint(url=f"ws://a.example/?a=b+c&token={CANARY}"),
    Endpoint(url=f"wss://me:{CANARY}@a.example/"),
    Endpoint(url=f"ws://a.example/?a=b+c&key={CANARY}"),
    Endpoint(url="ws://a.example", query=(Parameter(name="key", value=CANARY),)),
    Endpoint(url="ws://a.example", auth=Auth(kind="basic", user=CANARY)),
    Endpoint(url="ws://a.example", headers=(Header(name="X-Token", value=f"{{{{v}}}}{CANARY}"),)),
    Endpoint(url="ws://a.example", subprotocols=("chat", f"some-api-key.{CANARY}")),
    Endpoint(url="ws://a.example", subprotocols=("access_token", CANARY)),
    Endpoint(url="ws://a.example", tls=TLS(key_password=CANARY)),
    Endpoint(url="ws://a.example", network=Network(proxy=f"http://me:{CANARY}@p.example")),
]


@pytest.mark.parametrize("endpoint", PLACES)
def test_a_secret_becomes_a_variable_wherever_an_endpoint_has_it(endpoint):
    made = hide_secrets(imported(endpoint))
    assert CANARY not in written(made)
    (name,) = made.secrets
    assert made.secrets[name] == CANARY
    assert f"{{{{{name}}}}}" in written(made)
    assert made.environments == {"imported": Environment(secrets=(name,))}
    assert f"{{{{{name}}}}}" in str(made.notes[-1])


@pytest.mark.parametrize(
    "endpoint",
    [
        Endpoint(url=f"ws://a.example/{JWT}"),
        Endpoint(url="ws://a.example", subprotocols=("chat", JWT)),
        Endpoint(url="ws://a.example", headers=(Header(name="X-Other", value=f"v1 {JWT}"),)),
        Endpoint(url="ws://a.example", description=f"Use {JWT}."),
    ],
)
def test_a_token_is_known_by_its_shape(endpoint):
    made = hide_secrets(imported(endpoint))
    assert made.secrets == {"token": JWT}
    assert JWT not in written(made)


def test_fields_of_messages_that_are_secrets_by_name_are_replaced():
    body = f'{{"op": "auth", "token": "{CANARY}", "data": "Bearer {CANARY}", "n": 1}}'
    message = SavedMessage(kind="json", body=body)
    made = hide_secrets(imported(messages={"m": message}))
    assert made.messages["m"].body == (
        '{"op": "auth", "token": "{{token}}", "data": "Bearer {{token}}", "n": 1}'
    )


def test_json_within_a_text_of_json_is_looked_through():
    body = f'["{{\\"token\\": \\"{CANARY}\\", \\"n\\": 1}}"]'
    made = hide_secrets(imported(messages={"m": SavedMessage(body=body)}))
    assert made.messages["m"].body == '["{\\"token\\": \\"{{token}}\\", \\"n\\": 1}"]'


@pytest.mark.parametrize(
    "value",
    [f"wss://a.example/?token={CANARY}", f"wss://me:{CANARY}@a.example", f"Bearer {CANARY}"],
)
def test_a_secret_within_the_value_of_a_variable_is_replaced(value):
    made = hide_secrets(imported(environments={"dev": Environment(variables={"base": value})}))
    assert CANARY not in written(made)
    (name,) = made.secrets
    assert made.environments["dev"].secrets == (name,)


def test_a_name_that_has_a_secret_gets_another_and_messages_follow():
    endpoint = Endpoint(url="ws://a.example", auth=Auth(kind="bearer", token=CANARY))
    name = f"log in with {CANARY}"
    message = SavedMessage(body="x", endpoint=name)
    made = hide_secrets(imported(endpoints={name: endpoint}, messages={f"{name}/m": message}))
    assert list(made.endpoints) == ["log in with token"]
    assert made.messages == {"log in with token/m": replace(message, endpoint="log in with token")}


def test_a_user_whose_password_is_empty_is_left_alone_where_it_is_a_word():
    endpoint = Endpoint(url="ws://a.example", auth=Auth(kind="basic", user="guest"))
    assert hide_secrets(imported(endpoint)).endpoints == {"a": endpoint}


@pytest.mark.parametrize("names", [("auth", "graphql-ws"), ("realtime", "beta.realtime-v1")])
def test_subprotocols_that_are_names_are_left_alone(names):
    endpoint = Endpoint(url="ws://a.example", subprotocols=names)
    assert hide_secrets(imported(endpoint)).endpoints == {"a": endpoint}


@pytest.mark.parametrize("part", ["-eyJaaaaaaaa", '\\"a\\":\\"', "key.", "bearer ", '"a":"'])
def test_the_time_that_a_text_takes_grows_with_its_length_and_not_faster(part):
    def taken_s(length: int) -> float:
        message = SavedMessage(body=part * (length // len(part)))
        endpoint = Endpoint(url="ws://a.example", subprotocols=(message.body,))
        started_ns = SystemClock().monotonic_ns()
        hide_secrets(imported(endpoint, messages={"m": message}))
        return (SystemClock().monotonic_ns() - started_ns) / 1e9

    # Twenty times as long: quadratic would be four hundred times the time.
    assert taken_s(400_000) < 120 * max(taken_s(20_000), 0.001)


def test_a_value_that_is_known_is_replaced_in_what_else_has_it():
    endpoint = Endpoint(
        url="ws://a.example", auth=Auth(kind="bearer", token=CANARY), description=f"Is {CANARY}."
    )
    message = SavedMessage(body=f"hello {CANARY}")
    note = Note("line 1", f"{CANARY} is odd.")
    made = hide_secrets(imported(endpoint, messages={"m": message}, notes=[note]))
    assert CANARY not in written(made)


def test_variables_that_are_secrets_by_name_are_moved_and_keep_it():
    environments = {"dev": Environment(variables={"api_key": CANARY, "host": "a"})}
    made = hide_secrets(imported(environments=environments))
    assert made.environments == {"dev": Environment(variables={"host": "a"}, secrets=("api_key",))}
    assert made.secrets == {"api_key": CANARY}


def test_each_value_has_one_name_and_each_name_one_value():
    first = Endpoint(url="ws://a.example", auth=Auth(kind="bearer", token=CANARY))
    second = Endpoint(url="ws://b.example", auth=Auth(kind="bearer", token="an0ther-0ne"))
    again = Endpoint(url="ws://c.example", auth=Auth(kind="bearer", token=CANARY))
    made = hide_secrets(imported(endpoints={"a": first, "b": second, "c": again}))
    assert made.secrets == {"token": CANARY, "token_2": "an0ther-0ne"}


def test_names_of_the_workspace_are_not_taken_for_something_else():
    made = hide_secrets(imported(PLACES[0]), taken=["token"])
    assert list(made.secrets) == ["token_2"]


def test_what_is_a_variable_already_stays_as_it_is():
    endpoint = Endpoint(
        url="ws://a.example/?token={{t}}",
        auth=Auth(kind="bearer", token="{{token}}"),
        headers=(Header(name="X-Api-Key", value="v{{version}}"),),
    )
    made = hide_secrets(imported(endpoint))
    assert made.endpoints == {"a": endpoint}
    assert not made.environments
    assert not made.notes


@pytest.mark.parametrize("text", ["Uses Bearer authentication.", "author=me", "https://a/?page=2"])
def test_words_that_look_like_secrets_are_left_alone(text):
    endpoint = Endpoint(url="ws://a.example", description=text)
    assert hide_secrets(imported(endpoint)).endpoints == {"a": endpoint}


@settings(deadline=None)
@given(st.text(min_size=8).filter(lambda text: "{{" not in text and text.strip()))
def test_no_part_of_a_token_is_left(token):
    endpoint = Endpoint(
        url="ws://a.example",
        auth=Auth(kind="bearer", token=token),
        headers=(Header(name="X-Copy", value=token),),
    )
    made = hide_secrets(imported(endpoint))
    assert made.endpoints["a"].auth.token == "{{token}}"
    assert made.endpoints["a"].headers[0].value == "{{token}}"


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_looked_through(text):
    endpoint = Endpoint(url=text, description=text, query=(Parameter(name=text, value=text),))
    message = SavedMessage(body=text)
    hide_secrets(imported(endpoint, messages={"m": message}))
