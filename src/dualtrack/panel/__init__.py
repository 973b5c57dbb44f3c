"""Rating panels: who rates what, the packs they rate in, and what comes back.

May import errors, terms, stats, render, rubric and records. Packs hold no name of a system: codes stand in their place,
and the key that undoes them is a file of its own.
"""
