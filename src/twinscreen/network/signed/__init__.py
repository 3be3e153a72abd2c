"""Signed networks: influence, signal flow, rewiring, paths and activities."""
