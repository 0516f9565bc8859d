"""Vulnerability scans: what is installed, and what the host's own package index says about it."""
