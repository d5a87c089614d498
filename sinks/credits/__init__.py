"""Credits: from a gross removal to what may be issued, under a named methodology.

claim.credits(asked) -> Claim: eligibility, waterfall, vintages        (`claim`)
vintages.write_vintages(table, folder), read_vintages(file)            (`vintages`)
vintages.COLUMNS                                                       the columns of a vintage
waterfall.waterfall(...)                                               every deduction, adds up
nprt.rating(answers) -> Rating                                         buffer share of VCS AFOLU
deductions.DEDUCTIONS                                                  declared deduction rules
"""
