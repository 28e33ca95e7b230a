#!/usr/bin/env bash
# Everything that needs a GPU, on a machine with only libtorch and the prebuilt programs: no cargo, no network.
#
#   pipelines/gpu-check.sh STAGES [MODEL] >figures.jsonl
#
# STAGES is a folder with the release programs (`./just pack` makes one, stripped); libtorch is the one of python3's
# torch package, or LD_LIBRARY_PATH. Prints one JSON line per figure; exits with 1 when a check fails.
set -euo pipefail
cd "$(dirname "$0")/.."
stages=$(realpath "${1:?usage: gpu-check.sh STAGES [MODEL]}")
model=$(realpath "${2:-data/tiny/base}")
PATH=$stages:$PATH
site=$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])' 2>/dev/null || true)
export LD_LIBRARY_PATH=$site/torch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

figure() { printf '{"figure": "%s", "value": %s, "unit": "%s"}\n' "$1" "$2" "$3"; }
check() { # check NAME VALUE LIMIT: the value must not exceed the limit
    if awk -v value="$2" -v limit="$3" 'BEGIN { exit !(value <= limit) }'; then figure "$1" "$2" "at most $3"; else
        figure "$1" "$2" "FAILED: at most $3"
        failed=1
    fi
}
# largest FIELD A B: the largest absolute difference of a list field between two files of rows
largest() {
    python3 - "$@" <<'PYTHON'
import json, sys
field, left, right = sys.argv[1:]
rows = lambda name: [json.loads(line)[field] for line in open(name)]
print(max(abs(a - b) for x, y in zip(rows(left), rows(right), strict=True) for a, b in zip(x, y, strict=True)))
PYTHON
}
# same FIELD A B: the share of rows in which a field differs
differing() {
    python3 - "$@" <<'PYTHON'
import json, sys
field, left, right = sys.argv[1:]
rows = lambda name: [json.loads(line)[field] for line in open(name)]
pairs = list(zip(rows(left), rows(right), strict=True))
print(sum(a != b for a, b in pairs) / len(pairs))
PYTHON
}
timed() { # timed FIGURE COMMAND...
    local name=$1 start end
    shift
    start=$(date +%s.%N)
    "$@"
    end=$(date +%s.%N)
    figure "$name" "$(awk -v a="$start" -v b="$end" 'BEGIN { printf "%.3f", b - a }')" seconds
}

nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader | sed 's/.*/{"figure": "gpu", "value": "&"}/'
template=(--template data/tiny/template.toml)
sample-questions --data data/tiny/test.jsonl --count 256 --step 1 --seed 1 --attempts 1-3 --output "$scratch/questions.jsonl" --quiet

# rollout: greedy on CUDA float32 equals the CPU token for token (near ties may fall either way)
for where in cpu:float32 cuda:float32 cuda:bfloat16; do
    timed "rollout greedy $where" rollout --model "$model" "${template[@]}" --device "${where%%:*}" --dtype "${where##*:}" --temperature 0 \
        --max-new-tokens 200 --input "$scratch/questions.jsonl" --output "$scratch/greedy-$where.jsonl" --quiet
done
check "greedy dialogues that differ, cuda float32 and cpu" "$(differing token_ids "$scratch/greedy-cpu:float32.jsonl" "$scratch/greedy-cuda:float32.jsonl")" 0.02
figure "greedy dialogues that differ, cuda bfloat16 and cpu" "$(differing token_ids "$scratch/greedy-cpu:float32.jsonl" "$scratch/greedy-cuda:bfloat16.jsonl")" share

# score: log-probabilities and values of the same rows
rollout --model "$model" "${template[@]}" --max-new-tokens 200 --input "$scratch/questions.jsonl" --quiet | grade --output "$scratch/graded.jsonl" --quiet
for where in cpu:float32 cuda:float32 cuda:bfloat16; do
    timed "score $where" score --policy "$model" --reference "$model" --critic "$model" --device "${where%%:*}" --dtype "${where##*:}" \
        --input "$scratch/graded.jsonl" --output "$scratch/scored-$where.jsonl" --quiet
done
check "log-probability, cuda float32 minus cpu" "$(largest policy_logprobs "$scratch/scored-cpu:float32.jsonl" "$scratch/scored-cuda:float32.jsonl")" 1e-4
check "log-probability, cuda bfloat16 minus cpu" "$(largest policy_logprobs "$scratch/scored-cpu:float32.jsonl" "$scratch/scored-cuda:bfloat16.jsonl")" 0.5

# ppo-step: one step on both devices, then the policies are compared by their log-probabilities
for device in cpu cuda; do
    compute-advantages --input "$scratch/scored-cpu:float32.jsonl" --output "$scratch/advantages.jsonl" --quiet
    timed "ppo-step $device float32" ppo-step --policy "$model" --critic "$model" --input "$scratch/advantages.jsonl" --device "$device" --dtype float32 \
        --minibatch 64 --total-steps 4 --warmup-ratio 0 --actor-lr 1e-4 --critic-lr 1e-4 --output-dir "$scratch/next-$device" --quiet >"$scratch/metrics-$device.jsonl"
    score --policy "$scratch/next-$device/policy" --allow-other-policy --critic "$scratch/next-$device/critic" --input "$scratch/graded.jsonl" \
        --output "$scratch/after-$device.jsonl" --quiet
done
check "log-probability after a step, cuda minus cpu" "$(largest policy_logprobs "$scratch/after-cpu.jsonl" "$scratch/after-cuda.jsonl")" 0.02

# the loop, a few steps of it
REATTEMPT_STAGES=$stages REATTEMPT_RUNS=$scratch/runs timed "loop, 5 steps, cuda float32" \
    bash pipelines/train.sh multi-attempt run=gpu steps=5 eval_every=5 device=cuda dtype=float32 >"$scratch/loop.log" 2>&1 || {
    cat "$scratch/loop.log" >&2
    failed=1
}
[ $failed = 0 ] || echo "gpu-check: a check failed" >&2
exit $failed
