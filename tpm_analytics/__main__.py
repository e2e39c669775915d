"""Run the command line as ``python -m tpm_analytics``."""

from tpm_analytics.cli import main

if __name__ == "__main__":
    main()
