"""The credit file of a loan on forest carbon: what is in it, what is missing, what it proves not.

`loan_file(facts, lands, inputs, search, made_on)` gives the record,
`document(record, remarks, language)` its pages, `report_check(record, on)` what is wrong with it,
and `recomputed(record)` the same made again from the inputs it holds.
"""

from lending.loan_file.facts import FileFacts, read_file_facts
from lending.loan_file.land import Land, read_land
from lending.loan_file.record import LoanFile, loan_file, read_loan_file, recomputed
from lending.loan_file.search import Search, search_of

__all__ = [
    "FileFacts",
    "Land",
    "LoanFile",
    "Search",
    "loan_file",
    "read_file_facts",
    "read_land",
    "read_loan_file",
    "recomputed",
    "search_of",
]
