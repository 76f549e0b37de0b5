"""Reads a company's folder, file by file, with the line of everything that it reads."""
