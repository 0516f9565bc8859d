"""The words between server and agent, versioned. JSON bodies over four POST paths; bytes travel as base64."""
