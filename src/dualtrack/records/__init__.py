"""The tables of the contract: what they hold, and how study folders are read and results are written.

May import errors and terms. The specifications in ``inputs``, ``results`` and ``study`` drive reading, validation,
empty frames, writing and the reference page; other packages use the names below.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.frames import empty_frame
from dualtrack.records.inputs import INPUT_TABLES
from dualtrack.records.read import StudyInput, read_study
from dualtrack.records.results import RESULT_TABLES
from dualtrack.records.staging import staged
from dualtrack.records.study import StudyFile
from dualtrack.records.study_yaml import read_study_file
from dualtrack.records.write import read_results, write_results

__all__ = [
    "INPUT_TABLES",
    "RESULT_TABLES",
    "Column",
    "Kind",
    "StudyFile",
    "StudyInput",
    "Table",
    "empty_frame",
    "read_results",
    "read_study",
    "read_study_file",
    "staged",
    "write_results",
]
