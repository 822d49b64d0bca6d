"""The web chat: `python app.py` does what `qa serve` does.

The page's widgets and wiring are in `qa/server/page.py`, so that an installed package has them too.
"""

from __future__ import annotations

import sys

from qa.config import load_settings
from qa.errors import DatelineError
from qa.server.serve import serve


def main() -> int:
    """Serve with the settings of the environment; 0 when told to stop, else the error's exit code."""
    try:
        serve(load_settings())
    except DatelineError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
