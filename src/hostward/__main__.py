"""The command line: python -m hostward."""

import sys

from hostward import __version__


def main() -> None:
    """Run the command line; --version answers before anything else is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"hostward {__version__}\n")
        return
    if sys.argv[1:3] == ["agent", "run"] and (len(sys.argv) == 3 or sys.argv[3:-1] == ["--config"]):
        # An agent at rest holds in memory what was imported: the command line's library is 1 MB that it never needs.
        from hostward.agent.program import main as run_agent  # noqa: PLC0415  # see above

        sys.exit(run_agent(sys.argv[4] if len(sys.argv) > 3 else ""))
    from hostward.cli import run  # noqa: PLC0415  # --version must not pay for the rest

    run()


if __name__ == "__main__":
    main()
