"""Whether a rubric does what it says: its worked examples, and rehearsals with made-up answers.

May import everything up to the reports. Nothing here looks at a real answer.
"""

from dualtrack.audit.examples import ExampleResult, run_examples
from dualtrack.audit.rehearse import Demand, rehearse

__all__ = ["Demand", "ExampleResult", "rehearse", "run_examples"]
