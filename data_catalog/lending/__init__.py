"""Tables of the lending room: rights, checks, states, roles, prices, scenarios, documents."""
