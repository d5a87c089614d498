"""Loans: schedules, income cover, loan-to-value ladder, top-up and release, expected loss."""
