"""Modules on a network: components, growth, centrality, links between sets."""
