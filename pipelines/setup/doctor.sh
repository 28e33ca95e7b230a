#!/usr/bin/env bash
# Prints versions and devices, and for everything that is missing the command that mends it.
set -uo pipefail
missing=0
line() { printf '%-4s %-12s %s\n' "$1" "$2" "$3"; }
ok() { line ok "$1" "$2"; }
bad() { line MISS "$1" "$2"; printf '%18s mend: %s\n' '' "$3"; missing=$((missing + 1)); }
note() { line note "$1" "$2"; }
version() { "$@" --version 2>/dev/null | head -n 1; }

ok system "$(uname -srm), $(nproc) cores, $(free -g 2>/dev/null | awk '/^Mem/ {print $2}') GiB memory, $(df -h --output=avail . | tail -n 1 | tr -d ' ') disk free"
for tool in cargo rustc; do
    if found=$(version $tool) && [ -n "$found" ]; then ok $tool "$found"; else bad $tool "not found" "install Rust 1.95 or newer with rustup"; fi
done
if found=$(version g++) && [ -n "$found" ]; then ok g++ "$found"; else bad g++ "not found" "apt-get install g++"; fi
if found=$(version python3) && [ -n "$found" ]; then
    if python3 -c 'import venv, ensurepip' 2>/dev/null; then ok python3 "$found"; else bad python3 "$found, without venv" "apt-get install python3-venv"; fi
else
    bad python3 "not found" "apt-get install python3 python3-venv"
fi
if [ -x "$REATTEMPT_VENV/bin/python" ]; then ok venv "$REATTEMPT_VENV"; else bad venv "$REATTEMPT_VENV does not exist" "./just setup"; fi
if [ -e "$LIBTORCH/lib/libtorch_cpu.so" ]; then
    ok libtorch "$("$REATTEMPT_VENV/bin/pip" list --disable-pip-version-check 2>/dev/null | awk '$1 == "torch" {print $2}') in $LIBTORCH"
else
    bad libtorch "not in $LIBTORCH" "./just setup"
fi

built=0 total=0
for folder in bins/*/; do
    total=$((total + 1))
    [ -x "$CARGO_TARGET_DIR/release/$(basename "$folder")" ] && built=$((built + 1))
done
if [ $built = $total ]; then ok stages "$built programs in $CARGO_TARGET_DIR/release"; else bad stages "$built of $total programs built" "./just setup"; fi

prefix=$HOME/.local
if [ -e "$prefix/share/reattempt/installed" ]; then
    case :$PATH: in *:"$prefix/bin":*) ok install "in $prefix" ;; *) note install "in $prefix, but $prefix/bin is not on the PATH" ;; esac
else
    note install "./just install needs a prefix that can be written (prefix=DIR, otherwise ~/.local) and its bin folder on the PATH"
fi
if [ -e /proc/driver/nvidia/version ]; then
    ok driver "$(head -n 1 /proc/driver/nvidia/version)"
    nvidia-smi --query-gpu=index,name,memory.total --format=csv,noheader 2>/dev/null | while read -r gpu; do ok gpu "$gpu"; done
    if [ -e "$REATTEMPT_VENV/libtorch-cuda.txt.installed" ]; then ok cuda "CUDA libraries installed"; else bad cuda "driver found, CUDA libraries are not installed" "REATTEMPT_CUDA=1 ./just setup"; fi
else
    note gpu "no NVIDIA driver: stages run with --device cpu"
fi
if [ -e data/tiny/base/model.safetensors ]; then ok data "embedded policy and questions in data/tiny"; else bad data "data/tiny/base is incomplete" "./just tiny-base"; fi
if [ -d "${REATTEMPT_SHARED:-../shared}/fixtures" ]; then ok fixtures "${REATTEMPT_SHARED:-../shared}"; else note fixtures "../shared is absent: the tests that compare with it say so and are skipped"; fi
if [ -x "${REATTEMPT_TEST_VENV:-.venv-tests}/bin/python" ]; then ok test-venv "${REATTEMPT_TEST_VENV:-.venv-tests}"; else note test-venv "made by ./just test (transformers, duckdb, pandas, polars, tensorboard)"; fi
if command -v "${CHROMIUM:-chromium}" >/dev/null; then ok chromium "$(command -v "${CHROMIUM:-chromium}")"; else note chromium "absent: the tests that open the page of a run say so and are skipped (apt-get install chromium)"; fi

[ $missing = 0 ] && echo "Nothing is missing." || { echo "$missing missing."; exit 1; }
