"""What is done with schedules; that they start scans is scans/run_due."""
