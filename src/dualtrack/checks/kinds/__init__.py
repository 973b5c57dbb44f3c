"""One module or package per check kind; its ``KIND`` is found by walking this folder, and no list is kept.

A module whose name begins with an underscore is not a kind.
"""
