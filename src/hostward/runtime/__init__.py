"""Process things that know nothing of Hostward: clock, ids, logging, metrics, build."""
