# Steps with headings, seconds and a closing table, for `./test` and `.ci/run` (sourced by both; bash).
#
#   step NAME COMMAND...   runs a command under a heading, and keeps how long it took and whether it worked
#   skip NAME REASON       says loudly what is not done here; a failure where nothing may be skipped
#   finish                 the table of all steps, then the closing lines of the test runner; fails if a step failed
#
# A script that another one runs (`.ci/run` runs `./test`) hands its steps up and leaves the table to it: both write to the
# directory WATCHBELL_STEPS_DIR, which the outer one makes and removes.

# shellcheck shell=bash
if [ -n "${WATCHBELL_STEPS_DIR:-}" ]; then
  steps_are_mine=no
else
  steps_are_mine=yes
  WATCHBELL_STEPS_DIR=$(mktemp --directory "${TMPDIR:-/tmp}/watchbell-steps.XXXXXXXX")
  export WATCHBELL_STEPS_DIR
fi
steps_file=$WATCHBELL_STEPS_DIR/steps
closing_file=$WATCHBELL_STEPS_DIR/closing
touch "$steps_file"
started_at=$SECONDS
failed_steps=0

heading() { printf '\n==> %s\n' "$*"; }

# note_step RESULT SECONDS NAME [WHY]
note_step() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}" >>"$steps_file"; }

step() {
  local name=$1 since=$SECONDS
  shift
  heading "$name"
  if "$@"; then
    note_step ok $((SECONDS - since)) "$name"
  else
    printf '!!! failed: %s\n' "$name"
    note_step FAILED $((SECONDS - since)) "$name"
    failed_steps=$((failed_steps + 1))
    return 1
  fi
}

# For a step whose steps note themselves (`./test` inside `.ci/run`): counts the failure, adds no row.
group() { "$@" || failed_steps=$((failed_steps + 1)); }

skip() {
  heading "$1"
  printf '!!! SKIPPED: %s: %s\n' "$1" "$2"
  if [ "${WATCHBELL_TEST_NOTHING_SKIPPED:-0}" = 1 ]; then
    note_step FAILED 0 "$1" "$2 (nothing may be skipped)"
    failed_steps=$((failed_steps + 1))
  else
    note_step SKIPPED 0 "$1" "$2"
  fi
}

# finish: the table belongs to the outermost script.
finish() {
  if [ "$steps_are_mine" = yes ]; then
    heading "Steps"
    awk -F '\t' '{ printf "%6d s  %-8s %s%s\n", $2, $1, $3, ($4 == "" ? "" : ": " $4) }' "$steps_file"
    printf '%6d s  %s\n' $((SECONDS - started_at)) "in all"
    if grep -q '^SKIPPED' "$steps_file"; then printf '!!! Not everything was tested: see SKIPPED above.\n'; fi
    if [ -s "$closing_file" ]; then cat "$closing_file"; fi
  fi
  [ "$failed_steps" = 0 ]
}

drop_steps() { [ "$steps_are_mine" = no ] || rm -rf -- "$WATCHBELL_STEPS_DIR"; }
