"""Drawings on the pages, as SVG."""
