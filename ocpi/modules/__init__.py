"""OCPI's modules as we receive them: how an object is taken in, whichever version or way it comes by."""
