"""Fuzz targets, one file a parser, and what drives them."""
