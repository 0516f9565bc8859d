"""What a fleet looks like as a whole."""
