#!/usr/bin/env bash
# The paper's comparison on our own runs: the same base policy trained on several attempts and on single turns, over
# several seeds, and what the checkpoint that is best on the development questions does on the test questions. The same
# command continues what was stopped; docs/reproduction/README.md is what came out.
#
#   pipelines/reproduce.sh [seeds=1,2,3,4,5] [steps=160] [arms=multi-attempt,single-turn,single-turn-tokens]
#                          [jobs=PROCESSORS] [output=docs/reproduction] [preset=tiny] [key=value of every run ...]
#
# Arms: multi-attempt draws 1 to 5 attempts a question; single-turn allows one, for as many steps and so as many
# dialogues; single-turn-tokens allows one, for as many steps as it takes to sample as many policy tokens as
# multi-attempt did. Nothing else differs. `jobs` runs are trained at a time; that changes no byte.
set -euo pipefail
cd "$(dirname "$0")/.."
export REATTEMPT_RUNS=${REATTEMPT_RUNS:-runs}/reproduce
source pipelines/stages.sh

seeds=1,2,3,4,5 steps=160 arms=multi-attempt,single-turn,single-turn-tokens jobs=$(nproc) output=docs/reproduction preset=tiny settings=()
for argument in "$@"; do
    case $argument in
        seeds=* | steps=* | arms=* | jobs=* | output=* | preset=*) printf -v "${argument%%=*}" %s "${argument#*=}" ;;
        *=*) settings+=("$argument") ;;
        *) echo "reproduce: expected key=value, found $argument" >&2; exit 2 ;;
    esac
done

[[ $jobs =~ ^[1-9][0-9]*$ ]] || { echo "reproduce: jobs= expected a whole number above 0, found $jobs" >&2; exit 2; }
for arm in ${arms//,/ }; do
    case $arm in
        multi-attempt | single-turn | single-turn-tokens) ;;
        *) echo "reproduce: arms= expected multi-attempt, single-turn, single-turn-tokens, found $arm" >&2; exit 2 ;;
    esac
done

# --- the runs -------------------------------------------------------------------------------------------------------
# on the cores of this job alone, where several jobs share the machine
shared() {
    if [ "$jobs" = 1 ]; then "$@"; else
        local each=$(($(nproc) / jobs)) first
        [ "$each" -gt 0 ] || each=1
        first=$((${SLOT:-0} * each % $(nproc)))
        taskset --cpu-list "$first-$((first + each - 1))" "$@"
    fi
}
# train ARM SEED STEPS SETTING...
train() {
    local arm=$1 seed=$2 steps=$3
    shift 3
    shared bash pipelines/train.sh "$arm" run="$arm-$seed" preset="$preset" seed="$seed" steps="$steps" test_attempts=1-1 \
        ${settings[@]+"${settings[@]}"} "$@"
}
one_run() {
    local arm=$1 seed=$2
    case $arm in
        multi-attempt) train "$arm" "$seed" "$steps" ;;
        single-turn) train "$arm" "$seed" "$steps" sample-questions.attempts=1-1 ;;
        single-turn-tokens)
            local budget spent
            budget=$(compare tokens "$runs/multi-attempt-$seed") spent=$(compare tokens "$runs/single-turn-$seed")
            train "$arm" "$seed" $(((steps * budget + spent - 1) / spent)) sample-questions.attempts=1-1
            ;;
    esac
    examine "$arm-$seed"
}

# --- what each run's best checkpoint does on the test questions -----------------------------------------------------
examine() {
    local run=$runs/$1 best
    best=$(journal best "$run")
    best=$(checkpoint "$best")/policy
    examine_model "$run" "$best"
}
examine_model() {
    local run=$1 model=$2 test
    readarray -t test < <(files "$(journal get "$run" test)")
    # the claim: 1 to 7 attempts, greedily
    play attempts "--attempts 1-7" "--temperature 0"
    # controls: 8 independent samples of a single attempt (pass@k); the turn without the verdict; two attempts
    # whatever the first one was worth
    play independent "--attempts 1-1 --samples-per-question 8 --seed $(journal get "$run" seed)" "--temperature 1"
    play without-verdict "--attempts 7-7" "--temperature 0 --template pipelines/reproduce/without-verdict.toml"
    play play-on "--attempts 2-2" "--temperature 0 --play-on"
}
# play NAME QUESTIONS ROLLOUT: the test questions by $model, with arguments of sample-questions and rollout
play() {
    local folder=comparison/$1 here=$run/comparison/$1
    recorded() { shared journal run "$run" --folder "$folder" "$@"; }
    mkdir -p "$here"
    # shellcheck disable=SC2086 # the arguments are words
    recorded "${test[@]/#/--input=}" --output "$here/questions.parquet" -- \
        sample-questions --all --data "${test[@]}" $2 --output "$here/questions.parquet" --quiet
    # shellcheck disable=SC2086
    recorded --input "$here/questions.parquet" --input "$model" --output "$here/rollouts.parquet" -- \
        rollout --config "$run/settings.toml" $3 --max-new-tokens "$(journal get "$run" evaluation.max-new-tokens)" \
        --model "$model" --device "$(journal get "$run" device)" --dtype "$(journal get "$run" dtype)" \
        --input "$here/questions.parquet" --output "$here/rollouts.parquet" --quiet
    recorded --input "$here/rollouts.parquet" --output "$here/graded.parquet" -- \
        grade --config "$run/settings.toml" --input "$here/rollouts.parquet" --output "$here/graded.parquet" --quiet
}

# called by `each` below: one run of the list
if [ -n "${REPRODUCE_ONE:-}" ]; then
    read -r arm seed <<<"$REPRODUCE_ONE"
    one_run "$arm" "$seed"
    exit
fi
each() { # each ARM...: all seeds of the arms, `jobs` at a time
    for seed in ${seeds//,/ }; do for arm in "$@"; do
        if [[ ",$arms," = *,$arm,* ]]; then echo "$arm $seed"; fi
    done; done | xargs --no-run-if-empty --max-procs "$jobs" --process-slot-var=SLOT --replace='{}' \
        env REPRODUCE_ONE='{}' REATTEMPT_RUNS="${REATTEMPT_RUNS%/reproduce}" bash pipelines/reproduce.sh jobs="$jobs" \
        steps="$steps" preset="$preset" ${settings[@]+"${settings[@]}"}
}

# the base policy, once
sets=(--set "steps=$steps")
for setting in ${settings[@]+"${settings[@]}"}; do sets+=(--set "$setting"); done
base_run=$(journal open "$runs/base" --settings "pipelines/$preset.toml" "${sets[@]}")
examine_model "$base_run" "$(fetch-model "$(journal get "$base_run" model)")"
each multi-attempt single-turn
each single-turn-tokens

# --- what came out --------------------------------------------------------------------------------------------------
gathered=(--arm "base=$base_run")
for arm in ${arms//,/ }; do for seed in ${seeds//,/ }; do gathered+=(--arm "$arm=$runs/$arm-$seed"); done; done
mkdir -p "$output"
note=$output/note.md
if [ ! -f "$note" ]; then
    processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    echo "Made with \`pipelines/reproduce.sh $*\` on $(nproc) processors (${processor:-unknown}), $(date -u +%Y-%m-%d)." >"$note"
fi
compare gather "${gathered[@]}" --output "$output/outcomes.jsonl"
compare report --input "$output/outcomes.jsonl" --note "$note" --output-dir "$output"
echo "report: $output/README.md"
