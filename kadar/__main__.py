"""`python -m kadar`."""

import sys

from kadar.cli import main

sys.exit(main())
