"""English words: brought to one spelling, stemmed, and their typos mended."""
