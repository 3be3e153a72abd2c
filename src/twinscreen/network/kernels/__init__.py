"""Compiled kernels: breadth-first search over many sets at once, and vectors of bits and floats."""
