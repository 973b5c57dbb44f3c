"""dualtrack: two scorecards, safety and effectiveness, that never mix."""
