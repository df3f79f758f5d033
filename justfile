# `./run just` lists the recipes; `./run just check` runs one. Nothing needs to be installed first.

_list:
    @just --list --unsorted

# Format, lint, types, import law, dead code and the documentation tests: what a commit must pass
check:
    @./run python -m scripts.check

# The test suite; arguments go to pytest: `just test tests/wire -x`, `just test -m "not slow"`
test *arguments:
    @./run pytest {{arguments}}

# The measurements behind the promises; with a name only that one: `just bench receive`
bench *names:
    @./run python -m scripts.bench {{names}}

# Write the generated pages of docs/reference anew
docs:
    @./run python -m scripts.reference

# Pin every package, transitive ones too, in pyproject.toml
lock:
    @./run python -m scripts.lock

# Show that a promise holds, with figures: `just show 2.3`
show item:
    @./run python -m acceptance {{item}}

# Format the code and repair what can be repaired
fmt:
    @./run ruff check --fix --quiet
    @./run ruff format --quiet

# Fuzz each parser for so many seconds, or only the named ones: `just fuzz 60 frames`
fuzz seconds="10" *targets:
    @./run python -m fuzz --seconds {{seconds}} {{targets}}

# Measure WebSocket against WebRTC anew, and write the tables of README and docs/concepts
differences *arguments:
    @./run python -m scripts.differences {{arguments}}

# The page: `just page check` (types, lint, import law), `just page test`, `just page format`
page task:
    @./run python -m scripts.page {{task}}

# Take the pictures of README and docs anew: the real command in Debian's Chromium
pictures:
    @./run sh -c '"$UV" run --quiet --with pillow -- python -m scripts.pictures'
