# How the pipelines call the stages: paths inside the run, settings, journal. Sourced, with the repository as the
# working directory; `$run` and `$records` are set by the pipeline.

stages=${REATTEMPT_STAGES:-${CARGO_TARGET_DIR:-target}/release}
runs=${REATTEMPT_RUNS:-runs}
PATH=$stages:$PATH

six() { printf %06d "$1"; }
checkpoint() { echo "$run/checkpoints/$(six "$1")"; }

# files SETTING: the files that a setting names, a line each: one, or several with commas between
files() { if [ -e "$1" ]; then echo "$1"; elif [ -n "$1" ]; then tr , '\n' <<<"$1"; fi; }

# batches QUESTIONS SAMPLES MINIBATCH: optimiser steps in one pass over a step's dialogues; the last may be smaller
batches() { echo $((($1 * $2 + $3 - 1) / $3)); }

# start_from MODEL: checkpoint 0 is the base policy; its critic starts from the same weights with a value head of zeros
start_from() {
    local first
    first=$(checkpoint 0)
    mkdir -p "$first"
    ln -sfn "$(realpath "$1")" "$first/policy"
    ln -sfn "$(realpath "$1")" "$first/critic"
}

# stage OUTPUT PROGRAM [--input NAME] ARGUMENTS...: runs a stage on records of the step
stage() {
    local output=$records/$1 program=$2 inputs=() outputs=() arguments=() file
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
            --input) arguments+=(--input "$records/$2") inputs+=(--input "$records/$2"); shift 2 ;;
            --data) while read -r file; do arguments+=(--data "$file") inputs+=(--input "$file"); done < <(files "$2"); shift 2 ;;
            --model | --policy | --critic | --reference | --kl-from) arguments+=("$1" "$2") inputs+=(--input "$2"); shift 2 ;;
            --kl-to) arguments+=("$1" "$2") outputs+=(--output "$2"); shift 2 ;;
            *) arguments+=("$1"); shift ;;
        esac
    done
    journal run "$run" --step "$step" ${inputs[@]+"${inputs[@]}"} --output "$output" ${outputs[@]+"${outputs[@]}"} -- \
        "$program" --config "$run/settings.toml" "${arguments[@]}" --output "$output" --quiet
}

# carried_kl: flags that carry the weight of the divergence in the reward from step to step, where it is adapted
carried_kl() {
    local before
    before=$run/steps/$(six $((step - 1)))/kl.json
    [ -n "$(journal get "$run" compute-advantages.kl-target --default '')" ] || return 0
    [ "$step" = 1 ] || echo "--kl-from $before"
    echo "--kl-to $records/kl.json"
}

# learn CHECKPOINT PROGRAM --input NAME ARGUMENTS...: runs the stage that makes the next checkpoint
learn() {
    local output=$1 program=$2 input=$records/$4 state=()
    shift 4
    # the first step starts without moments
    if [ "$step" = 1 ]; then
        local kept=()
        while [ $# -gt 0 ]; do
            if [ "$1" = --optimizer ]; then shift 2; else kept+=("$1"); shift; fi
        done
        set -- "${kept[@]}"
    else
        state=(--input "$old/optimizer")
    fi
    journal run "$run" --step "$step" --input "$input" --input "$old/policy" --input "$old/critic" ${state[@]+"${state[@]}"} \
        --output "$output" --stdout "$records/ppo-step.jsonl" -- \
        "$program" --config "$run/settings.toml" --input "$input" "$@" --quiet
}

# evaluate_model FOLDER MODEL DATA ATTEMPTS [EXCLUDE]: greedy accuracy for every number of attempts, as FOLDER/summary.json,
# and without the questions that EXCLUDE names
evaluate_model() {
    local folder=$1 here=$run/$1 model=$2 attempts=$4 data exclude file inputs=()
    readarray -t data < <(files "$3")
    readarray -t exclude < <(files "${5:-}")
    for file in "${data[@]}"; do inputs+=(--input "$file"); done
    recorded() { journal run "$run" --folder "$folder" "$@"; }
    recorded "${inputs[@]}" --output "$here/questions.parquet" -- \
        sample-questions --all --data "${data[@]}" --attempts "$attempts" --output "$here/questions.parquet" --quiet
    recorded --input "$here/questions.parquet" --input "$model" --output "$here/rollouts.parquet" -- \
        rollout --config "$run/settings.toml" --temperature 0 --max-new-tokens "$(get evaluation.max-new-tokens)" --model "$model" \
        --device "$device" --dtype "$dtype" --input "$here/questions.parquet" --output "$here/rollouts.parquet" --quiet
    recorded --input "$here/rollouts.parquet" --output "$here/graded.parquet" -- \
        grade --config "$run/settings.toml" --input "$here/rollouts.parquet" --output "$here/graded.parquet" --quiet
    recorded --stage evaluate --input "$here/graded.parquet" "${exclude[@]/#/--input=}" --stdout "$here/summary.json" -- \
        evaluate --format json --input "$here/graded.parquet" "${exclude[@]/#/--exclude=}"
}

# summarise [EXCLUDE]: the table before and after, the figures, and the page
summarise() {
    local figures=$run/figures exclude
    readarray -t exclude < <(files "${1:-}")
    mkdir -p "$figures"
    evaluate --input "$run/test/before/graded.parquet" --input "$run/test/after/graded.parquet" --labels before,after \
        "${exclude[@]/#/--exclude=}" --plot "$figures/attempts.svg"
    for figure in attempts.png; do
        evaluate --input "$run/test/before/graded.parquet" --input "$run/test/after/graded.parquet" --labels before,after \
            --plot "$figures/$figure" >/dev/null
    done
    report "$run" --plot "$figures/curves.svg"
    report "$run" --plot "$figures/curves.png"
    report "$run" --html "$run/report.html"
    echo "figures: $figures/{attempts,curves}.{svg,png}"
    echo "page: $run/report.html"
}
