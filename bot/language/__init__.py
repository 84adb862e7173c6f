"""English words: folded, stemmed, typos forgiven."""
