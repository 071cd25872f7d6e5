"""The pure core: facts, policies and a moment in; stays, violations, fees, reasons and the next look out.

It imports the standard library only and never reads a clock. Start at :mod:`enforcement.decision`.
"""
