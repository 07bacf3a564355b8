"""What failed in the last run of `Scripts/test`, by the results that it left in .build/test-results.xml.

    failed.py names     the failed tests, one a line
    failed.py filter    a regular expression for `swift test --filter`: the suites of the failed tests

`filter` fails when more than three tests failed, or none is on record (a crash leaves no record): then it is no single unsteady test.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[2] / ".build" / "test-results.xml"


def failed():
    if not RESULTS.exists():
        return []
    cases = ElementTree.parse(RESULTS).iter("testcase")
    return sorted((case.get("classname"), case.get("name")) for case in cases if case.find("failure") is not None)


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
