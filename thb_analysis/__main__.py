"""`python -m thb_analysis`: the same as the console command `thb`."""

import sys

from thb_analysis.cli import main

if __name__ == "__main__":
    sys.exit(main())
