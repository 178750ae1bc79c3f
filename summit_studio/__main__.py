"""`python -m summit_studio` is the command `summit`."""

import sys

from summit_studio.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
