"""Faults made by hand, put into a copy of the program one at a time: tests must notice each.

Each list beside this file names one area's faults. An entry has a `name` that says what is wrong
with the program, a `file`, the `old` text (it stands there exactly once), the `new` text, and in
`killed_by` the tests that must fail. What changes only speed is no fault and has no entry.
"""
