# reattempt: multi-attempt reinforcement learning of language models, as a pipeline of small programs.
#
#   ./just train-multi-attempt     set up whatever is missing and run the main job on the embedded default
#   ./just test                    run all tests
#   ./just --list                  everything else

set shell := ["bash", "-euo", "pipefail", "-c"]

export REATTEMPT_VENV := env("REATTEMPT_VENV", justfile_directory() / ".venv")
export LIBTORCH := REATTEMPT_VENV / "libtorch"
export CARGO_TARGET_DIR := env("CARGO_TARGET_DIR", justfile_directory() / "target")
export PATH := CARGO_TARGET_DIR / "release" + ":" + REATTEMPT_VENV / "bin" + ":" + env("PATH")

import? 'pipelines/setup.just'
import? 'pipelines/train.just'
import? 'pipelines/evaluate.just'
import? 'pipelines/reproduce.just'
import? 'pipelines/tiny-base.just'
import? 'pipelines/smollm2.just'
import? 'pipelines/bench.just'

[private]
default:
    @just --justfile {{ justfile() }} --list --unsorted
