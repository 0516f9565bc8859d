"""The Tencent Cloud API 3.0 gateway: services `cwp` and `hostward`, from one table of actions."""
