"""The output formats of a scan: one module a format, one table of them all."""
