"""Collateral value of carbon, every step explained.

value(inputs) -> Valuation                       (`value`)
recompute(json) -> Valuation, json_schema()      (`result`)
read_facts(path), read_inputs(...)               (`facts`, `value`)
"""
