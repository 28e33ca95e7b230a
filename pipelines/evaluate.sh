#!/usr/bin/env bash
# Greedy accuracy of a model with 1 to 7 attempts, on any question files that sample-questions reads. With exclude= the
# scores stand there twice: of all questions, and without those that the files name (overlap with the training set).
#
#   pipelines/evaluate.sh model=DIR|NAME [data=FILE,FILE...] [attempts=1-7] [output=FOLDER] [device=cpu] [exclude=FILE]
#                         [tokens=3000] [template=chatml] [dtype=float32]
set -euo pipefail
cd "$(dirname "$0")/.."
source pipelines/stages.sh

model='' data=data/tiny/test.jsonl attempts=1-7 output='' device=cpu dtype=float32 tokens=3000 template=chatml exclude=''
for argument in "$@"; do
    case $argument in
        model=* | data=* | attempts=* | output=* | device=* | dtype=* | tokens=* | template=* | exclude=*) printf -v "${argument%%=*}" %s "${argument#*=}" ;;
        *) echo "evaluate: expected one of model= data= attempts= output= device= dtype= tokens= template= exclude=, found $argument" >&2; exit 2 ;;
    esac
done
while read -r file; do
    [ -e "$file" ] || { echo "evaluate: $file: no such file" >&2; exit 2; }
done < <(files "$data"; files "$exclude")
[ -n "$model" ] || { echo "evaluate: model=DIR is needed (a Hugging Face directory or name)" >&2; exit 2; }
directory=$(fetch-model "$model")
output=${output:-$runs/evaluate-$(basename "$model")}
mkdir -p "$output"
readarray -t data < <(files "$data")
readarray -t exclude < <(files "$exclude")
evaluate=(evaluate --input "$output/graded.parquet" "${exclude[@]/#/--exclude=}")

sample-questions --all --attempts "$attempts" --data "${data[@]}" |
    rollout --model "$directory" --temperature 0 --max-new-tokens "$tokens" --template "$template" --device "$device" --dtype "$dtype" |
    grade --output "$output/graded.parquet"
"${evaluate[@]}" --plot "$output/attempts.svg"
"${evaluate[@]}" --format json >"$output/summary.json"
echo "records: $output/graded.parquet, figure: $output/attempts.svg"
