"""The test suites in the source, by what they need.

    suites.py quick    a regular expression for `swift test --filter`: the suites without a tag
    suites.py tags     each suite and its tags
    suites.py check    each suite that lacks a tag for what it uses, directly or through other types of the tests

The tags are in Tests/TestSupport/TestNeeds.swift. What a suite uses is read from the names in it: the types of the tests are
followed, so a suite that opens a `Panel` needs what `Panel` needs. The finding is on the safe side: a name in another sense counts.
"""
import re
import sys
from pathlib import Path

# Names that start something, and the tag that says so.
USES = {
    "database": r"\bTestDatabase\b|\bLocalPostgres\(",
    "media": r"\bFFmpegTool\b|\bMutationCorpus\b|\bInspected\b|\"(ffmpeg|ffprobe|mediainfo)\"",
    "browser": r"\bScreenedFile\b|\"(browser|reviewing|stored)\.py\"|\"chromedriver\"",
    "server": r"\bObjectStore\b|\bPgBouncer\b|\bStandbyServer\b|\"prometheus\"",
    "namespace": r"\bMachineNetwork\.with|\"unshare\"",
    "program": r"\bInspectorPool\b|\bProduct\b|\"dailies(-inspector)?\"",
}
# Whoever starts a process needs some tag, if only this one.
STARTS = r"\bSubprocess\.run|\bexecutableURL\b|\bposix_spawn"

DECLARATION = re.compile(
    r"^(?:@[\w.]+(?:\(.*?\))? )*(?:(?:public|internal|private|fileprivate|final|indirect|nonisolated) )*"
    r"(struct|class|enum|actor|extension|protocol|func|let|var|typealias) ([\w.]+)"
)


class Declaration:
    """A declaration at the top of a file, with all that is in it."""

    def __init__(self, path, line):
        self.path, self.line = path, line
        self.target = path.parts[1]
        self.kind = self.name = None
        self.lines = []

    def finish(self):
        text = "\n".join(self.lines)
        # Comments, and the names of tests, start nothing.
        self.text = re.sub(r"(?m)(^|\s)//.*$", "", re.sub(r"func `[^`]*`", "func", text))
        self.has_tests = bool(re.search(r"@Test\b", self.text))
        header = self.text.split("{", 1)[0]
        self.tags = {tag for tags in re.findall(r"\.tags\(([^)]*)\)", header) for tag in re.findall(r"\.(\w+)", tags)}
        self.words = set(re.findall(r"\w+", self.text))
        # Naming a type is no use of what an extension adds to it; what starts something is lent by a function `with…`.
        lenders = set(re.findall(r"\bfunc (with\w+)", self.text))
        self.names = lenders if self.kind == "extension" else {self.name}


def declarations(root):
    found = []
    for path in sorted(root.glob("Tests/**/*.swift")):
        path = path.relative_to(root)
        current = None
        for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1):
            match = DECLARATION.match(line)
            starts = match or line.startswith("@Suite")
            if starts and (current is None or current.name):
                current = Declaration(path, number)
                found.append(current)
            if match and current.name is None:
                current.kind, current.name = match.group(1), match.group(2).split(".")[0]
            if current:
                current.lines.append(line)
    for declaration in found:
        declaration.finish()
    return found


def needs(found):
    """The tags that each declaration needs, by its own words and those of what it names."""
    needed = {}
    for declaration in found:
        needed[declaration] = {tag for tag, words in USES.items() if re.search(words, declaration.text)}
        if not needed[declaration] and re.search(STARTS, declaration.text):
            needed[declaration] = {"tool"}
    by_name = {}
    for declaration in found:
        for name in declaration.names:
            by_name.setdefault(name, []).append(declaration)
    changed = True
    while changed:
        changed = False
        for declaration in found:
            before = len(needed[declaration])
            for word in declaration.words & by_name.keys():
                for other in by_name[word]:
                    if other.target in (declaration.target, "TestSupport"):
                        needed[declaration] |= needed[other]
            changed |= len(needed[declaration]) != before
    return needed


def main():
    found = declarations(Path(__file__).resolve().parents[2])
    suites = [declaration for declaration in found if declaration.has_tests and declaration.kind != "extension"]
    purpose = sys.argv[1] if len(sys.argv) == 2 else ""
    if purpose == "quick":
        print("^(" + "|".join(sorted(f"{suite.target}\\.{suite.name}" for suite in suites if not suite.tags)) + ")/")
    elif purpose == "tags":
        for suite in suites:
            print(f"{suite.target}.{suite.name}: {' '.join(sorted(suite.tags))}")
    elif purpose == "check":
        needed = needs(found)
        for suite in suites:
            parts = [part for part in found if part.has_tests and (part.target, part.name) == (suite.target, suite.name)]
            missing = set().union(*(needed[part] for part in parts)) - suite.tags
            # Of tools it is enough to know that there is one thing or another.
            if suite.tags or missing != {"tool"}:
                missing.discard("tool")
            if missing:
                tags = ", ".join(f".{tag}" for tag in sorted(missing | suite.tags))
                print(f"{suite.path}:{suite.line}: {suite.name} uses what it has no tag for: @Suite(.tags({tags}))")
    else:
        sys.exit(__doc__)


main()
