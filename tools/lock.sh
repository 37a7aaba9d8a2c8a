#!/bin/sh
# Makes uv.lock from pyproject.toml, and constraints.txt from uv.lock. Needs uv. Words go to `uv lock`, for instance:
#
#   tools/lock.sh --upgrade
#
# The index is named here so that a mirror set on this machine does not find its way into the lock. Should one come in by
# another door, tests/unit/test_project.py says so.
set -eu
cd "$(dirname "$0")/.."
unset UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_DEFAULT_INDEX UV_FIND_LINKS
uv lock --default-index https://pypi.org/simple "$@"
uv export --frozen --all-extras --no-hashes --no-emit-project --no-annotate --no-header \
    --output-file constraints.txt >/dev/null
