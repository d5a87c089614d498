"""Tables of the lending room: dated prices, cases of practice."""
