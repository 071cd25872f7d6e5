"""Histories: files of past sessions, read row by row and held against a policy without any service running."""
