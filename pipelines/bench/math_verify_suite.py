r"""math_verify_suite.py TESTS_DIR > suite.jsonl: the test suite of Math-Verify as cases of shared/grading.

TESTS_DIR is the folder `tests` of an unpacked sdist (`pip download --no-binary :all: --no-deps math-verify`). Nothing
else is needed: the tests run against a stand-in for Math-Verify, never the library. One that holds

    @pytest.mark.parametrize("gold,pred,expected", [("$\\frac{1}{3}$", "$\\frac{2}{6}$", 1)])
    def test_fractions(gold, pred, expected):
        assert compare_strings(gold, pred, match_types=["latex"]) == expected

becomes

    {"id": "test_all:test_fractions:0", "kind": "response", "class": "suite:test_all:test_fractions",
     "source": "huggingface/Math-Verify:tests/test_all.py", "response": "$\\frac{2}{6}$",
     "reference": "$\\frac{1}{3}$", "options": {"targets": ["latex"]}, "qwen": null, "math_verify": null,
     "truth": true, "truth_source": "expected"}

`truth` is the answer of the stand-in with which the test passes, so it does not matter how a test states what it
expects. `options` holds what the test asks of Math-Verify beyond its defaults; some verdicts only follow from them.
Tests that check something else (settings, timeouts, what was parsed) are counted and named on stderr.
"""

import importlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

SOURCE = "huggingface/Math-Verify:tests"
TARGETS = {"LatexExtractionConfig": "latex", "ExprExtractionConfig": "expr", "StringExtractionConfig": "string"}
VERIFY_DEFAULTS = {"float_rounding": 6, "strict": True, "allow_set_relation_comp": False}


class Parsed(str):
    """What the stand-in's `parse` returns: the text as it came, and what should be looked for in it."""

    targets: list[str]


class Grader:
    """Stands in for Math-Verify. Answers what it is asked from a script, True where the script ends, and keeps the
    pairs of texts it was asked about: position in the script -> (gold, pred, options)."""

    def __init__(self) -> None:
        self.begin([])

    def begin(self, script: list[bool]) -> None:
        self.script = script
        self.asked = 0
        self.pairs: dict[int, tuple[Parsed, Parsed, dict]] = {}

    def answer(self, *_: Any, **__: Any) -> bool:
        if self.asked == len(self.script):
            self.script.append(True)
        self.asked += 1
        return self.script[self.asked - 1]

    def parse(self, text: str, targets: list[str] | None = None, **_: Any) -> Parsed:
        parsed = Parsed(text)
        parsed.targets = sorted(targets or ["latex", "expr"], reverse=True)
        return parsed

    def verify(self, gold: Any, pred: Any, **options: Any) -> bool:
        # Tests of the library's inside hand over sympy objects: no case can be made of those.
        if isinstance(gold, Parsed) and isinstance(pred, Parsed):
            changed = {k: v for k, v in options.items() if VERIFY_DEFAULTS.get(k) != v}
            if gold.targets != ["latex", "expr"]:
                changed["targets"] = gold.targets
            self.pairs[self.asked] = (gold, pred, changed)
        return self.answer()


def stand_in_modules(grader: Grader) -> dict[str, ModuleType | MagicMock]:
    """Everything the tests import. Always stand-ins, so that the cases do not depend on what is installed."""
    library = MagicMock()
    library.parse, library.verify, library.sympy_expr_eq = grader.parse, grader.verify, grader.answer
    for name, target in TARGETS.items():
        setattr(library, name, lambda *_, _target=target, **__: _target)
    library.grader = library.parser = library
    pytest = MagicMock()
    pytest.mark.parametrize = parametrize
    modules = {f"math_verify{part}": library for part in ("", ".grader", ".parser")}
    return {**modules, "pytest": pytest, "sympy": MagicMock(), "latex2sympy2_extended": MagicMock()}


def parametrize(names: str, rows: list[Any], **_: Any) -> Callable:
    """pytest's mark, kept on the function. Several marks on one function multiply, as in pytest."""
    names = [name.strip() for name in names.split(",")]
    calls = [dict(zip(names, row if len(names) > 1 else [row], strict=True)) for row in rows]

    def mark(test: Callable) -> Callable:
        test.calls = [{**inner, **outer} for inner in getattr(test, "calls", [{}]) for outer in calls]
        return test

    return mark


def passes(test: Callable, arguments: dict, grader: Grader, script: list[bool]) -> bool:
    grader.begin(script)
    try:
        test(**arguments)
    except AssertionError:
        return False
    return True


def expected_answers(test: Callable, arguments: dict, grader: Grader) -> list[bool] | None:
    """The answers with which the test passes, or None. A failed assertion is about the last answer given, or, if
    both were tried there, about one before it."""
    script: list[bool] = []
    while not passes(test, arguments, grader, script):
        while script and not script[-1]:
            script.pop()
        if not script:
            return None
        script[-1] = False
    return script


def verdicts(test: Callable, arguments: dict, grader: Grader) -> Iterator[tuple[Parsed, Parsed, dict, bool]]:
    """(gold, pred, options, expected) of every pair of texts whose verdict decides whether the test passes."""
    answers = expected_answers(test, arguments, grader)
    if answers is None:
        return
    for at, pair in dict(grader.pairs).items():
        if not passes(test, arguments, grader, [*answers[:at], not answers[at], *answers[at + 1 :]]):
            yield (*pair, answers[at])


def tests_of(folder: Path) -> Iterator[tuple[str, str, Callable]]:
    """(file, function, test) of every test; the test modules import each other as `tests.<name>`."""
    package = ModuleType("tests")
    package.__path__ = [str(folder)]
    sys.modules["tests"] = package
    for path in sorted(folder.glob("test_*.py")):
        module = importlib.import_module(f"tests.{path.stem}")
        for name, test in vars(module).items():
            if name.startswith("test_") and test.__module__ == module.__name__:
                yield path.stem, name, test


def main() -> None:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    grader = Grader()
    sys.modules.update(stand_in_modules(grader))
    sys.dont_write_bytecode = True
    cases, left_out = 0, Counter()
    for file, function, test in tests_of(Path(sys.argv[1])):
        name, number = f"{file}:{function}", 0
        for arguments in getattr(test, "calls", [{}]):
            before = number
            try:
                for gold, pred, options, truth in verdicts(test, arguments, grader):
                    case = {"id": f"{name}:{number}", "kind": "response", "class": f"suite:{name}"}
                    case |= {"source": f"{SOURCE}/{file}.py", "response": pred, "reference": gold}
                    case |= {"options": options} if options else {}
                    case |= {"qwen": None, "math_verify": None, "truth": truth, "truth_source": "expected"}
                    print(json.dumps(case))
                    number += 1
            except (TypeError, ValueError):
                pass  # the test looks inside what was parsed, which the stand-in does not have
            left_out[name] += number == before
        cases += number
    named = [f"{test} ({count})" for test, count in left_out.items() if count]
    summary = f"{cases} cases; {left_out.total()} calls left out, which check something else:"
    print(summary, *named, sep="\n  ", file=sys.stderr)


if __name__ == "__main__":
    main()
