"""Verbs on networks alone: distances of drugs to modules, and the machine code behind them."""
