"""Clinicians' evidence, summarised before any track reads it: what raters and judges said, and how far they agree.

May import errors, terms, ``stats``, ``rubric`` and ``records``. Pure functions of tables.
"""
