"""Layered layout: cards in columns as the rows flow, few crossings, long edges straight.

Source: Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System
Structures", IEEE Trans. SMC 11(2), 1981; each step names its own.
"""
