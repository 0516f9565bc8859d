"""What runs on a host. Nothing here reaches the server's code."""
