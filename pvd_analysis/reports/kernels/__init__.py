"""Kernels that start warm: forked from a process that has already imported the libraries."""
