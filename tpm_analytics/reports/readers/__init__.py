"""From a finished run to its readers: what each may see, a last look for secrets, delivery."""
