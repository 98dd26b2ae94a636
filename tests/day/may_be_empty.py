# SPDX-License-Identifier: Apache-2.0
"""Expressions that may find nothing over the whole day, each with its reason. The pattern is searched in
`FILE: PANEL OR RULE: EXPRESSION`."""

import re

MAY_BE_EMPTY = {re.compile(pattern): reason for pattern, reason in {
}.items()}
