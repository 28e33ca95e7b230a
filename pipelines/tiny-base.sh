#!/usr/bin/env bash
# The embedded base policy from nothing but a seed: questions, demonstrations of imperfect solvers, a blank policy,
# supervised fine-tuning. data/tiny/README.md says what comes out and why it is made so.
#
#   pipelines/tiny-base.sh [FOLDER]     FOLDER holds template.toml and receives {train,dev,test}.jsonl and base/
set -euo pipefail
cd "$(dirname "$0")/.."
source pipelines/stages.sh

folder=${1:-data/tiny} template=data/tiny/template.toml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"

# questions: three families, disjoint splits (numbers per family)
synthesize-questions questions --seed 1 --train 1100 --dev 100 --test 200 --output-dir "$folder"

# solvers who hold a misconception more often than not, mostly defend a wrong answer, and do better where they think again
synthesize-questions demonstrations --seed 1 --data "$folder/train.jsonl" --count 24000 \
    --misconceptions 0.73 --later-misconceptions 0.3 --slips 0.03 --repeats 0.55 \
    --attempts 5 --longest 4 --output "$work/demonstrations.jsonl"

# tokenizer and sizes, then the warm start
synthesize-questions blank-policy --demonstrations "$work/demonstrations.jsonl" --template "$template" \
    --vocabulary 320 --hidden-size 64 --layers 3 --heads 4 --key-value-heads 2 --intermediate-size 192 --output-dir "$work/blank"
sft --model "$work/blank" --from-scratch --seed 1 --input "$work/demonstrations.jsonl" --template "$template" \
    --steps 1300 --batch 64 --lr 4e-3 --min-lr-ratio 0.1 --warmup-ratio 0.02 --output-dir "$folder/base"

# what it can do: greedy accuracy with one attempt is meant to lie between 40 and 60 %
sample-questions --all --data "$folder/dev.jsonl" --attempts 1-3 |
    rollout --model "$folder/base" --template "$template" --temperature 0 --max-new-tokens 320 --quiet |
    grade | evaluate
