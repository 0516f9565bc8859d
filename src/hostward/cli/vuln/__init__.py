"""hostward vuln: the vulnerabilities of the machines, as they are now."""
