"""The one place that knows every concrete class: settings in, a running server or agent out."""
