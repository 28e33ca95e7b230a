#!/usr/bin/env bash
# Seconds per stage and step of a run, and tokens a second, from what the run itself recorded.
#
#   pipelines/setup/loop-times.sh RUN
set -euo pipefail
metrics=${1:?usage: loop-times.sh RUN}/metrics.jsonl
[ -e "$metrics" ] || { echo "loop-times: $metrics does not exist; ./just train-multi-attempt makes the run" >&2; exit 1; }
jq -rs '
    def mean(f): map(f) | add / length;
    def line(name; seconds; tokens): "| \(name) | \(seconds * 1000 | round / 1000) | \(if tokens then tokens / seconds | round else "" end) |";
    . as $steps
    | ($steps | mean(.tokens)) as $all
    | ($steps | mean(.response_tokens * .dialogues)) as $sampled
    | ($steps[0] | keys_unsorted | map(select(startswith("seconds_")))) as $stages
    | "| stage | seconds a step | tokens a second |", "| --- | ---: | ---: |",
      ($stages[] as $stage | ($stage | ltrimstr("seconds_") | gsub("_"; "-")) as $name
        | line($name; ($steps | mean(.[$stage]));
            if $name == "rollout" then $sampled elif $name == "score" or $name == "ppo-step" then $all else null end)),
      line("step"; ($steps | mean(.seconds)); null),
      "", "\($steps | length) steps of \($steps[0].dialogues) dialogues, \($sampled | round) sampled and \($all | round) tokens in all a step"
' "$metrics"
