"""What can be asked of a machine: one probe a file, all of them listed in probes/table.py."""
