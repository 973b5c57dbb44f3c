"""The clinicians' evidence: what their ratings say about one another, before anything is joined with a check.

May import stats, rubric, records and terms. Nothing here moves a score, a gate or a verdict.
"""
