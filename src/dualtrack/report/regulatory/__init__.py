"""The regulatory report: for authors of a submission and inspectors. One module for each group of sections."""
