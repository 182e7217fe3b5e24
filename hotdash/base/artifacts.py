"""The folders of the home where jobs leave what they drew and counted, for people and evidence bundles."""

ANALYSIS = "analysis"
PARITY = "parity"
FOLDERS = (ANALYSIS, PARITY)
