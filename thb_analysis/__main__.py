"""`python -m thb_analysis` and the console command `thb`: one command, and the process ends."""

import gc
import sys

from thb_analysis.cli import main


def run() -> int:
    """Run a command as the last thing that the process does; gives its exit code."""
    code = main()
    gc.freeze()  # what is left goes with the process: to look for garbage in it would take a tenth of a short run
    return code


if __name__ == "__main__":
    sys.exit(run())
