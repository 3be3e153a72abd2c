"""Readers of what speaks for or against drugs beforehand."""
