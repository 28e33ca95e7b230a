#!/usr/bin/env bash
# A real pretrained model learns to use its attempts: a short sft on written demonstrations, then both arms of PPO. What is
# there is not made again, and the same command continues a run that was stopped.
#
#   pipelines/smollm2.sh [key=value ...]     settings of both runs; runs/smollm2-multi and runs/smollm2-single
set -euo pipefail
cd "$(dirname "$0")/.."
source pipelines/stages.sh

pretrained=data/smollm2 data=data/plain preset=pipelines/smollm2.toml
[ -d "$pretrained" ] || { echo "smollm2: $pretrained is missing; ./just smollm2 makes it" >&2; exit 1; }

# questions in plain words: six families, the splits disjoint by task
[ -e "$data/demonstrations.jsonl" ] || synthesize-questions plain --seed 1 --output-dir "$data"

# one short line of work, a box, and what a second attempt looks like; not what is right
[ -d "$data/base" ] || sft --config $preset --seed 1 --model "$pretrained" --input "$data/demonstrations.jsonl" --output-dir "$data/base"

bash pipelines/train.sh multi-attempt preset=smollm2 run=smollm2-multi "$@"
bash pipelines/train.sh single-turn preset=smollm2 run=smollm2-single sample-questions.attempts=1-1 "$@"
