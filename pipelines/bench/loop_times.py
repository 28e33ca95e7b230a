"""Seconds per stage and step of a run, and tokens a second, from what the run itself recorded.

    python3 pipelines/bench/loop_times.py RUN
"""

import json
import sys

if len(sys.argv) != 2:
    sys.exit("usage: loop_times.py RUN")
try:
    with open(f"{sys.argv[1]}/metrics.jsonl") as lines:
        steps = [json.loads(line) for line in lines]
except FileNotFoundError as error:
    sys.exit(f"loop_times: {error.filename} does not exist; ./just train-multi-attempt makes the run")


def mean(value):
    return sum(map(value, steps)) / len(steps)


every = mean(lambda step: step["tokens"])
sampled = mean(lambda step: step["response_tokens"] * step["dialogues"])
tokens = {"rollout": sampled, "score": every, "ppo-step": every}
print("| stage | seconds a step | tokens a second |\n| --- | ---: | ---: |")
for key in [key for key in steps[0] if key.startswith("seconds_")]:
    name, seconds = key.removeprefix("seconds_").replace("_", "-"), mean(lambda step: step[key])
    rate = f"{tokens[name] / seconds:,.0f}" if name in tokens else ""
    print(f"| `{name}` | {seconds:.3f} | {rate} |")
print(f"| step | {mean(lambda step: step['seconds']):.3f} | |")
print(f"\n{len(steps)} steps of {steps[0]['dialogues']} dialogues; {sampled:,.0f} tokens sampled and {every:,.0f} tokens in all a step")
