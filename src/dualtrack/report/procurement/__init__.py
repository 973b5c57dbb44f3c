"""The procurement report: for a committee that compares vendors. One module for each group of sections."""
