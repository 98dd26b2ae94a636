#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows every lint rule a small tree that keeps it and then trees that break it, one file at a time.

    self_test.py [RULE]

A rule that does not say what is expected here is blind.
"""

import pathlib
import sys
import tempfile

import lint

TAG = "// " + lint.SPDX + "\n"
HEADER = TAG + "// What it is.\n#pragma once\n"

ARCHITECTURE = "".join(
    f"| `exporter/{room}` | what it does | "
    + ("everything" if allowed == [""] else ", ".join(f"`{a.removesuffix('/')}`" for a in allowed) or "nothing")
    + " |\n"
    for room, allowed in lint.ROOMS.items()
)

# A tree that keeps every rule.
GOOD = {
    "exporter/model/CMakeLists.txt": "# " + lint.SPDX + "\nupslink_library(upslink_model SOURCES slot.cpp)\n",
    "exporter/model/slot.hpp": HEADER + "#include <mutex>\n",
    "exporter/model/slot.cpp": TAG + '#include "model/slot.hpp"\n',
    "exporter/catalogue/quantities.hpp": HEADER + '.metric = "load_ratio"\n',
    "exporter/poll/poller.hpp": HEADER + '#include "source/source.hpp"\n#include "poll/fold.hpp"\n',
    "exporter/publish/prometheus/lines.hpp": HEADER + "#include <prometheus/metric_family.h>\n",
    "exporter/source/smart/link.hpp": HEADER + '#include <sys/types.h>\n#include "source/source.hpp"\n',
    "exporter/app/upslink_build.hpp.in": "",
    "exporter/app/build_info.hpp": HEADER + '#include "upslink_build.hpp"\n#include "web/server.hpp"\n',
    "tests/simulator/unit.hpp": HEADER + '#include "profile.hpp"\n',
    "tests/app/help.txt": "  --ups NAME=ADDRESS\n",
    "docs/architecture.md": ARCHITECTURE,
    "docs/page.md": "[rooms](architecture.md#rooms)\n`upslink_load_ratio`\n    upslink_exporter --ups a=/dev/x\n",
    "deploy/demo.sh": "#!/bin/sh\n# " + lint.SPDX + "\necho hello\n",
    "CMakePresets.json": '{"name": "dev"}\n',
}

GOOD["docs/security.md"] = CLAIMS = (
    "| claim | shown by |\n|---|---|\n| holds | `web/a_test.cpp: Holds`; `e2e/b_test.py: SomeTest, test_it` |\n"
)
GOOD["tests/web/a_test.cpp"] = HEADER + "TEST(Some, Holds) {\n"
GOOD["tests/web/CMakeLists.txt"] = "# " + lint.SPDX + "\nupslink_test(a SOURCES a_test.cpp)\n"
GOOD["tests/e2e/b_test.py"] = "# " + lint.SPDX + "\nclass SomeTest(unittest.TestCase):\n    def test_it(self):\n"

# By rule: a file that breaks it, its text, and a part of the sentence that must come.
BAD = {
    "layers": [
        ("exporter/model/a.hpp", HEADER + '#include "catalogue/codec.hpp"\n', "model may not include"),
        ("exporter/catalogue/a.hpp", HEADER + '#include "source/source.hpp"\n', "catalogue may not"),
        ("exporter/source/a.hpp", HEADER + '#include "source/smart/link.hpp"\n', "source may not"),
        ("exporter/poll/a.hpp", HEADER + '#include "source/smart/link.hpp"\n', "poll may not"),
        ("exporter/poll/b.hpp", HEADER + '#include "publish/prometheus/lines.hpp"\n', "poll may not"),
        ("exporter/publish/prometheus/a.cpp", TAG + '#include "source/source.hpp"\n', "may not include"),
        ("exporter/web/a.hpp", HEADER + '#include "model/value.hpp"\n', "web may not include"),
        ("exporter/describe/a.hpp", HEADER + '#include "poll/options.hpp"\n', "describe may not"),
        ("exporter/cellar/a.hpp", HEADER, "is in no room"),
        ("exporter/source/smart/a.cpp", TAG + "#include <libserialport.h>\n", "tty_link.cpp only"),
        ("exporter/app/a.cpp", TAG + "#include <prometheus/registry.h>\n", "publish/prometheus/ only"),
        ("exporter/app/b.cpp", TAG + "#include <microhttpd.h>\n", "web/engine.cpp only"),
        ("exporter/web/a.cpp", TAG + "#include <spdlog/spdlog.h>\n", "app/logging.cpp only"),
        ("exporter/poll/a.cpp", TAG + "#include <yaml-cpp/yaml.h>\n", "app/yaml_file.cpp only"),
        ("exporter/poll/c.cpp", TAG + "#include <CLI/CLI.hpp>\n", "app/command_line.cpp only"),
        ("exporter/describe/b.cpp", TAG + "#include <nlohmann/json.hpp>\n", "describe/dashboard.cpp only"),
        ("exporter/app/d.cpp", TAG + '#include "publish/prometheus/lines.hpp"\n', "brings <prometheus/"),
        ("exporter/app/c.cpp", TAG + "#include <boost/asio.hpp>\n", "has no door"),
        ("tests/simulator/a.cpp", TAG + '#include "catalogue/codec.hpp"\n', "the simulator may not"),
    ],
    "architecture": [
        ("docs/architecture.md", ARCHITECTURE.replace("exporter/web", "exporter/net"), "lacks exporter/web"),
        ("docs/architecture.md", ARCHITECTURE.replace("nothing", "`poll`"), "may include nothing"),
    ],
    "headed": [
        ("exporter/model/a.hpp", "// What it is.\n#pragma once\n", "first line is not"),
        ("exporter/model/b.hpp", TAG + "#pragma once\n", "a paragraph"),
        ("exporter/model/c.cpp", TAG + '#include "model/slot.hpp"\n', "a paragraph"),
        ("tests/a_test.cpp", TAG + "#include <gtest/gtest.h>\n", "a paragraph"),
        ("tests/a.sh", "#!/bin/sh\n", "the SPDX tag is missing"),
    ],
    "size": [("exporter/model/a.hpp", HEADER + "\n" * lint.LONGEST_FILE, "more than")],
    "names": [
        ("exporter/model/string_util.hpp", HEADER, "`util`"),
        ("tests/test_data/a.txt", "", "`data`"),
        ("docs/process.md", "", "`process`"),
    ],
    "listed": [
        ("exporter/model/forgotten.cpp", TAG, "nobody builds it"),
        ("exporter/model/lot.cpp", TAG, "nobody builds it"),
    ],
    "shell": [
        ("tests/a.sh", "#!/bin/sh\nif true; then\n", "syntax error"),
        ("tests/run", "#!/usr/bin/env bash\nfor x in; do\n", "syntax error"),
    ],
    "places": [
        ("docs/a.md", "see /home/" + "somebody/notes\n", "absolute path"),
        ("tests/a.py", "x = '/root" + "/x'\n", "absolute path"),
        ("tests/b.py", "x = '{root}/x'\n", "absolute path"),
    ],
    "docs": [
        ("docs/a.md", "[page](nowhere.md)\n", "links to nowhere.md"),
        ("README.md", "    ./deploy/other.sh\n", "./deploy/other.sh is not there"),
        ("README.md", "    ./deploy/demo.sh\n", "cannot be executed"),
        ("README.md", "    cmake --preset fast\n", "no preset fast"),
        ("README.md", "Look at `upslink_loud_ratio`.\n", "no metric upslink_loud_ratio"),
        ("README.md", "    upslink_exporter --upps a=/dev/x\n", "no flag --upps"),
    ],
    "shown": [
        ("docs/security.md", CLAIMS + "| holds | look |\n", "no test shows it"),
        ("docs/security.md", CLAIMS.replace("Holds", "Hold"), "tests/web/a_test.cpp has no Hold"),
        ("docs/security.md", CLAIMS.replace("test_it", "test_its"), "tests/e2e/b_test.py has no test_its"),
        ("docs/security.md", CLAIMS.replace("a_test", "c_test"), "tests/web/c_test.cpp has no Holds"),
    ],
}


def findings(rule, files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("{root}", str(pathlib.Path(folder).resolve())))
        return [str(finding) for finding in lint.RULES[rule](lint.Tree(folder))]


def check(rule):
    problems = [f"the good tree: {finding}" for finding in findings(rule, GOOD)]
    for name, text, expected in BAD[rule]:
        found = findings(rule, GOOD | {name: text})
        if not any(f.startswith(name + ":") and expected in f for f in found):
            problems.append(f"{name} should have been found ({expected}); found: {found}")
    return problems


def main():
    rules = sys.argv[1:] or list(lint.RULES)
    blind = [rule for rule in lint.RULES if rule not in BAD]
    problems = [f"{rule}: no sample breaks it" for rule in blind]
    for rule in rules:
        problems += [f"{rule}: {problem}" for problem in check(rule)]
    print("\n".join(problems) if problems else f"{len(rules)} rules see what they should")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
