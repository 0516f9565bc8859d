"""The command line: python -m hostward."""

import sys

from hostward import __version__


def main() -> None:
    """Run the command line; --version answers before anything else is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"hostward {__version__}\n")
        return
    from hostward.cli import run  # noqa: PLC0415  # --version must not pay for the rest

    run()


if __name__ == "__main__":
    main()
