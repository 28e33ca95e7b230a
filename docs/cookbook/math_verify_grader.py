"""A grader for --grader-command that asks Math-Verify: a JSON object a line asks, a JSON object a line answers."""

import json
import sys

from math_verify import parse, verify


def judge(response: str, reference: str) -> tuple[str, str | None]:
    wanted = parse(f"${reference}$") or parse(reference)
    if not wanted:
        return "bad_reference", None
    found = parse(response)
    if not found:
        return "no_answer", None
    return "correct" if verify(wanted, found) else "wrong", str(found[-1])


for line in sys.stdin:
    asked = json.loads(line)
    verdict, answer = judge(asked["response"], asked["reference"])
    # The id says which question is answered; without a flush the asker would wait.
    print(json.dumps({"id": asked["id"], "verdict": verdict, "answer": answer}), flush=True)
