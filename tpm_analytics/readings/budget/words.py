"""Words that the sentences about money share."""

NOTHING = "Unknown without a budget and a period that has ended."
