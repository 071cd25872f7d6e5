"""How documents are read, in the field names of OCPI 2.2.1 and 2.3.0; a version with other names translates first."""
