#!/usr/bin/env bash
# A real pretrained model learns to use its attempts: a short sft on written demonstrations, then both arms of PPO. What is
# there is not made again, and the same command continues a run that was stopped.
#
#   pipelines/smollm2.sh [output=runs/smollm2-comparison] [key=value ...]
#
# Settings are those of both runs, runs/smollm2-multi and runs/smollm2-single; `output` is the page that sets them beside
# each other and beside the policy before.
set -euo pipefail
cd "$(dirname "$0")/.."
source pipelines/stages.sh

output=$runs/smollm2-comparison settings=()
for argument in "$@"; do
    case $argument in
        output=*) output=${argument#*=} ;;
        *) settings+=("$argument") ;;
    esac
done

pretrained=data/smollm2 data=data/plain preset=pipelines/smollm2.toml
[ -d "$pretrained" ] || { echo "smollm2: $pretrained is missing; ./just smollm2 makes it" >&2; exit 1; }

# questions in plain words: six families, the splits disjoint by task
[ -e "$data/demonstrations.jsonl" ] || synthesize-questions plain --seed 1 --output-dir "$data"

# one short line of work, a box, and what a second attempt looks like; not what is right
[ -d "$data/base" ] || sft --config $preset --seed 1 --model "$pretrained" --input "$data/demonstrations.jsonl" --output-dir "$data/base"

bash pipelines/train.sh multi-attempt preset=smollm2 run=smollm2-multi ${settings[@]+"${settings[@]}"}
bash pipelines/train.sh single-turn preset=smollm2 run=smollm2-single sample-questions.attempts=1-1 ${settings[@]+"${settings[@]}"}

# --- what came out, on the test questions, which each checkpoint met once -------------------------------------------
base=$(journal open "$runs/smollm2-base" --settings $preset)
compared() { # compared RUN TEST: the dialogues where `compare` looks for them
    mkdir -p "$1/comparison"
    ln -sfn "$(realpath "$2")" "$1/comparison/attempts"
}
compared "$base" "$runs/smollm2-multi/test/before"
compared "$runs/smollm2-multi" "$runs/smollm2-multi/test/after"
compared "$runs/smollm2-single" "$runs/smollm2-single/test/after"
mkdir -p "$output"
compare gather --arm base="$base" --arm multi-attempt="$runs/smollm2-multi" --arm single-turn="$runs/smollm2-single" \
    --output "$output/outcomes.jsonl"
note=()
[ ! -e "$output/note.md" ] || note=(--note "$output/note.md")
compare report --input "$output/outcomes.jsonl" --output-dir "$output" ${note[@]+"${note[@]}"}
report "$runs/smollm2-multi" "$runs/smollm2-single" --plot "$output/curves.svg"

# ten dialogues before and after: every 24th test question, most attempts, whatever became of it
shown() { # shown FILE QUESTION
    local most
    most=$(view "$1" --id "$2" --color never | sed -n "s|^\($2/n[0-9]*/[^ ]*\) .*|\1|p" | sort -V | tail -n 1)
    printf '```text\n%s\n```\n\n' "$(view "$1" --id "$most" --color never)"
}
{
    echo "# Ten dialogues before and after"
    for number in $(seq 0 24 239); do
        printf '\n## Question %s\n\nBefore training:\n\n' "$number"
        shown "$runs/smollm2-multi/test/before/graded.parquet" "plain-test/$number"
        printf 'Trained on several attempts:\n\n'
        shown "$runs/smollm2-multi/test/after/graded.parquet" "plain-test/$number"
        printf 'Trained on single turns:\n\n'
        shown "$runs/smollm2-single/test/after/graded.parquet" "plain-test/$number"
    done
} >"$output/dialogues.md"
echo "page: $output/README.md"
