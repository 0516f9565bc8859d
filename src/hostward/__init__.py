"""Hostward: self-hosted workload protection behind Tencent Cloud's CWP scan API."""

__version__ = "0.1.0"
