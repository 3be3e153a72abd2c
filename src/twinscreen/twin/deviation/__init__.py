"""How far each compartment deviates from healthy."""
