"""`python -m bot` is `skinbot`."""

import sys

from bot.cli import main

sys.exit(main())
