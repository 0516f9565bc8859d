"""The console in a browser. A package, so that the browser is closed with its last test: its driver holds a loop."""
