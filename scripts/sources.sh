#!/bin/sh
# Every C file and header of ours, one a line: what the formatter and the lints look at.
cd "$(dirname "$0")/.." || exit 1
find libqmix render formats cmd tests testdata -name '*.[ch]' -type f 2>/dev/null | LC_ALL=C sort
