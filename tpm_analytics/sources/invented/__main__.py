"""Write the sample program as CSV: ``python -m tpm_analytics.sources.invented data/sample``."""

import sys
from pathlib import Path

from tpm_analytics.sources import sample

if __name__ == "__main__":
    sample.write(Path(sys.argv[1] if len(sys.argv) > 1 else "data/sample"))
