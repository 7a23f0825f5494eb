# shellcheck shell=bash
# TAP for the scripts of this folder: sourced; `t NAME COMMAND…` is one test, `done_testing` the plan.
# LABELD_SOURCE names the source, LABELD_BUILD a build of it, WORK a directory to work below.
set -uo pipefail
: "${LABELD_SOURCE:?}" "${LABELD_BUILD:?}" "${WORK:?}"
tests=0 failures=0
t() {
    local name=$1 output
    shift
    tests=$((tests + 1))
    if output=$("$@" 2>&1); then
        printf 'ok %d - %s\n' $tests "$name"
    else
        failures=$((failures + 1))
        printf 'not ok %d - %s\n' $tests "$name"
        sed 's/^/# /' <<<"$output" | tail -n 30
    fi
}
skip() { tests=$((tests + 1)) && printf 'ok %d - %s # SKIP %s\n' $tests "$1" "$2"; }
done_testing() {
    printf '1..%d\n' $tests
    exit $((failures > 0))
}
