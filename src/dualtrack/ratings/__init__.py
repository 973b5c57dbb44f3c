"""The clinicians' evidence, summarised before any track reads it: how raters agree and differ, what people prefer.

May import errors, terms, stats, rubric and records. Nothing here moves a score, a gate or a verdict.
"""
