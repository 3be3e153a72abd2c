"""Run the command line as `python -m twinscreen`."""

import sys

from twinscreen.cli import main

if __name__ == "__main__":
    sys.exit(main())
