"""OCPI tariffs, exactly: read a tariff and a CDR of any version, price the one by the other, and write a policy as one.

``reading`` and ``cdrs`` turn decoded JSON into ``vocabulary``; ``pricing.price`` is the whole calculation; ``cutting``
splits periods where a tariff changes; ``comparing`` holds a result against a CDR's own totals; ``shadows`` finds prices
that can never be charged; ``publish`` writes a policy as a tariff, or ``refusals`` tell why not; ``records`` writes a
bill as the priced part of a CDR.
"""
