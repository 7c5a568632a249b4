"""Small programs of two to four processes: racy ones with the diagnosis that fits, and right ones."""
