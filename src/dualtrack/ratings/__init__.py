"""Clinicians' evidence: how raters differ, how steady they are, and what is left for an adjudicator.

May import terms, stats, rubric and records. Everything here describes the raters; no gate and no score reads it.
"""
