"""What is behind the use cases' ports: SQLite, PostgreSQL, and memory for tests."""
