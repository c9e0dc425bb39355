"""Hours of requests compressed into minutes, while servers and processes fail and come back."""
