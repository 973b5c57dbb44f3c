"""The clinicians' evidence, summarised before any track reads it: how far raters agree, what people and judges prefer.

May import errors, terms, stats, rubric and records. Nothing here moves a score, a gate or a verdict.
"""
