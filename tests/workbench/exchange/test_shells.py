import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange.curl_writer import _quoted as quoted
from wirescope.workbench.exchange.shells import shell_of, split_commands


def words_of(text: str) -> list[str]:
    (command,) = split_commands(text)
    return command.words


def test_single_quotes_keep_everything():
    assert words_of(r"""curl 'a b\n$X"'""") == ["curl", r'a b\n$X"']


def test_double_quotes_keep_blanks_and_know_four_escapes():
    assert words_of(r'curl "a \"b\" \\ \n \$x"') == ["curl", r'a "b" \ \n $x']


def test_dollar_quotes_know_the_escapes_of_c():
    assert words_of(r"curl $'a\'b\n\t\x41é\101\cA'") == ["curl", "a'b\n\tAé" + "A\x01"]


def test_pieces_of_a_word_stand_together():
    assert words_of("""curl a'b'"c"\\ d""") == ["curl", "abc d"]


def test_a_backslash_at_the_end_of_a_line_continues_it():
    assert words_of("curl a \\\n  b \\\r\n  c") == ["curl", "a", "b", "c"]


def test_commands_are_parted_by_lines_and_semicolons():
    commands = split_commands("curl a\n# a comment\ncurl b; curl c && curl d")
    assert [command.words[1] for command in commands] == ["a", "b", "c", "d"]
    assert [command.line for command in commands] == [1, 3, 3, 3]


def test_a_variable_of_the_shell_becomes_one_of_ours_and_is_told():
    (command,) = split_commands("curl \"$TOKEN-${other}\" '$kept'")
    assert command.words == ["curl", "{{TOKEN}}-{{other}}", "$kept"]
    assert [note[:18] for note in command.notes] == ["The shell's $TOKEN", "The shell's ${othe"]


def test_a_command_in_the_command_is_not_run_but_told():
    (command,) = split_commands("curl $(cat /etc/passwd) x")
    assert command.words == ["curl", "$(cat /etc/passwd)", "x"]
    assert "not run" in command.notes[0]


def test_what_follows_a_pipe_is_left_out_and_told():
    (command,) = split_commands("curl wss://a.example | jq . > out")
    assert command.words == ["curl", "wss://a.example"]
    assert "'| jq . > out'" in command.notes[0]


def test_an_ampersand_within_an_unquoted_url_belongs_to_it():
    assert words_of("curl ws://a.example/?a=1&b=2 -k") == ["curl", "ws://a.example/?a=1&b=2", "-k"]


@pytest.mark.parametrize("text", ["curl\n'a", 'curl\n"a', "curl\n$'a"])
def test_a_quote_that_is_not_closed_is_refused_with_its_line(text):
    with pytest.raises(ForeignFormatError, match="not closed") as error:
        split_commands(text)
    assert error.value.where == "line 2"


def test_cmd_is_told_by_its_carets():
    assert shell_of('curl ^"https://a.example^" ^\n -k') == "cmd"


@pytest.mark.parametrize("quoted", ['^"', "^\n", "`\n", "curl.exe"])
def test_what_stands_in_single_quotes_tells_no_other_shell(quoted):
    assert words_of(f"curl 'a {quoted}' -k") == ["curl", f"a {quoted}", "-k"]


def test_a_backslash_at_the_very_end_stays_in_a_word_and_is_none_by_itself():
    assert words_of("curl a\\") == ["curl", "a\\"]
    assert words_of("curl a \\") == ["curl", "a"]


def test_carets_are_taken_away_as_cmd_does():
    text = 'curl ^"https://a.example/?a=1^&b=2^" ^\r\n  -H ^"X: ^\\^"q^\\^" ^%^41^"'
    assert words_of(text) == ["curl", "https://a.example/?a=1&b=2", "-H", 'X: "q" %41']


def test_a_caret_within_double_quotes_stays_in_cmd():
    assert words_of('curl "a^b" ^\n "c"') == ["curl", "a^b", "c"]


def test_two_double_quotes_within_quotes_are_one_in_cmd():
    assert words_of('curl "a ""b""" ^\n -k') == ["curl", 'a "b"', "-k"]


def test_powershell_escapes_with_backticks_and_doubles_quotes():
    assert words_of('curl.exe \'it\'\'s\' "a`"b""c" `\n -k') == [
        "curl.exe",
        "it's",
        'a"b"c',
        "-k",
    ]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_what_is_quoted_is_read_as_it_was(text):
    # A newline, as in `$'a\n'`, is an escape in the quoted form; carriage returns, too.
    (command,) = split_commands(f"curl {quoted(text)} x")
    assert command.words == ["curl", text, "x"]


@settings(deadline=None)
@given(st.text())
def test_any_text_is_split_or_refused(text):
    try:
        commands = split_commands(text)
    except ForeignFormatError:
        return
    assert all(command.words for command in commands)
