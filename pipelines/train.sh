#!/usr/bin/env bash
# Multi-attempt PPO (arXiv 2503.04808), one page. `journal run` runs a stage once: what is complete is skipped, so
# the same command continues a run that was stopped at any moment, and ends with the same weights, byte for byte.
#
#   pipelines/train.sh ARM [run=NAME] [preset=tiny|smollm2|paper|modern|qwen2.5-math-1.5b|qwen2.5-math-7b] [key=value ...]
set -euo pipefail
cd "$(dirname "$0")/.."
source pipelines/stages.sh

# --- the run: a folder with resolved settings -----------------------------------------------------------------------
arm=$1 preset=tiny name='' settings=()
for argument in "${@:2}"; do
    case $argument in
        preset=*) preset=${argument#*=} ;;
        run=*) name=${argument#*=} ;;
        *=*) settings+=(--set "$argument") ;;
        *) echo "train: expected key=value, found $argument" >&2; exit 2 ;;
    esac
done
[ -e "pipelines/$preset.toml" ] || {
    echo "train: preset=$preset: expected one of $(basename -s .toml pipelines/*.toml | paste -sd ' ')" >&2
    exit 2
}
run=$(journal open "$runs/${name:-$preset-$arm}" --settings "pipelines/$preset.toml" ${settings[@]+"${settings[@]}"} \
    --needs model=Qwen/Qwen2.5-Math-1.5B --needs-file train=data/tiny/train.jsonl --needs-file dev=data/tiny/dev.jsonl \
    --needs-file test=data/tiny/test.jsonl --optional-file evaluation.exclude)
get() { journal get "$run" "$@"; }
steps=$(get steps) device=$(get device) dtype=$(get dtype) seed=$(get seed)
train=$(get train) dev=$(get dev) test=$(get test) exclude=$(get evaluation.exclude --default '')
base=$(fetch-model "$(get model)")
optimizer_steps=$((steps * $(get ppo-step.epochs) * $(batches "$(get sample-questions.count)" "$(get sample-questions.samples-per-question)" "$(get ppo-step.minibatch)")))
start_from "$base"
evaluate_model eval/000000 "$base" "$dev" "$(get eval_attempts)"
journal eval-record "$run" --step 0

# --- the loop: draw, play, judge, learn -----------------------------------------------------------------------------
next=$(journal next "$run")
for step in $(seq "$next" "$steps"); do
    records=$run/steps/$(six "$step") old=$(checkpoint $((step - 1))) new=$(checkpoint "$step")

    # questions, each with a number of attempts drawn uniformly
    stage questions.parquet      sample-questions --data "$train" --step "$step" --seed "$seed"
    # dialogues: answer, feedback after a wrong answer, another attempt, until solved or exhausted
    stage rollouts.parquet       rollout --input questions.parquet --model "$old/policy" --device "$device" --dtype "$dtype"
    # one reward per dialogue: +1 solved, -0.5 answered, -1 otherwise
    stage graded.parquet         grade --input rollouts.parquet
    # log-probabilities under policy and frozen reference, values under the critic
    stage scored.parquet         score --input graded.parquet --policy "$old/policy" --critic "$old/critic" --reference "$base" --device "$device" --dtype "$dtype"
    # GAE over policy tokens, whitened over the batch
    # shellcheck disable=SC2046 # flags are words
    stage advantages.parquet     compute-advantages --input scored.parquet $(carried_kl)
    # clipped PPO for policy and critic
    learn "$new"                 ppo-step --input advantages.parquet --policy "$old/policy" --critic "$old/critic" --optimizer "$old/optimizer" \
                                 --total-steps "$optimizer_steps" --seed "$seed" --device "$device" --dtype "$dtype" --output-dir "$new"

    journal record "$run" --step "$step"
    if journal eval-due "$run" --step "$step"; then
        evaluate_model "eval/$(six "$step")" "$new/policy" "$dev" "$(get eval_attempts)"
        journal eval-record "$run" --step "$step"
    fi
    journal prune "$run"
    journal status "$run"
done
journal finish "$run"

# --- the result: the test questions, touched once -------------------------------------------------------------------
best=$(journal best "$run")
best=$(checkpoint "$best")
evaluate_model test/before "$base" "$test" "$(get test_attempts)" "$exclude"
evaluate_model test/after "$best/policy" "$test" "$(get test_attempts)" "$exclude"
summarise "$exclude"
