"""The verbs of a scan: start, dispatch, accept a report, expire, stop, describe."""
