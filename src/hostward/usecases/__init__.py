"""What Hostward does: one module a verb. Plain functions over a unit of work; what they need are arguments."""
