"""Tables of the lending room: what may follow what, who may do what."""
