#!/usr/bin/env bash
# grading_peers.sh [--pairs N] [--reps R] PROGRAM...: pairs graded per second by Math-Verify, by `math_equal` of the
# Qwen2.5-Math toolkit and by PROGRAM, which is called as `PROGRAM... FILE --peer-pairs FILE`.
#
#   cargo build --release -p grading --example bench_grading
#   MATH_VERIFY_PYTHON=venv/bin/python grading_peers.sh target/release/examples/bench_grading
#   grading_peers.sh cargo run --release -p grading --example bench_grading --     (the same, built on the way)
#
# Each of R rounds (default 3) takes N new pairs (default 200) of $PEERS/peer_grade.py, which every grader grades in
# turn, on one core each, so that a busy machine slows all of them alike. The table, on stdout, gives medians of the
# rounds. A peer's imports and caches are warmed up with other pairs before its clock starts; PROGRAM repeats the pairs.
#
# PEERS                folder with peer_grade.py (default: ../shared/peers)
# MATH_VERIFY_PYTHON   Python with math-verify
# QWEN_PYTHON          Python with sympy, regex and latex2sympy2
# QWEN_GRADER          folder with the toolkit's evaluation/grader.py (repository QwenLM/Qwen2.5-Math)
# PYTHON               any Python 3, writes the pairs (default: python3)
# A peer whose variable is missing, or which fails, is left out, and stderr says why. Needs jq.
#
# PROGRAM reports a rate by the wall clock only. Its CPU rate is that rate divided by the share of a CPU which the whole
# process had, so under `cargo run` cargo counts too: hand over the built program for numbers that are to be published.
set -euo pipefail
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1

usage() {
  sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0" >&2
  exit 2
}

pairs=200 rounds=3
while [[ ${1-} == -* ]]; do
  case $1 in
    --pairs) pairs=${2:?} ;;
    --reps) rounds=${2:?} ;;
    *) usage ;;
  esac
  shift 2
done
(($#)) || usage
peers=$(realpath -m "${PEERS:-../shared/peers}")
[[ -f $peers/peer_grade.py ]] || { echo "no peer_grade.py in $peers: set PEERS" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line a measurement: grader, pairs/s, pairs/s of CPU time, labels agreed, pairs.
results=$work/results.tsv
: > "$results"

skip() { echo "$1 left out: $2" >&2; }

# dump_pairs SEED: the pairs of a seed as JSON, into $work/pairs.json.
dump_pairs() {
  "${PYTHON:-python3}" -c '
import json, sys
sys.path.insert(0, sys.argv[1])
import peer_grade
json.dump(peer_grade.pairs(int(sys.argv[2]), int(sys.argv[3])), sys.stdout)' "$peers" "$pairs" "$1" > "$work/pairs.json"
}

# peer NAME SEED PYTHON ARGUMENTS...: warms up with the pairs of SEED and measures those of SEED + 1.
peer() {
  local name=$1 seed=$2 python=$3 line error
  shift 3
  line=$("$python" "$peers/peer_grade.py" "$@" --pairs "$pairs" --seed "$seed" --workers 1 --reps 1 2> "$work/log") || line=
  error=$(jq -r '.error // empty' <<< "$line") || error="no JSON"
  if [[ -z $line || -n $error ]]; then
    skip "$name" "${error:-no result; $(tail -n 1 "$work/log")}"
  else
    jq -r --arg name "$name" '[$name, .pairs_per_s, .pairs_per_cpu_s, .agree, .pairs] | @tsv' <<< "$line" >> "$results"
  fi
}

# ours PROGRAM...: measures $work/pairs.json.
ours() {
  local TIMEFORMAT='%R %U %S' line wall user system
  { time line=$("$@" "$work/pairs.json" --peer-pairs "$work/pairs.json" 2> "$work/log"); } 2> "$work/time" || line=
  if ! [[ $line =~ ^([0-9]+)\ pairs\ a\ second.*\ ([0-9]+)\ of\ ([0-9]+)\ as\ labelled ]]; then
    cat "$work/log" >&2
    echo "no rate from: $*" >&2
    return 1
  fi
  read -r wall user system < "$work/time"
  jq -nr --argjson rate "${BASH_REMATCH[1]}" --argjson agreed "${BASH_REMATCH[2]}" --argjson pairs "${BASH_REMATCH[3]}" \
    --argjson wall "$wall" --argjson cpu "[$user, $system]" \
    '["ours", $rate, $rate * $wall / ($cpu | add), $agreed, $pairs] | @tsv' >> "$results"
}

missing_qwen=
for variable in QWEN_PYTHON QWEN_GRADER; do
  [[ -n ${!variable:-} ]] || missing_qwen+="${missing_qwen:+, }$variable"
done
[[ -n ${MATH_VERIFY_PYTHON:-} ]] || skip "Math-Verify" "MATH_VERIFY_PYTHON is not set"
[[ -z $missing_qwen ]] || skip "Qwen2.5-Math math_equal" "not set: $missing_qwen"

for ((round = 0; round < rounds; round++)); do
  seed=$((2 * round)) # a round's warm-up pairs are no round's measured ones
  dump_pairs $((seed + 1))
  [[ -z ${MATH_VERIFY_PYTHON:-} ]] || peer "Math-Verify" $seed "$MATH_VERIFY_PYTHON" --peer math-verify
  [[ -n $missing_qwen ]] ||
    peer "Qwen2.5-Math math_equal" $seed "$QWEN_PYTHON" --peer reference --reference "$(realpath "$QWEN_GRADER")"
  ours "$@"
done

jq -rRn '
  def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
  def rounded: if . < 1000 then . * 10 | round / 10 else round end;
  [inputs / "\t" | {name: .[0], wall: (.[1] | tonumber), cpu: (.[2] | tonumber), agreed: (.[3] | tonumber), pairs: (.[4] | tonumber)}]
  | group_by(.name)
  | map({name: .[0].name, wall: map(.wall) | median, cpu: map(.cpu) | median, agreed: map(.agreed) | add, pairs: map(.pairs) | add})
  | (.[] | select(.name == "ours")) as $ours
  | "| grader | pairs/s | pairs/s of CPU time | labels agreed | ours, by CPU time, is |", "| --- | --- | --- | --- | --- |",
    (.[] | "| \(.name) | \(.wall | rounded) | \(.cpu | rounded) | \(.agreed) of \(.pairs) | \($ours.cpu / .cpu | round) x |")
' "$results"
