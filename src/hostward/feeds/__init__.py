"""What advisories are read from: one module a source, each turning files into domain advisories."""
