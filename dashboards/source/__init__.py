# SPDX-License-Identifier: Apache-2.0
"""What the dashboards are made of: words (from the pages of docs), expressions, panels, and the dashboards."""
