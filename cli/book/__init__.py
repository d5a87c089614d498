"""The book: a page per service and per standard, in both languages, made from the declarations.

The pages are committed, because they are read where the code is browsed, and because the diff of
a changed equation or price then shows what a reader will see. A test holds them to be those that
`make docs` writes. They rest on the declarations alone: no run, no clock, no machine.
"""

from cli.book.files import pages, write_book

__all__ = ["pages", "write_book"]
