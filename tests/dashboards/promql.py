# SPDX-License-Identifier: Apache-2.0
"""What the lint of the dashboards has to know of a PromQL expression: which series it asks for. Whether an
expression is right is what promtool says; nothing here does."""

import dataclasses
import json
import re
import shutil
import subprocess
import tempfile

VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)[^}]*\}|\[\[(\w+)[^\]]*\]\]")
TOKEN = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)"""
    r"""|(?P<comment>\#[^\n]*)"""
    r"""|(?P<variable>\$\w+|\$\{[^}]*\})"""
    r"""|(?P<number>\d[\w.]*)"""
    r"""|(?P<name>[A-Za-z_:][\w:]*)"""
    r"""|(?P<sign>=~|!~|!=|==|>=|<=|[^\s\w])"""
)
OPERATORS = {"and", "or", "unless", "atan2", "bool", "offset", "inf", "nan", "start", "end"}
LABEL_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}


@dataclasses.dataclass
class Selector:
    metric: str
    matchers: list  # of label, operator, value
    span: str = ""  # `5m` of `x[5m]`
    function: str = ""  # that takes it, if one does

    def matcher(self, label):
        return next(((sign, value) for name, sign, value in self.matchers if name == label), None)


def tokens_of(expression):
    found = []
    for match in TOKEN.finditer(expression):
        if match.lastgroup != "comment":
            found.append((match.lastgroup, match[0]))
    return found


def selectors_of(expression):
    """Every selector of an expression that promtool accepts."""
    tokens = [*tokens_of(expression), ("end", "")]
    selectors = []
    functions = []  # the names before the parentheses that are open
    at = 0
    while at < len(tokens):
        kind, text = tokens[at]
        following = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if kind == "name" and text in LABEL_LISTS:
            at = skip(tokens, at + 1, ")") if following == "(" else at + 1
            continue
        if kind == "name" and following == "(" and text not in OPERATORS:
            functions.append(text)
            at += 2
            continue
        if kind == "name" and following in ("by", "without"):
            at += 1  # an aggregation
            continue
        if text == "[":  # of a subquery
            at = skip(tokens, at, "]")
            continue
        if text == "(":
            functions.append("")
        elif text == ")" and functions:
            functions.pop()
        elif (kind == "name" and text not in OPERATORS) or text == "{":
            selector, at = read_selector(tokens, at)
            selector.function = functions[-1] if functions else ""
            selectors.append(selector)
            continue
        at += 1
    return selectors


def skip(tokens, at, end):
    """The place behind the next `end`."""
    while tokens[at][1] != end:
        at += 1
    return at + 1


def read_selector(tokens, at):
    metric = ""
    if tokens[at][0] == "name":
        metric = tokens[at][1]
        at += 1
    matchers = []
    if tokens[at][1] == "{":
        at += 1
        while tokens[at][1] != "}":
            if tokens[at][1] == ",":
                at += 1
                continue
            label, sign, value = (tokens[at + i][1] for i in range(3))
            matchers.append((label, sign, value[1:-1]))
            at += 3
        at += 1
    span = ""
    if tokens[at][1] == "[":
        at += 1
        while tokens[at][1] != "]":
            span += tokens[at][1]
            at += 1
        at += 1
    return Selector(metric, matchers, span), at


def without_variables(expression):
    """What Grafana could make of an expression: variables inside of quotes stay as they are."""
    pieces = re.split(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", expression)

    def value(match):
        name = next(group for group in match.groups() if group)
        spans = name.startswith("__") and not name.endswith(("_s", "_ms")) and name not in ("__from", "__to")
        return "5m" if spans or "interval" in name else "1"

    return "".join(piece if i % 2 else VARIABLE.sub(value, piece) for i, piece in enumerate(pieces))


def complaints(expressions):
    """What promtool says of each expression that it does not accept: a dictionary by expression."""
    promtool = shutil.which("promtool")
    if promtool is None:
        raise RuntimeError("promtool is missing: apt-get install prometheus")
    listed = sorted(set(expressions))
    rules = [{"record": f"lint:{i}:", "expr": without_variables(text)} for i, text in enumerate(listed)]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        # JSON is YAML.
        json.dump({"groups": [{"name": "lint", "rules": rules}]}, file)
        file.flush()
        done = subprocess.run([promtool, "check", "rules", "--lint=none", file.name], check=False,
                              capture_output=True, text=True, timeout=60)
    said = done.stdout + done.stderr
    found = {}
    for number, sentence in re.findall(r'"lint:(\d+):": (.*)', said):
        found.setdefault(listed[int(number)], sentence)
    if done.returncode != 0 and not found:
        raise RuntimeError(f"promtool check rules ended with {done.returncode} and said:\n{said}")
    return found
