#!/bin/bash
# What a tool's --help says and what its man page says: the same options, with the same letters and
# arguments, in both. In the page an option is what follows a .TP in the section OPTIONS.
. tests/tap.sh

# "-o, --output FILE", one a line, without blanks around
help_options() { sed -nE 's/^  (-., |    )(--[a-z-]+( [^ ]+)?)( .*|$)/\1\2/p' | sed 's/^ *//' | sort; }

page_options() {
    awk '/^\.SH/ { in_options = $2 == "OPTIONS" }
         in_options && after_tp { print }
         { after_tp = $0 == ".TP" }' "$1" |
        sed -E 's/^\.(B|BR|BI|RB|IR)? *//; s/\\f[A-Z]//g; s/\\-/-/g; s/"//g; s/ +/ /g; s/ ,/,/g; s/^ //; s/ $//' |
        sort
}

for source in cmd/q*.c; do
    tool=$(basename "$source" .c)
    page=docs/man/$tool.1
    "$BUILD/$tool" --help >"$tmp/help" 2>"$tmp/err"
    is "$tool --help succeeds, and says nothing on standard error" "$? $(cat "$tmp/err")" "0 "
    help_options <"$tmp/help" >"$tmp/help.options"
    ok "$tool --help lists options" grep -qxe "-h, --help" "$tmp/help.options"
    ok "all of them are in the table's form" test \
        "$(grep -cE '^  (-|    --)' "$tmp/help")" = "$(wc -l <"$tmp/help.options")"
    page_options "$page" >"$tmp/page.options"
    verdict "$page has the same options" \
        "$(diff "$tmp/help.options" "$tmp/page.options" | sed -n 's/^</only --help:/p; s/^>/only the page:/p')"
    is "$page names the tool" "$(grep -c "^$tool "'\\- ' "$page")" 1
    if command -v man >/dev/null && command -v groff >/dev/null; then
        is "$page is well formed" "$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)" ""
    fi
    "$BUILD/$tool" --no-such-option >"$tmp/out" 2>"$tmp/err"
    is "$tool refuses what it does not know" "$? $(cat "$tmp/out")" "2 "
    is "$tool --version" "$("$BUILD/$tool" --version)" "$tool $(cat VERSION)"
done
finish
