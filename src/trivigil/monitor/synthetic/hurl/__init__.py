"""Check files in the language of Hurl: a declared subset of Hurl 8, read in pure Python."""
