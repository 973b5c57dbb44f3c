"""The record of a study: what was sealed, what changed since, who looked, and digests of all that went in and came out.

May import everything up to scoring. Pure functions, except ``files``, which reads and writes. A chain of digests shows
that bytes are unchanged since they were written down; it proves neither when nor by whom (docs/record.md).
"""
