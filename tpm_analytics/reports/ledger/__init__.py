"""What is known of every run: the ledger, its file, the receipts beside the pages, the history."""
