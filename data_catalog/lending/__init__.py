<<<<<<< HEAD
"""Tables of the lending room: what may follow what, who may do what."""
=======
"""Tables of the lending room: dated prices, cases of practice."""
>>>>>>> valuation
