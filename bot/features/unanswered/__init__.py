"""What was asked in vain, and what operators teach."""
