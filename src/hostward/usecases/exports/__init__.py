"""The verbs of an export: read the rows of a task, and what is kept of the files made of them."""
