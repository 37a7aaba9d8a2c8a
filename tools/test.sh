#!/bin/sh
# Every check of the project, one after the other; goes on after a failure, names the failed ones at the end.
# Called by `./doudi test`; further words go to pytest.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=$PWD/.venv/bin
failed=

step() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || failed="$failed $name"
}

# Types are checked wherever Python of ours stands; a folder that is not there yet is left out.
typed=
for folder in src bench tests tools; do
    if [ -n "$(find "$folder" -name '*.py' -print 2>/dev/null | head -n 1)" ]; then
        typed="$typed $folder"
    fi
done

step ruff "$bin/ruff" check .
# shellcheck disable=SC2086 # the folder names hold no spaces
step mypy "$bin/mypy" $typed
step lint-imports "$bin/lint-imports" --no-logo
step deptry "$bin/deptry" src
step pytest "$bin/pytest" -n 2 "$@"

printf '\n'
if [ -n "$failed" ]; then
    printf '== failed:%s\n' "$failed"
    exit 1
fi
printf '== all passed\n'
