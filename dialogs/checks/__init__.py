"""What the parts of a pack must mean together; each module looks at one part."""
