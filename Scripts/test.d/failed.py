"""What failed in the last run of `Scripts/test`, by the results that it left in .build/test-results.xml.

    failed.py names     the failed tests, one a line
    failed.py filter    a regular expression for `swift test --filter`: the suites of the failed tests

`filter` fails when more than three tests failed, or none is on record (a crash leaves no record): then it is no single unsteady test.
"""
import re
import sys
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[2] / ".build" / "test-results.xml"
# Read by lines and not as XML: `swift test` does not escape the quotation marks in a test's name, which no XML parser takes.
CASE = re.compile(r'^\s*<testcase classname="(?P<suite>.*?)" name="(?P<test>.*)" time="[^"]*" ?(?P<passed>/)?>', re.ASCII)


def failed():
    if not RESULTS.exists():
        return []
    tests, case = set(), None
    for line in RESULTS.read_text(errors="replace").splitlines():
        if found := CASE.match(line):
            case = None if found["passed"] else (found["suite"], found["test"])
        elif case and line.lstrip().startswith("<failure"):
            tests.add(case)
    return sorted(tests)


def main():
    tests = failed()
    match sys.argv[1:]:
        case ["names"]:
            for suite, test in tests:
                print(f"{suite}: {test}")
        case ["filter"] if 0 < len(tests) <= 3:
            # The results part module, suite and inner suites by dots; the filter wants a slash before an inner suite.
            suites = sorted({"[./]".join(map(re.escape, suite.split("."))) for suite, _ in tests})
            print("|".join(f"^{suite}[./]" for suite in suites))
        case ["filter"]:
            sys.exit(1)
        case _:
            sys.exit(__doc__)


main()
